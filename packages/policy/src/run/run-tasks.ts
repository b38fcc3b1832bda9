import { type Ledger, withBudget } from '@tollgate/budget';
import {
  AbortedError,
  BudgetExceededError,
  type Clock,
  InvalidOptionError,
  type Model,
  type Pricing,
  rootContext,
  systemClock,
  TollgateError,
  totalUsd,
  type TraceNode,
} from '@tollgate/sdk';
import { answerKeyFor } from '@tollgate/verifier';
import pLimit from 'p-limit';
import type { RequestDefaults } from '../config/config.ts';
import type { StrategySpec } from '../config/short-form.ts';
import type { RunReport } from '../report/run-report.ts';
import type { Task } from '../tasks/task.ts';
import { taskHash } from '../tasks/task-hash.ts';
import { type Ending, gradeResult } from './grade-result.ts';
import type { ModelPool } from './model-pool.ts';
import { isFinal, type ResultLine } from './result-line.ts';
import { ProgressTally, type RunProgress } from './run-progress.ts';
import { summarise } from './summarise.ts';
import { taskRequest } from './task-request.ts';

/** What a run needs. */
export interface RunTasksOptions {
  readonly tasks: readonly Task[];
  readonly strategies: readonly StrategySpec[];
  readonly pool: ModelPool;
  readonly ledger: Ledger;
  /** Names the run in the ledger. The same id goes on with the same money. */
  readonly runId: string;
  /** Hard cap of the whole run in US dollars, every strategy together. Range (0, ∞). */
  readonly budgetUsd: number;
  readonly defaults?: RequestDefaults;
  /** Prices by model name. They win over what a model declares itself. @defaultValue none */
  readonly prices?: { readonly [name: string]: Pricing };
  /** Tasks at once. Range [1, ∞). @defaultValue 4 */
  readonly concurrency?: number;
  /** Seeds every sample of the run. @defaultValue none: samples differ from run to run */
  readonly seed?: number;
  readonly signal?: AbortSignal;
  /** Lines of an earlier run that stand: their tasks are not run again. @defaultValue none */
  readonly earlier?: readonly ResultLine[];
  /** Called with each line as soon as it is known; a run waits for it. */
  readonly onLine?: (line: ResultLine) => void | Promise<void>;
  readonly onProgress?: (progress: RunProgress) => void;
  /** Called with the tree of decisions of each task that came to a result. */
  readonly onTrace?: (traced: TracedTask) => void;
  readonly clock?: Clock;
}

/** How a strategy came to its answer on a task. */
export interface TracedTask {
  readonly strategy: string;
  readonly task: string;
  readonly trace: TraceNode;
}

/** What a run came to. */
export interface RunOutcome {
  readonly report: RunReport;
  readonly lines: readonly ResultLine[];
  /** Why tasks were left out, where some were. */
  readonly stopped?: { readonly by: 'budget' | 'abort' | 'error'; readonly message: string; readonly error?: unknown };
}

/**
 * Runs every strategy over every task under one hard budget.
 *
 * Strategies see a task's `verify`, never its `check`. When the money is used up or the signal fires, what runs is
 * settled, no further task starts, and the summary covers what ran. A wrong option, a missing package or a recording
 * that ends stops the run the same way, with the error in `stopped`.
 *
 * Every attempt is charged to the scopes `run`, `strategy`, `task` and `model` (its name in the pool), so that a ledger may
 * limit any of them.
 *
 * @throws InvalidOptionError when `budgetUsd` or `concurrency` is outside its range, or the ledger is not the one that
 * the earlier lines were paid from.
 *
 * @example
 * const { report } = await runTasks({ tasks, strategies, pool, ledger, runId: 'night-1', budgetUsd: 2 });
 */
export async function runTasks(options: RunTasksOptions): Promise<RunOutcome> {
  return new TaskRun(options).run();
}

class TaskRun {
  readonly #options: RunTasksOptions;
  readonly #clock: Clock;
  readonly #lines: ResultLine[];
  readonly #finished: ReadonlySet<string>;
  readonly #progress: ProgressTally;
  readonly #startedAt: number;
  readonly #halt = new AbortController();
  #stopped: RunOutcome['stopped'];

  constructor(options: RunTasksOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#lines = [...(options.earlier ?? [])];
    this.#finished = new Set(this.#lines.filter(isFinal).map((line) => pairKey(line.strategy, line.task)));
    this.#progress = new ProgressTally(options);
    this.#startedAt = this.#clock.monotonic();
  }

