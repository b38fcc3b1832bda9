import { InvalidOptionError } from '../errors/invalid-option-error.ts';

/** Refuses what is not a token: the engine would read memory that is not its own. */
export function checkTokens(option: string, tokens: readonly number[], vocabularySize: number): void {
  for (const token of tokens) {
    if (Number.isInteger(token) && token >= 0 && token < vocabularySize) continue;
    throw new InvalidOptionError(
      option,
      `${option} must hold tokens in [0, ${vocabularySize - 1}], received ${token}. Take them from this model's tokenizer.`,
    );
  }
}

/** Refuses a limit that is not a number of tokens. */
export function checkMaxTokens(maxTokens: number): void {
  if (Number.isSafeInteger(maxTokens) && maxTokens >= 1) return;
  throw new InvalidOptionError('maxTokens', `maxTokens must be a whole number of 1 or more, received ${maxTokens}.`);
}
