import { InvalidOptionError, type TurnPolicy } from '@tollgate/sdk';
import { checkTurns } from './check-turns.ts';
import { type ExtendOn, extensionRules } from './extension-rules.ts';
import { limitedTurns, type TurnLimitState } from './limited-turns.ts';
import { learnedLimit, type TurnHistory } from './turn-history.ts';
import { checkReminders, defaultReminders, type TurnReminders } from './turn-reminders.ts';

/** A lower limit, and one that it may be raised to, once. */
export type DynamicTurnsOptions = (
  | {
      /** Turns of work before any are added. Whole number in [1, ∞). */
      readonly initial: number;
      /** Turns that may be added, once. Whole number in [0, ∞). @defaultValue up to `most`, else half of `initial`, rounded up */
      readonly extension?: number;
      /** Turns of work in all, at most. Whole number in [1, ∞). @defaultValue `initial + extension` */
      readonly most?: number;
    }
  | {
      readonly history: TurnHistory;
      /** Where the limit starts, as a share of runs that need no more. Range [0, 1]. @defaultValue 0.5 */
      readonly percentile?: number;
      /** How far it may be raised. Range [0, 1]. @defaultValue 0.75 */
      readonly mostPercentile?: number;
      /** Turns to start with while fewer than 20 runs are complete; half as many may be added. @defaultValue 20 */
      readonly coldStart?: number;
    }
) & {
  /** What turns are added for. @defaultValue 'progress' */
  readonly extend?: ExtendOn;
  /** @defaultValue { last: 3 } */
  readonly reminders?: TurnReminders;
};

interface Range {
  readonly initial: number;
  readonly extension: number;
  readonly source: string;
}

// Source: Gao and Peng 2025 (arXiv 2510.16786), the dynamic limit. Rule: at the limit, once, min(limit + extension, most).
// Differs: the paper's pairs of limits are not published; by history they are the 50th and 75th percentile.
/**
 * A low limit that is raised once, where there is reason to, then a closing turn that asks for what there is.
 *
 * @throws InvalidOptionError for options out of range, or `most` below `initial`.
 * @example
 * dynamicTurns({ initial: 20, extension: 10 });
 * dynamicTurns({ history: turnHistory(records, { model: 'gpt-6-luna' }), extend: 'no-artifact' });
 */
export function dynamicTurns(options: DynamicTurnsOptions): TurnPolicy<TurnLimitState> {
  const { extend = 'progress', reminders = defaultReminders } = options;
  checkReminders(reminders);
  const against = (extensionRules as { readonly [rule: string]: (typeof extensionRules)[ExtendOn] | undefined })[
    extend
  ];
  if (against === undefined) {
    const rules = Object.keys(extensionRules).join("', '");
    throw new InvalidOptionError('extend', `extend must be one of '${rules}', received ${JSON.stringify(extend)}.`);
  }
  const { initial, extension, source } = rangeOf(options);
  return limitedTurns({
    name: `dynamic ${initial}+${extension} on ${extend}${source === '' ? '' : `, ${source}`}`,
    limit: initial,
    reminders,
    extension: { turns: extension, against },
    mayExtend: extend === 'model-request' && extension > 0,
  });
}

function rangeOf(options: DynamicTurnsOptions): Range {
  if ('history' in options) {
    const { history, percentile = 0.5, mostPercentile = 0.75, coldStart = 20 } = options;
    const low = learnedLimit(history, { percentile, coldStart });
    const high = learnedLimit(history, { percentile: mostPercentile, coldStart: coldStart + Math.ceil(coldStart / 2) });
    return {
      initial: low.turns,
      extension: Math.max(0, high.turns - low.turns),
      source: low.source === high.source ? low.source : `${low.source}, then ${high.source}`,
    };
  }
  const { initial, most = Infinity } = options;
  checkTurns('initial', initial);
  if (most !== Infinity) checkTurns('most', most);
  if (most < initial) {
    throw new InvalidOptionError('most', `most must be at least initial (${initial}), received ${most}.`);
  }
  const { extension = most === Infinity ? Math.ceil(initial / 2) : most - initial } = options;
  if (extension !== 0) checkTurns('extension', extension);
  return { initial, extension: Math.min(extension, most - initial), source: '' };
}
