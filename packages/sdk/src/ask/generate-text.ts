import type { Message } from '../spec/content.ts';
import type { Model } from '../spec/model.ts';
import { type GenerateTextOptions, textRequest } from './text-request.ts';
import { type TextResult, textResult } from './text-result.ts';

/**
 * Asks any model for text: a hosted one, a local one, a strategy.
 *
 * @throws InvalidOptionError when both `scopes` and `context` are given; else what `Model.generate` throws.
 *
 * @example
 * const { text, costUsd } = await generateText(model, 'Name a prime between 90 and 100.');
 */
export async function generateText(
  model: Model,
  prompt: string | readonly Message[],
  options: GenerateTextOptions = {},
): Promise<TextResult> {
  return textResult(await model.generate(textRequest(prompt, options)));
}
