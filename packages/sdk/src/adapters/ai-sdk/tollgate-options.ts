import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import type { EffortLevel } from '../../spec/capabilities.ts';
import type { Scopes } from '../../spec/context.ts';
import type { Evidence } from '../../spec/evidence.ts';
import { fieldsOf } from '../../wire/json-fields.ts';

/** What a call of the AI SDK can say in `providerOptions.tollgate`, where the AI SDK has no option for it. */
export interface TollgateOptions {
  /** Who or what the call is for. Added to the scopes that `toAiSdk` was given. */
  readonly scopes?: Scopes;
  /** Wins over the AI SDK's own `reasoning`. */
  readonly effort?: EffortLevel;
  /** Independent answers to choose from. The one that is chosen is shown. Range [1, 10,000]. @defaultValue 1 */
  readonly samples?: number;
  /** Reasoning tokens of one sample at most. Range [0, ∞). */
  readonly maxReasoningTokens?: number;
  /** Names a conversation, so that an engine can reuse its prefix. */
  readonly sessionKey?: string;
  readonly serviceTier?: string;
  /** Per-task data for scorers. Never sent to a model. */
  readonly evidence?: Evidence;
}

const efforts: readonly EffortLevel[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

const isText = (value: unknown): boolean => typeof value === 'string';
const isNumber = (value: unknown): boolean => typeof value === 'number';

/** What each option must be; ranges are checked with the request. */
const checks: { readonly [option in keyof Required<TollgateOptions>]: readonly [(value: unknown) => boolean, string] } =
  {
    scopes: [(value) => Object.values(fieldsOf(value) ?? { none: 0 }).every(isText), 'a flat object of texts'],
    effort: [(value) => efforts.some((level) => level === value), `one of ${efforts.join(', ')}`],
    samples: [isNumber, 'a number'],
    maxReasoningTokens: [isNumber, 'a number'],
    sessionKey: [isText, 'a text'],
    serviceTier: [isText, 'a text'],
    evidence: [(value) => fieldsOf(value) !== undefined, 'an object'],
  };

/**
 * Checks the options of one call.
 *
 * @throws InvalidOptionError for an option that there is not, with those that there are, and for one that cannot be meant.
 */
export function checkTollgateOptions(options: { readonly [option: string]: unknown } = {}): TollgateOptions {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  for (const [option, value] of given) {
    const name = `providerOptions.tollgate.${option}`;
    if (!Object.hasOwn(checks, option)) {
      throw new InvalidOptionError(name, `There is no ${name}. There are: ${Object.keys(checks).join(', ')}.`);
    }
    const [holds, expected] = checks[option as keyof TollgateOptions];
    if (!holds(value)) {
      throw new InvalidOptionError(name, `${name} must be ${expected}, received ${JSON.stringify(value)}.`);
    }
  }
  return Object.fromEntries(given) as TollgateOptions;
}
