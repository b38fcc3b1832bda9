// A table of logged outcomes replayed: answers without text, costs without tokens, verdicts no core can see.
import type { ReplayOutcome, ReplaySource } from '../strategy/replay-strategy.ts';
import type { ModelRef } from './pricing.ts';
import type { Charge } from './result.ts';
import type { CandidateView, SourceView, StrategyCore } from './strategy-core.ts';

declare function replayStrategy<State>(
  core: StrategyCore<State>,
  table: { readonly sources: readonly ReplaySource[] },
): ReplayOutcome;
declare function exhausted(model: string): Error;

interface OutcomeRow {
  readonly model: string;
  readonly answer: string | null;
  readonly correct: boolean;
  readonly costUsd: number;
  readonly signals?: { readonly [name: string]: number };
}

/** A log has no engine behind it: it claims nothing but samples. */
function viewOf(name: string, rows: readonly OutcomeRow[]): SourceView {
  return {
    name,
    samples: { nativeMax: rows.length, promptBilledOnce: false, cancelOne: false },
    logprobs: 'none',
    continuation: 'none',
    usdPerSample: rows.reduce((sum, row) => sum + row.costUsd, 0) / rows.length,
  };
}

class LoggedSource implements ReplaySource {
  readonly view: SourceView;
  readonly #rows: readonly OutcomeRow[];
  #used = 0;

  constructor(name: string, rows: readonly OutcomeRow[]) {
    this.view = viewOf(name, rows);
    this.#rows = rows;
  }

  /** Money of what was drawn, whether it was chosen or not. */
  get spentUsd(): number {
    return this.#rows.slice(0, this.#used).reduce((sum, row) => sum + row.costUsd, 0);
  }

  isCorrect(id: string): boolean {
    return this.#rows[Number(id)]?.correct === true;
  }

  draw(count: number): readonly CandidateView[] {
    const rows = this.#rows.slice(this.#used, this.#used + count);
    if (rows.length < count) throw exhausted(this.view.name);
    const first = this.#used;
    this.#used += count;
    return rows.map((row, i) => ({
      id: String(first + i),
      from: 0,
      ...(row.answer !== null && { answer: row.answer }),
      ...(row.signals !== undefined && { signals: row.signals }),
      finish: 'eos',
    }));
  }
}

/** What a policy would have cost on the log, and whether it would have been right. */
export function whatWouldIt<State>(
  core: StrategyCore<State>,
  rows: readonly OutcomeRow[],
): { usd: number; correct: boolean } {
  const source = new LoggedSource('haiku', rows);
  const { chosen } = replayStrategy(core, { sources: [source] });
  return { usd: source.spentUsd, correct: chosen !== undefined && source.isCorrect(chosen.id) };
}

/** A row as a charge: every bucket is unknown, and the cost is what the log says. */
export function chargeOf(row: OutcomeRow, model: ModelRef): Charge {
  const nanoUsd = String(Math.ceil(row.costUsd * 1e9));
  return {
    attemptId: 'row-1',
    model,
    usage: {},
    usageKnown: 'exact',
    cost: { usd: row.costUsd, nanoUsd },
    priceKnown: 'override',
    candidateIds: ['0'],
  };
}
