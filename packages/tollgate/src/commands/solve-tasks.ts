import { readFileSync } from 'node:fs';
import { createLedger, memoryStore } from '@tollgate/budget';
import { sqliteStore } from '@tollgate/budget/sqlite';
import {
  defaultsAsJson,
  livePool,
  type ModelPool,
  parseTasks,
  replayPool,
  type RequestDefaults,
  runTasks,
  type Task,
  type TollgateConfig,
} from '@tollgate/policy';
import { openResultsFile } from '@tollgate/policy/node';
import { InvalidOptionError, TollgateError } from '@tollgate/sdk';
import { openCassette } from '@tollgate/sdk/cassettes';
import { interruptSignal } from '../output/interrupt.ts';
import { onlyWriter } from '../output/only-writer.ts';
import { ProgressLine } from '../output/progress-line.ts';
import { exitCodeOf, showReport } from '../output/show-run.ts';
import { explainedTask } from './explained-task.ts';
import { namedStrategies } from './named-strategies.ts';
import type { SolveFlags } from './solve-flags.ts';

/** Runs a task file, live or from a recording. Gives the exit code. */
export async function solveTasks(run: {
  readonly tasksPath: string | undefined;
  readonly flags: SolveFlags;
  readonly config: TollgateConfig | undefined;
}): Promise<number> {
  const { flags } = run;
  for (const name of ['repeats', 'whenExhausted'] as const) {
    if (flags[name] === undefined) continue;
    throw new InvalidOptionError(
      name,
      `--${name === 'repeats' ? name : 'when-exhausted'} is for tables of outcomes, and this run has tasks. Leave it out.`,
    );
  }
  const tasks = readTasks(run.tasksPath, flags.skipInvalid ?? false);
  if (flags.budget === undefined) {
    throw new InvalidOptionError('budget', 'Say what the run may cost at most, in US dollars: --budget 0.50');
  }
  const releases: (() => void)[] = [];
  try {
    for (const path of [flags.out, flags.record]) if (path !== undefined) releases.push(onlyWriter(path));
    return await solve({ ...run, tasks, budgetUsd: flags.budget });
  } finally {
    for (const release of releases) release();
  }
}

async function solve(run: {
  readonly tasks: readonly Task[];
  readonly budgetUsd: number;
  readonly flags: SolveFlags;
  readonly config: TollgateConfig | undefined;
}): Promise<number> {
  const { tasks, budgetUsd, flags, config } = run;
  const { pool, defaults, notes } = await openPool(flags, config);
  const named = { models: pool.names, ...(config !== undefined && { config }) };
  const strategies = namedStrategies(flags, named);
  const results = flags.out === undefined ? undefined : openResultsFile(flags.out, tasks, defaults);
  for (const note of [...notes, ...(results?.notes ?? [])]) process.stderr.write(`${note}\n`);
  if (results !== undefined && results.earlier.length > 0) {
    process.stderr.write(`going on with ${flags.out}: ${results.earlier.length} results are there\n`);
  }
  // The ledger lies beside the results, so that a crash forgets neither what was spent nor what was held.
  const ledger = await createLedger({
    store: flags.out === undefined ? memoryStore() : sqliteStore(`${flags.out}.ledger`),
    ...(config?.prices !== undefined && { prices: config.prices }),
  });
  const traces = explainedTask(flags.explain, tasks);
  const progress = new ProgressLine(process.stderr, () => performance.now());
  try {
    for (const limit of config?.limits ?? []) await ledger.setLimit(limit);
    const outcome = await runTasks({
      tasks,
      strategies,
      pool,
      ledger,
      runId: results?.header.runId ?? `run-${crypto.randomUUID()}`,
      budgetUsd: lowestCap(budgetUsd, config),
      defaults,
      concurrency: flags.concurrency,
      signal: interruptSignal(),
      onProgress: (state) => progress.show(state),
      onTrace: (traced) => traces.add(traced),
      ...(config?.prices !== undefined && { prices: config.prices }),
      ...(flags.seed !== undefined && { seed: flags.seed }),
      ...(results !== undefined && { earlier: results.earlier, onLine: (line) => results.append(line) }),
    });
    progress.end();
    showReport(outcome.report, flags, traces.all);
    return exitCodeOf(outcome);
  } finally {
    await pool.close();
    await ledger.close();
  }
}

function readTasks(path: string | undefined, skipInvalid: boolean): readonly Task[] {
  if (path === undefined) {
    throw new InvalidOptionError(
      'tasks',
      'Name a task file: tollgate solve tasks.jsonl … (tollgate tasks arithmetic makes one)',
    );
  }
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TollgateError('invalid-file', `The task file ${path} could not be read: ${why}`, { cause });
  }
  const { tasks, problems } = parseTasks(text, { source: path, skipInvalid });
  for (const { line, message } of problems) process.stderr.write(`left out ${path} line ${line ?? '?'}: ${message}\n`);
  return tasks;
}

/** A cap on every run that the configuration sets is not raised by a higher budget. */
function lowestCap(budgetUsd: number, config: TollgateConfig | undefined): number {
  const caps = (config?.limits ?? []).flatMap((limit) => {
    const { kind, id, per = 'total', soft = false } = limit;
    return kind === 'run' && id === 'each' && per === 'total' && !soft && 'usd' in limit ? [limit.usd] : [];
  });
  const lowest = Math.min(budgetUsd, ...caps);
  if (lowest < budgetUsd) process.stderr.write(`the configuration caps every run at $${lowest}, below --budget\n`);
  return lowest;
}

interface OpenedPool {
  readonly pool: ModelPool;
  readonly defaults: RequestDefaults;
  readonly notes: readonly string[];
}

async function openPool(flags: SolveFlags, config: TollgateConfig | undefined): Promise<OpenedPool> {
  if (flags.replay !== undefined) {
    const cassette = await openCassette(flags.replay, { mode: 'replay' });
    return {
      pool: replayPool(cassette, config?.prices),
      // Without a configuration the recording says what its requests looked like.
      defaults: config?.defaults ?? cassette.defaults,
      notes: cassette.notes,
    };
  }
  if (config === undefined) {
    throw new InvalidOptionError(
      'config',
      'There is no configuration that names models. Write a tollgate.config.ts, name one with --config, or answer from a recording with --replay.',
    );
  }
  const defaults = config.defaults ?? {};
  if (flags.record === undefined) return { pool: livePool(config), defaults, notes: [] };
  const cassette = await openCassette(flags.record, { mode: 'record', defaults: defaultsAsJson(defaults) });
  return { pool: livePool(config, cassette), defaults, notes: cassette.notes };
}
