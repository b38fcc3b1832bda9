import type { CandidateView } from '@tollgate/sdk';
import type { OutcomeColumns } from './outcome-columns.ts';
import { finishes } from './outcome-line.ts';
import type { OutcomesGold, OutcomesTable, OutcomeTask, RowRange } from './outcomes-table.ts';
import type { RowOrder } from './order-rows.ts';

const noRows: RowRange = { first: 0, count: 0 };

interface SortedSignal {
  readonly values: Float64Array;
  /** Absent where measuring it was free. */
  readonly costsNanoUsd?: Float64Array;
}

/** The table over columns that were sorted by pair and sample. */
export class ColumnTable implements OutcomesTable {
  readonly source: string;
  readonly tasks: readonly OutcomeTask[];
  readonly models: readonly string[];
  readonly rowCount: number;
  readonly gold: OutcomesGold;
  readonly #ranges: ReadonlyMap<string, ReadonlyMap<string, RowRange>>;
  readonly #texts: readonly string[];
  readonly #samples: Float64Array;
  readonly #answers: Int32Array;
  readonly #finishes: Uint8Array;
  readonly #costsNanoUsd: Float64Array;
  readonly #tokens: Float64Array;
  readonly #latenciesMs: Float64Array;
  readonly #signals: ReadonlyMap<string, SortedSignal>;

  constructor(facts: {
    readonly source: string;
    readonly tasks: readonly OutcomeTask[];
    readonly models: readonly string[];
    readonly ranges: ReadonlyMap<string, ReadonlyMap<string, RowRange>>;
    readonly columns: OutcomeColumns;
    readonly order: RowOrder;
  }) {
    const { columns, order } = facts;
    const correct = sorted(columns.correct, order, Uint8Array);
    this.source = facts.source;
    this.tasks = facts.tasks;
    this.models = facts.models;
    this.rowCount = order.rows.length;
    this.gold = { correct: (row) => correct[this.#checked(row)] === 1 };
    this.#ranges = facts.ranges;
    this.#texts = columns.texts;
    this.#samples = sorted(columns.samples, order, Float64Array);
    this.#answers = sorted(columns.answers, order, Int32Array);
    this.#finishes = sorted(columns.finishes, order, Uint8Array);
    this.#costsNanoUsd = sorted(columns.costsNanoUsd, order, Float64Array);
    this.#tokens = sorted(columns.tokens, order, Float64Array);
    this.#latenciesMs = sorted(columns.latenciesMs, order, Float64Array);
    this.#signals = sortedSignals(columns, order);
  }

  rowsOf(task: string, model: string): RowRange {
    return this.#ranges.get(task)?.get(model) ?? noRows;
  }

  sample(row: number): number {
    return this.#samples[this.#checked(row)] ?? 0;
  }

  candidate(row: number, from: number): CandidateView {
    const finish = finishes[this.#finishes[this.#checked(row)] ?? 0] ?? 'eos';
    const text = this.#texts[this.#answers[row] ?? -1];
    const answer = finish === 'budget' || finish === 'aborted' ? undefined : text;
    const signals = this.#signalsOf(row);
    return {
      id: String(row),
      from,
      ...(answer !== undefined && { answer }),
      ...(signals !== undefined && { signals }),
      finish,
    };
  }

  costNanoUsd(row: number): number {
    return this.#costsNanoUsd[this.#checked(row)] ?? 0;
  }

  tokens(row: number): number | undefined {
    return recorded(this.#tokens[this.#checked(row)]);
  }

  latencyMs(row: number): number | undefined {
    return recorded(this.#latenciesMs[this.#checked(row)]);
  }

  signalCostNanoUsd(row: number, signal: string): number {
    return recorded(this.#signals.get(signal)?.costsNanoUsd?.[this.#checked(row)]) ?? 0;
  }

  #signalsOf(row: number): { readonly [name: string]: number } | undefined {
    let signals: { [name: string]: number } | undefined;
    for (const [name, { values }] of this.#signals) {
      const value = recorded(values[row]);
      if (value !== undefined) (signals ??= {})[name] = value;
    }
    return signals;
  }

  #checked(row: number): number {
    if (Number.isInteger(row) && row >= 0 && row < this.rowCount) return row;
    throw new RangeError(`row must be a whole number from 0 to ${this.rowCount - 1}, received ${row}.`);
  }
}

/** A column in the new order. */
function sorted<Column extends Float64Array | Int32Array | Uint8Array>(
  column: readonly number[],
  { rows }: RowOrder,
  Kind: new (length: number) => Column,
): Column {
  const inOrder = new Kind(rows.length);
  for (let place = 0; place < rows.length; place += 1) inOrder[place] = column[rows[place] ?? 0] ?? Number.NaN;
  return inOrder;
}

function recorded(value: number | undefined): number | undefined {
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

function sortedSignals(columns: OutcomeColumns, order: RowOrder): Map<string, SortedSignal> {
  if (columns.signals.size === 0) return new Map();
  const placeOf = new Uint32Array(order.rows.length);
  for (const [place, row] of order.rows.entries()) placeOf[row] = place;
  const scatter = (rows: readonly number[], values: readonly number[]): Float64Array => {
    const scattered = new Float64Array(order.rows.length).fill(Number.NaN);
    for (const [i, row] of rows.entries()) scattered[placeOf[row] ?? 0] = values[i] ?? Number.NaN;
    return scattered;
  };
  return new Map(
    [...columns.signals].map(([name, { rows, values, costsNanoUsd }]): [string, SortedSignal] => [
      name,
      {
        values: scatter(rows, values),
        ...(costsNanoUsd.some((cost) => cost > 0) && { costsNanoUsd: scatter(rows, costsNanoUsd) }),
      },
    ]),
  );
}
