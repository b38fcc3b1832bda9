import type { JsonValue } from './json.ts';

/** A check of a final answer, as data. */
export type AnswerCheck =
  | {
      /** Compares numbers exactly as rationals where both are, else within `tolerance`. */
      readonly kind: 'number';
      readonly answer: string | number;
      /** Largest accepted |a − b|. Range [0, ∞). @defaultValue 1e-6 × max(1, |answer|) */
      readonly tolerance?: number;
      /**
       * The unit that `answer` is in: `cm`, `m^2`, `km/h`, `%`, `$`. An answer without a unit is taken to be in it, one in another
       * unit of its kind is converted, and one in a unit of another kind is wrong. `1` asks for a pure number, of which 25% is
       * 0.25. Without a unit, units are not looked at: `25%` is 25. @defaultValue none
       */
      readonly unit?: string;
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
    }
  | {
      /** The same answers in any order: `1, 2 and 3`, `x = 1 or x = 2`. Inside brackets order counts: `(1, 2)`. */
      readonly kind: 'set';
      readonly answer: string;
    }
  | {
      /** A formula that is equal for all values of its variables: `2(x + 1)` for `2x + 2`. */
      readonly kind: 'expression';
      readonly answer: string;
    }
  | {
      /** Words, compared without case, punctuation and articles. */
      readonly kind: 'text';
      readonly answer: string;
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
  /** Source text of tests, for scorers that run code: one test, or several in the order in which they are run. */
  readonly tests?: string | readonly string[];
  /** Reference texts, for scorers that compare. */
  readonly references?: readonly string[];
  /** Anything else, by name. */
  readonly extra?: { readonly [name: string]: JsonValue };
}
