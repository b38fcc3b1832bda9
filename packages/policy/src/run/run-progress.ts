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

/** Progress from the lines so far. */
export function progressOf(run: {
  readonly lines: readonly ResultLine[];
  /** Lines that were there before this run started. */
  readonly earlier: number;
  readonly total: number;
  readonly budgetUsd: number;
  readonly elapsedSeconds: number;
}): RunProgress {
  let done = 0;
  let passed = 0;
  let spentUsd = 0;
  for (const line of run.lines) {
    spentUsd += line.costUsd;
    if (!isFinal(line)) continue;
    done += 1;
    if (line.passed) passed += 1;
  }
  const fresh = run.lines.slice(run.earlier).filter(isFinal).length;
  return {
    done,
    total: run.total,
    passed,
    spentUsd,
    leftUsd: Math.max(0, run.budgetUsd - spentUsd),
    elapsedSeconds: run.elapsedSeconds,
    ...(fresh > 0 && { remainingSeconds: (run.elapsedSeconds / fresh) * (run.total - done) }),
  };
}