  async run(): Promise<RunOutcome> {
    const { ledger, runId, budgetUsd, strategies, tasks, concurrency = 4 } = this.#options;
    checkOptions(this.#options);
    await this.#checkLedger();
    await ledger.setLimit({ kind: 'run', id: runId, usd: budgetUsd });
    const limit = pLimit(concurrency);
    const wallSeconds = new Map<string, number>();
    this.#report();
    for (const strategy of strategies) {
      if (this.#stopping()) break;
      const left = tasks.filter((task) => !this.#finished.has(pairKey(strategy.name, task.id)));
      if (left.length === 0) continue;
      const started = this.#clock.monotonic();
      try {
        const models = await this.#openModels(strategy);
        await Promise.all(left.map((task) => limit(() => this.#runTask(strategy, models, task))));
      } catch (error) {
        this.#stop('error', error);
      }
      wallSeconds.set(strategy.name, (this.#clock.monotonic() - started) / 1000);
    }
    const [rows, totals] = await Promise.all([ledger.rows({ scopes: { run: runId } }), ledger.totals({ run: runId })]);
    const report = summarise({ ...this.#options, lines: this.#lines, rows, totals, wallSeconds });
    return { report, lines: this.#lines, ...(this.#stopped !== undefined && { stopped: this.#stopped }) };
  }

  /** What earlier results cost is part of this run's money; a ledger without it would spend it again. */
  async #checkLedger(): Promise<void> {
    const { earlier = [], ledger, runId } = this.#options;
    if (!earlier.some(({ attempts }) => attempts > 0)) return;
    const { rows } = await ledger.totals({ run: runId });
    if (rows > 0) return;
    throw new InvalidOptionError(
      'ledger',
      `There are results of the run "${runId}", and the ledger has no row of what they cost. Open the ledger that run was paid from ("solve --out FILE" keeps it in FILE.ledger), or start a new file of results.`,
    );
  }

  /** The strategy's models, each charged under its name in the pool and at the price that is declared for it. */
  async #openModels({ models }: StrategySpec): Promise<PoolModels> {
    const { ledger, pool, prices } = this.#options;
    const opened = Object.entries(await pool.open(models)).map(([name, model]) => {
      const priceOf = (): Pricing | undefined => prices?.[name];
      return [name, withBudget(model, { ledger, scopes: { model: name }, priceOf, whenBusy: 'wait' })] as const;
    });
    return Object.fromEntries(opened);
  }

  async #runTask(strategy: StrategySpec, models: PoolModels, task: Task): Promise<void> {
    if (this.#stopping()) return;
    const started = this.#clock.monotonic();
    const ended = await this.#ask(strategy, models, task);
    if (ended === undefined) return;
    const line: ResultLine = {
      kind: 'result',
      strategy: strategy.name,
      task: task.id,
      taskHash: taskHash(task),
      ...ended,
      wallMs: Math.round(this.#clock.monotonic() - started),
      ...(strategy.oracle && { oracle: true }),
      ...(task.class !== undefined && { class: task.class }),
    };
    this.#lines.push(line);
    this.#progress.add(line);
    try {
      await this.#options.onLine?.(line);
    } catch (error) {
      this.#stop('error', error);
    }
    this.#report();
  }

  async #ask(strategy: StrategySpec, models: PoolModels, task: Task): Promise<Ending | undefined> {
    const { ledger, runId, seed } = this.#options;
    try {
      const model = strategy.build(models, { answer: answerKeyFor(task.check), gold: task.check });
      const context = rootContext({
        name: `${strategy.name} ${task.id}`,
        scopes: { run: runId, strategy: strategy.name, task: task.id },
        clock: this.#clock,
        ...(seed !== undefined && { seed: `${seed}/${task.id}` }),
      });
      const guarded = withBudget(model, { ledger, whenBusy: 'wait' });
      const result = await guarded.generate({
        ...taskRequest(task, this.#options.defaults ?? {}),
        ...(seed !== undefined && { seed: context.random.int(2 ** 32) }),
        context,
        signal: this.#signal(),
      });
      this.#options.onTrace?.({ strategy: strategy.name, task: task.id, trace: result.trace });
      return gradeResult(task, result);
    } catch (error) {
      return this.#endingOf(error);
    }
  }

  /** What a task that threw came to; undefined where it never started and nothing was paid. */
  #endingOf(error: unknown): Ending | undefined {
    if (!TollgateError.isInstance(error)) {
      this.#stop('error', error);
      return undefined;
    }
    const spent = { costUsd: totalUsd(error.charges) ?? 0, attempts: error.charges.length, outputTokens: 0 };
    const ending = (status: ResultLine['status']): Ending => ({
      status,
      passed: false,
      reason: error.message,
      ...spent,
    });
    if (error instanceof AbortedError) return error.charges.length === 0 ? undefined : ending('aborted');
    if (error instanceof BudgetExceededError) {
      if (error.refusal.scope.kind !== 'run') return ending('budget');
      this.#stop('budget', error);
      return error.charges.length === 0 ? undefined : ending('aborted');
    }
    if (error.code === 'call-failed' || error.code === 'stream-truncated') return ending('failed');
    this.#stop('error', error);
    return error.charges.length === 0 ? undefined : ending('aborted');
  }

  #stop(by: 'budget' | 'error', error: unknown): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = { by, message: error instanceof Error ? error.message : String(error), error };
    // Money that is held by calls in flight is theirs; an error of ours is no reason to let them go on.
    if (by === 'error') this.#halt.abort(error);
  }

  #stopping(): boolean {
    if (this.#options.signal?.aborted === true) {
      this.#stopped ??= { by: 'abort', message: 'stopped by the user' };
    }
    return this.#stopped !== undefined;
  }

  #signal(): AbortSignal {
    const { signal } = this.#options;
    return signal === undefined ? this.#halt.signal : AbortSignal.any([signal, this.#halt.signal]);
  }

  #report(): void {
    this.#options.onProgress?.(this.#progress.at((this.#clock.monotonic() - this.#startedAt) / 1000));
  }
}

type PoolModels = { readonly [name: string]: Model };

function checkOptions({ budgetUsd, concurrency = 4 }: RunTasksOptions): void {
  if (!(budgetUsd > 0 && budgetUsd < Infinity)) {
    throw new InvalidOptionError('budgetUsd', `budgetUsd must be US dollars above 0, received ${budgetUsd}.`);
  }
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new InvalidOptionError(
      'concurrency',
      `concurrency must be a whole number of 1 or more, received ${concurrency}.`,
    );
  }
}

function pairKey(strategy: string, task: string): string {
  return `${strategy}\u0000${task}`;
}
