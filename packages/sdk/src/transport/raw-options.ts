import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import type { JsonObject } from '../spec/json.ts';

/**
 * Refuses raw options that set a reserved field: one that money was held for, or that the answer is read by. Setting it behind
 * the request's back would break the hold.
 *
 * @throws InvalidOptionError with the name of the field.
 */
export function checkRawOptions(raw: JsonObject, reserved: readonly string[]): void {
  const taken = reserved.find((field) => Object.hasOwn(raw, field));
  if (taken === undefined) return;
  throw new InvalidOptionError(
    'providerOptions',
    `providerOptions must not set "${taken}": budgets and answers are reckoned by it. Use the request's own option (messages, maxOutputTokens, samples) or another model.`,
  );
}
