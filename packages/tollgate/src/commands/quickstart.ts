import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLedger, hardware, memoryStore } from '@tollgate/budget';
import {
  livePool,
  type ModelPool,
  parseTasks,
  replayPool,
  resolveStrategies,
  runTasks,
  type Task,
} from '@tollgate/policy';
import { InvalidOptionError } from '@tollgate/sdk';
import { openCassette } from '@tollgate/sdk/cassettes';
import type { Command } from 'commander';
import { interruptSignal } from '../output/interrupt.ts';
import { ProgressLine } from '../output/progress-line.ts';
import { exitCodeOf, showReport, type ShowOptions } from '../output/show-run.ts';
import { fileToWrite } from './file-to-write.ts';
import { dollars, wholeNumber } from './number-option.ts';

interface QuickstartFlags extends ShowOptions {
  readonly live?: readonly string[];
  readonly budget: number;
  readonly tasks?: number;
}

/** What the recording was paid for: a two-core machine by the hour, and its power. */
const machine = { usdPerHour: 0.12, watts: 65, usdPerKwh: 0.3 };

const recordedStrategies = [
  'single:smol-135m',
  'single:qwen-0.5b',
  'single:qwen-1.5b',
  'vote:smol-135m:8',
  'vote:qwen-0.5b:8',
  'vote:qwen-1.5b:5',
  'cascade:qwen-0.5b,qwen-1.5b:3@0.6',
  'cascade:qwen-0.5b,qwen-1.5b:5@0.8',
  'cascade:smol-135m,qwen-0.5b,qwen-1.5b:3@0.6',
  'model-switch:qwen-0.5b,qwen-1.5b:5',
  'mini-n:qwen-0.5b:2x4',
  'mini-n:qwen-0.5b:2x4:oracle',
];

const liveTasks = 12;

/** `tollgate quickstart`: the main job on recorded answers of three real models, or live on your own. */
export function addQuickstart(program: Command): void {
  program
    .command('quickstart')
    .description('the main job on recorded answers of three real local models: no key, no weights, no network')
    .option('--live <model.gguf...>', 'ask these models instead, smallest first')
    .option('--tasks <n>', `how many tasks (default: all recorded; ${liveTasks} live)`, wholeNumber(1))
    .option('--budget <usd>', 'hard cap in US dollars', dollars, 0.5)
    .option('--json', 'print only JSON on stdout')
    .option('--report <file.html>', 'where the page goes', fileToWrite, 'quickstart-report.html')
    .action(async (flags: QuickstartFlags) => {
      process.exitCode = await quickstart(flags);
    });
}

async function quickstart(flags: QuickstartFlags): Promise<number> {
  const cassette = await openCassette(quickstartFile('recording.jsonl.gz'), { mode: 'replay' });
  const pool = flags.live === undefined ? replayPool(cassette) : poolOf(flags.live);
  const tasks = quickstartTasks().slice(0, flags.tasks ?? (flags.live === undefined ? undefined : liveTasks));
  const names = flags.live === undefined ? recordedStrategies : liveStrategies(pool.names);
  const ledger = await createLedger({ store: memoryStore() });
  const progress = new ProgressLine(process.stderr, () => performance.now());
  try {
    const outcome = await runTasks({
      tasks,
      strategies: resolveStrategies(names, { models: pool.names }),
      pool,
      ledger,
      runId: 'quickstart',
      budgetUsd: flags.budget,
      // Log-probabilities are for the recording; live they would only cost time.
      defaults: flags.live === undefined ? cassette.defaults : { ...cassette.defaults, logprobs: false },
      concurrency: flags.live === undefined ? 16 : 1,
      seed: 7,
      signal: interruptSignal(),
      onProgress: (state) => progress.show(state),
    });
    progress.end();
    showReport(outcome.report, flags);
    return exitCodeOf(outcome);
  } finally {
    await pool.close();
    await ledger.close();
  }
}

function quickstartTasks(): readonly Task[] {
  const path = quickstartFile('tasks.jsonl');
  return parseTasks(readFileSync(path, 'utf8'), { source: path }).tasks;
}

/** Weights of the user, loaded one after the other when a strategy first asks them. */
function poolOf(paths: readonly string[]): ModelPool {
  for (const path of paths) {
    if (!existsSync(path)) throw new InvalidOptionError('live', `There is no GGUF file at "${path}".`);
  }
  const entries = paths.map((modelPath) => [
    basename(modelPath)
      .replace(/\.gguf$/i, '')
      .replaceAll(/[,:]/g, '-'),
    async () => {
      const { llamaCpp } = await import('@tollgate/sdk/llama-cpp');
      return llamaCpp({ modelPath, contextTokens: 1024, pricing: hardware(machine) });
    },
  ]);
  return livePool({ models: Object.fromEntries(entries) });
}

function liveStrategies(models: readonly string[]): readonly string[] {
  const ladder = models.join(',');
  return [
    ...models.map((name) => `single:${name}`),
    `vote:${models[0]}:8`,
    ...(models.length > 1 ? [`cascade:${ladder}:3@0.6`, `model-switch:${ladder}:5`] : []),
    `mini-n:${models[0]}:2x4`,
  ];
}

/** The data lies beside `src` and `dist` alike. */
function quickstartFile(name: string): string {
  return fileURLToPath(new URL(`../../quickstart/${name}`, import.meta.url));
}
