import { InvalidOptionError } from './errors/invalid-option-error.ts';
import { rootContext } from './leaf/call-context.ts';
import type { Message } from './spec/content.ts';
import type { Scopes } from './spec/context.ts';
import type { Model } from './spec/model.ts';
import type { GenerateRequest } from './spec/request.ts';
import type { Charge, GenerateResult } from './spec/result.ts';
import type { Usage } from './spec/usage.ts';
import { textOf } from './strategy/whole-text.ts';

/** Options of a call: everything a request has but its messages, and who it is for. */
export interface GenerateTextOptions extends Omit<GenerateRequest, 'messages'> {
  /** Put before the prompt as a system message. */
  readonly system?: string;
  readonly scopes?: Scopes;
}

/** A result with its answers to hand. */
export interface TextResult extends GenerateResult {
  /** Text of the answer; empty where the model abstained. */
  readonly text: string;
  /** US dollars of every attempt, or undefined where one of them has no price. */
  readonly costUsd: number | undefined;
  /** What the attempt consumed, where there was exactly one; of several, each charge has its own. */
  readonly usage: Usage | undefined;
}

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
  const { system, scopes, ...request } = options;
  if (scopes !== undefined && request.context !== undefined) {
    throw new InvalidOptionError(
      'scopes',
      'scopes and context were both given, and the call would be charged to those of the context only. Give one: context: rootContext({ scopes }).',
    );
  }
  const messages: readonly Message[] = typeof prompt === 'string' ? [{ role: 'user', content: prompt }] : prompt;
  const result = await model.generate({
    ...request,
    messages: system === undefined ? messages : [{ role: 'system', content: system }, ...messages],
    ...(scopes !== undefined && { context: rootContext({ scopes }) }),
  });
  const chosen = result.candidates.find((candidate) => candidate.id === result.decision.chosen);
  const [only, ...others] = result.charges;
  return {
    ...result,
    text: chosen === undefined ? '' : textOf(chosen),
    costUsd: totalUsd(result.charges),
    usage: others.length === 0 ? only?.usage : undefined,
  };
}

/** US dollars of all charges, or undefined where one of them has no price. */
export function totalUsd(charges: readonly Charge[]): number | undefined {
  let total = 0n;
  for (const { cost } of charges) {
    if (cost === undefined) return undefined;
    total += BigInt(cost.nanoUsd);
  }
  return Number(total) / 1e9;
}
