import { isFinal, type ResultLine } from './result-line.ts';

/** How far a run is. */
export interface RunProgress {
  readonly done: number;
  readonly total: number;
  readonly passed: number;
  readonly spentUsd: number;
  readonly leftUsd: number;
  readonly elapsedSeconds: number;
  /** Seconds to go at the pace so far; absent before the first task of this run is done. */
  readonly remainingSeconds?: number;
}

/** Counts results as they come. */
export class ProgressTally {
  readonly #total: number;
  readonly #budgetUsd: number;
  readonly #strategies: ReadonlySet<string>;
  #done = 0;
  #fresh = 0;
  #passed = 0;
  #spentUsd = 0;

  constructor(run: {
    readonly tasks: readonly unknown[];
    readonly strategies: readonly { readonly name: string }[];
    readonly budgetUsd: number;
    /** Lines that were there before this run started. */
    readonly earlier?: readonly ResultLine[];
  }) {
    this.#total = run.tasks.length * run.strategies.length;
    this.#budgetUsd = run.budgetUsd;
    this.#strategies = new Set(run.strategies.map(({ name }) => name));
    for (const line of run.earlier ?? []) this.add(line);
    this.#fresh = 0;
  }

  add(line: ResultLine): void {
    this.#spentUsd += line.costUsd;
    // Strategies that an earlier run asked are paid for, and are no part of what this one has to do.
    if (!isFinal(line) || !this.#strategies.has(line.strategy)) return;
    this.#done += 1;
    this.#fresh += 1;
    if (line.passed) this.#passed += 1;
  }

  at(elapsedSeconds: number): RunProgress {
    return {
      done: this.#done,
      total: this.#total,
      passed: this.#passed,
      spentUsd: this.#spentUsd,
      leftUsd: Math.max(0, this.#budgetUsd - this.#spentUsd),
      elapsedSeconds,
      ...(this.#fresh > 0 && { remainingSeconds: (elapsedSeconds / this.#fresh) * (this.#total - this.#done) }),
    };
  }
}
