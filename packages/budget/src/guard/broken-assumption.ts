import type { Pricing, Usage, UsageBound } from '@tollgate/sdk';

/** What must have been wrong for an attempt of this usage to cost more than the price of its bound. */
export function brokenAssumption(usage: Usage, bound: UsageBound, { declaration }: Pricing): string {
  const outputTokens = (usage.outputText ?? 0) + (usage.outputReasoning ?? 0);
  const outputBound = bound.samples * bound.outputTokensPerSample;
  if (outputTokens > outputBound) {
    return `the engine honours its output cap: ${outputTokens} tokens were generated, ${outputBound} were allowed`;
  }
  const inputTokens = (usage.inputUncached ?? 0) + (usage.cacheRead ?? 0) + (usage.cacheWrite?.total ?? 0);
  const inputBound = (bound.promptBilledOnce ? 1 : bound.samples) * bound.inputTokens;
  if (inputTokens > inputBound) {
    return `the prompt is within its ${bound.inputKnown} bound: ${inputTokens} tokens were billed, ${inputBound} were expected`;
  }
  if (declaration['kind'] === 'hardware') {
    const speed = Number(declaration['slowestTokensPerSecond']);
    return `the engine generates at least ${speed} tokens a second (slowestTokensPerSecond) and reads its prompt ten times as fast: it took ${usage.engineSeconds} s`;
  }
  return 'the upper bound of the price holds for every usage within its bound';
}
