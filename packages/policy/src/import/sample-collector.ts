import type { OutcomeLine } from '../outcomes/outcome-line.ts';
import { InvalidFileError } from '../tasks/invalid-file-error.ts';
import type { ImportedOutcomes, ImportOptions } from './import-options.ts';

/** A sample as a log has it. */
export interface LoggedSample extends Omit<OutcomeLine, 'model' | 'sample' | 'correct' | 'answer'> {
  readonly model: string | undefined;
  /** @defaultValue the next number of its task and model */
  readonly sample?: number;
  readonly answer: string | null;
  /** The call ended in an error: a wrong answer, free where the log knows neither its cost nor its tokens. */
  readonly failed: boolean;
  /** What graded it said; undefined where nothing did. */
  readonly verdict: boolean | number | undefined;
}

/** How a log's messages name things. */
interface LogWords {
  /** Where a verdict would stand, and how to name it. */
  readonly verdict: string;
}

/** Takes samples of any log and makes lines of a table out of them: the rules that all formats share. */
export class SampleCollector {
  readonly #options: ImportOptions;
  readonly #words: LogWords;
  readonly #lines: OutcomeLine[] = [];
  readonly #notes: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #unnamed = new Map<string, number>();
  #unjudged = 0;
  #uncosted = 0;
  #partial = 0;

  constructor(options: ImportOptions, words: LogWords) {
    this.#options = options;
    this.#words = words;
  }

  /** Adds a sample. Left out where nothing says whether it is right. */
  add(logged: LoggedSample): void {
    const { model = this.#options.model, sample, failed, answer, verdict: given, ...facts } = logged;
    const verdict = failed ? false : given;
    if (failed) this.note('Calls that failed count as wrong, and as free where the log does not say what they cost.');
    if (model === undefined) {
      throw new InvalidFileError(
        this.#options.source,
        [{ message: 'the log does not say which model answered.' }],
        'Name it: --model NAME.',
      );
    }
    if (verdict === undefined) {
      this.#unjudged += 1;
      return;
    }
    const pair = JSON.stringify([facts.task, model]);
    const number = sample ?? this.#numbers.get(pair) ?? 0;
    this.#numbers.set(pair, number + 1);
    const cost = this.#costOf(logged);
    const correct = this.#isCorrect(verdict);
    this.#lines.push({ ...facts, ...cost, model, sample: number, answer: failed ? null : answer, correct });
  }

  /** Counts fields of a record that the format is not known to have. */
  census(record: object, known: ReadonlySet<string>): void {
    for (const field of Object.keys(record)) {
      if (!known.has(field)) this.#unnamed.set(field, (this.#unnamed.get(field) ?? 0) + 1);
    }
  }

  /** Adds a sentence for the user, once. */
  note(text: string): void {
    if (!this.#notes.includes(text)) this.#notes.push(text);
  }

  /** @throws InvalidFileError where no sample can be used, or what one cost is not known. */
  finish(): ImportedOutcomes {
    const { source } = this.#options;
    const all = this.#lines.length + this.#unjudged;
    if (all === 0) throw new InvalidFileError(source, [{ message: 'it has no samples.' }]);
    if (this.#lines.length === 0) {
      throw new InvalidFileError(
        source,
        [{ message: `none of its ${all} samples says whether the answer is right.` }],
        this.#words.verdict,
      );
    }
    if (this.#uncosted > 0) {
      throw new InvalidFileError(
        source,
        [{ message: `${this.#uncosted} of ${all} samples have neither a cost nor tokens.` }],
        'Say what a sample cost: --cost-usd 0.0001.',
      );
    }
    return { lines: this.#lines, notes: [...this.#notes, ...this.#closingNotes(all)] };
  }

  #closingNotes(all: number): readonly string[] {
    const { correctFrom = 1 } = this.#options;
    const unpriced = new Set(this.#lines.flatMap(({ costUsd, model }) => (costUsd === undefined ? model : [])));
    const unnamed = [...this.#unnamed].map(([field, count]) => `${field} (${count})`).join(', ');
    return [
      ...(this.#unjudged > 0
        ? [
            `${this.#unjudged} of ${all} samples were left out: nothing says whether they are right. ${this.#words.verdict}`,
          ]
        : []),
      ...(this.#partial > 0
        ? [
            `${this.#partial} samples have a score between 0 and 1; right is ${correctFrom} or more. Change that with --correct-from.`,
          ]
        : []),
      ...(unpriced.size > 0
        ? [
            `The log has tokens and no cost of ${[...unpriced].join(', ')}: name a price of each under "prices" in the configuration, or give --cost-usd.`,
          ]
        : []),
      ...(unnamed === '' ? [] : [`Fields that are not known were left out: ${unnamed}.`]),
    ];
  }

  #costOf({ costUsd, inputTokens, outputTokens, failed }: LoggedSample): Pick<OutcomeLine, 'costUsd'> {
    const known = costUsd ?? this.#options.costUsd;
    if (known !== undefined) return { costUsd: known };
    if (inputTokens != null && outputTokens != null) return {};
    if (failed) return { costUsd: 0 };
    this.#uncosted += 1;
    return {};
  }

  #isCorrect(verdict: boolean | number): boolean {
    if (typeof verdict === 'boolean') return verdict;
    if (verdict > 0 && verdict < 1) this.#partial += 1;
    return verdict >= (this.#options.correctFrom ?? 1);
  }
}
