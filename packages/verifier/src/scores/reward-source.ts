import type { Clock } from '@tollgate/sdk';

/** What a reward head reads: an answer, and apart from it the problem where the head was trained on pairs. */
export interface RewardText {
  readonly prompt?: string;
  readonly answer: string;
}

/**
 * Anything that gives texts a number: a reward head of `onnxRewardHead`, or a few lines around another engine's (a ranking
 * context of node-llama-cpp, a service of your own).
 *
 * @example
 * const source: RewardSource = {
 *   provider: 'llama-cpp',
 *   modelId: 'reranker',
 *   score: async (texts) => {
 *     const started = performance.now();
 *     const scores = await Promise.all(texts.map(({ prompt = '', answer }) => ranking.rank(prompt, answer)));
 *     return { scores, inputTokens: countTokens(texts), engineSeconds: (performance.now() - started) / 1000 };
 *   },
 * };
 */
export interface RewardSource {
  readonly provider: string;
  readonly modelId: string;
  /** Scores in the order of the texts, higher is better; tokens of all texts; seconds the engine took. */
  score(
    texts: readonly RewardText[],
    options: { readonly signal?: AbortSignal; readonly clock?: Clock },
  ): Promise<{
    readonly scores: readonly number[];
    readonly inputTokens: number;
    readonly engineSeconds: number;
  }>;
}
