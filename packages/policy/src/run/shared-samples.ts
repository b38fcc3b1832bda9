import type { CandidateView } from '@tollgate/sdk';
import type { OutcomesTable, OutcomeTask } from '../outcomes/outcomes-table.ts';
import type { Deck } from './deck.ts';

/** Samples of a table as many replays see them: shuffled and made ready once, in place of once a replay. */
export class SharedSamples {
  readonly #table: OutcomesTable;
  readonly #decks = new Map<OutcomeTask, Map<string, Deck>[]>();
  /** By source, then by row. */
  readonly #candidates: CandidateView[][] = [];

  constructor(table: OutcomesTable) {
    this.#table = table;
  }

  /** The decks of a task in one order of the samples, by model, all of them whole again. */
  decks(task: OutcomeTask, order: number): Map<string, Deck> {
    let orders = this.#decks.get(task);
    if (orders === undefined) this.#decks.set(task, (orders = []));
    const decks = (orders[order] ??= new Map<string, Deck>());
    for (const deck of decks.values()) deck.drawn = 0;
    return decks;
  }

  /** As the table's. */
  candidate(row: number, from: number): CandidateView {
    const candidates = (this.#candidates[from] ??= []);
    return (candidates[row] ??= this.#table.candidate(row, from));
  }
}
