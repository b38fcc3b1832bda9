import type { JsonValue } from './json.ts';

/** A check of a final answer, as data. */
export type AnswerCheck =
  | {
      /** Compares numbers exactly as rationals where both are, else within `tolerance`. */
      readonly kind: 'number';
      readonly answer: string | number;
      /** Largest accepted |a − b|. Range [0, ∞). @defaultValue 1e-6 × max(1, |answer|) */
      readonly tolerance?: number;
    }
  | {
      /** Equal after trimming and folding white space. */
      readonly kind: 'exact';
      readonly answer: string;
      /** @defaultValue false */
      readonly ignoreCase?: boolean;
    }
  | {
      /** The regular expression in `answer` matches the text. */
      readonly kind: 'regex';
      readonly answer: string;
      /** Flags out of `imsu`. @defaultValue '' */
      readonly flags?: string;
    }
  | {
      /** One letter out of a list of options. */
      readonly kind: 'choice';
      readonly answer: string;
      /** The letters on offer. @defaultValue 'ABCDE' */
      readonly options?: string;
    };

/**
 * Per-task data for scorers. Typed for what ships here, open for what users add; never sent to a model.
 *
 * `verify` is what a strategy may use at run time. The check that grades a task afterwards is **not** here, so that no
 * strategy can reach it.
 */
export interface Evidence {
  /** A run-time check that the task's author allows strategies to use. */
  readonly verify?: AnswerCheck;
  /** Source text of tests, for scorers that run code. */
  readonly tests?: string;
  /** Reference texts, for scorers that compare. */
  readonly references?: readonly string[];
  /** Anything else, by name. */
  readonly extra?: { readonly [name: string]: JsonValue };
}
