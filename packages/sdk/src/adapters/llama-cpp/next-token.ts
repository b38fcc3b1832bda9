import type { LlamaContextSequence, Token } from 'node-llama-cpp';
import type { RandomSource } from '../../spec/context.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import { maxTopLogprobs } from './capabilities.ts';
import { rankedTokens, type SampledToken, sampleToken } from './sample-token.ts';

/** How the tokens of an answer are chosen. */
export interface TokenChoice {
  /** Range [0, 2]. 0 takes the best token. */
  readonly temperature: number;
  readonly topP: number;
  readonly topK: number;
  /** The model's own log-probabilities are wanted, with this many alternatives. */
  readonly logprobs: { readonly alternatives: number } | undefined;
}

/** A chosen token. */
export interface NextToken {
  readonly token: Token;
  /** Natural logarithm, over the full vocabulary, before temperature and filters. Where log-probabilities are wanted. */
  readonly logprob?: number;
  readonly alternatives?: readonly SampledToken[];
}

// llama.cpp's own defaults, used where a request says nothing.
const defaultTemperature = 0.8;
const defaultTopK = 40;
const defaultTopP = 0.95;

/** How a request wants its tokens chosen. */
export function tokenChoice(request: GenerateRequest): TokenChoice {
  const { logprobs } = request;
  return {
    temperature: request.temperature ?? defaultTemperature,
    topP: request.topP ?? defaultTopP,
    topK: request.topK ?? defaultTopK,
    logprobs: logprobs === undefined ? undefined : { alternatives: Math.min(logprobs.top, maxTopLogprobs) },
  };
}

/**
 * Evaluates one token and chooses the next.
 *
 * The engine's own sampler gives a token and, after temperature and filters, its probability. Where the model's own
 * log-probabilities are wanted, the engine gives its best logits instead and the choice is made here. That costs a sort of
 * the vocabulary each token, so it is done only then.
 */
export async function nextToken(
  sequence: LlamaContextSequence,
  last: Token,
  how: { readonly choice: TokenChoice; readonly random: RandomSource },
): Promise<NextToken | undefined> {
  const { choice, random } = how;
  const { temperature, topP, topK, logprobs } = choice;
  if (logprobs === undefined) {
    const options = { temperature, topP, topK, seed: random.int(2 ** 32) };
    const [step] = await sequence.controlledEvaluate([[last, { generateNext: { token: true, options } }]]);
    const token = step?.next.token;
    return token === undefined || token === null ? undefined : { token };
  }
  const includeTop = Math.max(topK, logprobs.alternatives);
  const [step] = await sequence.controlledEvaluate([
    [last, { generateNext: { logits: { filter: { tokens: [], includeTop } }, totalLogitWeight: true } }],
  ]);
  const { logits, totalLogitWeight } = step?.next ?? {};
  if (logits === undefined || totalLogitWeight === undefined) return undefined;
  const ranked = rankedTokens(logits, totalLogitWeight);
  const chosen = sampleToken(ranked.slice(0, topK), { temperature, topP }, random);
  return chosen === undefined ? undefined : { ...chosen, alternatives: ranked.slice(0, logprobs.alternatives) };
}
