import type { GenerateRequest } from '../spec/request.ts';

/** How the tokens of an answer are chosen. */
export interface TokenChoice {
  /** Range [0, 2]. 0 takes the best token. */
  readonly temperature: number;
  readonly topP: number;
  readonly topK: number;
  /** The model's own log-probabilities are wanted, with this many alternatives. */
  readonly logprobs: { readonly alternatives: number } | undefined;
}

// llama.cpp's own defaults, used where a request says nothing; the same for every local engine.
const defaultTemperature = 0.8;
const defaultTopK = 40;
const defaultTopP = 0.95;

/** Alternatives a position can report. */
export const maxTopLogprobs = 40;

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
