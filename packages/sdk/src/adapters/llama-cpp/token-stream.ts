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
 * The tokens of one answer, chosen one after the other; `first` is the last token of the prompt. Never ends by itself: an
 * end token is a token like any other.
 *
 * The engine's own sampler gives a token and, after temperature and filters, its probability. Where the model's own
 * log-probabilities are wanted, the engine gives its best logits instead and the choice is made here. That costs a sort of
 * the vocabulary each token, so it is done only then.
 */
export async function* tokenStream(
  sequence: LlamaContextSequence,
  first: Token,
  how: { readonly choice: TokenChoice; readonly random: RandomSource },
): AsyncGenerator<NextToken, void, undefined> {
  const { choice, random } = how;
  const { temperature, topP, topK, logprobs } = choice;
  if (logprobs === undefined) {
    const options = { temperature, topP, topK, seed: random.int(2 ** 32), yieldEogToken: true };
    for await (const token of sequence.evaluate([first], options)) yield { token };
    return;
  }
  const includeTop = Math.max(topK, logprobs.alternatives);
  const generateNext = { logits: { filter: { tokens: [], includeTop } }, totalLogitWeight: true };
  for (let last = first; ; ) {
    const [step] = await sequence.controlledEvaluate([[last, { generateNext }]]);
    const { logits, totalLogitWeight } = step?.next ?? {};
    if (logits === undefined || totalLogitWeight === undefined) return;
    const ranked = rankedTokens(logits, totalLogitWeight);
    const chosen = sampleToken(ranked.slice(0, topK), { temperature, topP }, random);
    if (chosen === undefined) return;
    yield { ...chosen, alternatives: ranked.slice(0, logprobs.alternatives) };
    last = chosen.token;
  }
}
