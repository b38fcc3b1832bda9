import { finishes, type OutcomeLine } from './outcome-line.ts';

/** What the reader found out about a line. */
export interface LineFacts {
  /** Number of its (task, model) pair. */
  readonly pair: number;
  /** Its number in the file. */
  readonly line: number;
  readonly costNanoUsd: number;
}

/** One measured confidence: the rows that have it, in the order of the file. */
export interface SignalColumn {
  readonly rows: number[];
  readonly values: number[];
  readonly costsNanoUsd: number[];
}

/** Rows as they come, one array a field. Numbers that were not recorded are NaN. */
export class OutcomeColumns {
  readonly pairs: number[] = [];
  readonly samples: number[] = [];
  readonly lines: number[] = [];
  /** Index into `texts`; −1 where there is no answer. */
  readonly answers: number[] = [];
  readonly texts: string[] = [];
  /** 1 where the answer is right. */
  readonly correct: number[] = [];
  /** Index into `finishes`. */
  readonly finishes: number[] = [];
  readonly costsNanoUsd: number[] = [];
  readonly tokens: number[] = [];
  readonly latenciesMs: number[] = [];
  readonly signals = new Map<string, SignalColumn>();
  readonly #textIds = new Map<string, number>();

  push(line: OutcomeLine, { pair, line: lineNumber, costNanoUsd }: LineFacts): void {
    this.pairs.push(pair);
    this.samples.push(line.sample);
    this.lines.push(lineNumber);
    this.answers.push(line.answer === null || line.answer === '' ? -1 : this.#textId(String(line.answer)));
    this.correct.push(Number(line.correct));
    this.finishes.push(line.finish == null ? 0 : finishes.indexOf(line.finish));
    this.costsNanoUsd.push(costNanoUsd);
    this.tokens.push((line.inputTokens ?? Number.NaN) + (line.outputTokens ?? Number.NaN));
    this.latenciesMs.push(line.latencyMs ?? Number.NaN);
  }

  /** Adds a signal to the row that was pushed last. */
  pushSignal(name: string, value: number, costNanoUsd: number): void {
    let column = this.signals.get(name);
    if (column === undefined) this.signals.set(name, (column = { rows: [], values: [], costsNanoUsd: [] }));
    column.rows.push(this.pairs.length - 1);
    column.values.push(value);
    column.costsNanoUsd.push(costNanoUsd);
  }

  #textId(text: string): number {
    const known = this.#textIds.get(text);
    if (known !== undefined) return known;
    this.#textIds.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }
}
