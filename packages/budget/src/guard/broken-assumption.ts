import type { Pricing, Usage, UsageBound } from '@tollgate/sdk';

/** What must have been wrong for an attempt of this usage to cost more than the price of its bound. */
export function brokenAssumption(usage: Usage, bound: UsageBound, { declaration }: Pricing): string {
  const outputTokens = (usage.outputText ?? 0) + (usage.outputReasoning ?? 0);
  const outputBound = bound.samples * bound.outputTokensPerSample;
  if (outputTokens > outputBound) {
    return `the engine honours its output cap: ${outputTokens} tokens were generated, ${outputBound} were allowed`;
  }
  if (Object.values(bound.units ?? {}).includes(Infinity)) {
    return `tools that the provider runs cost at most what was declared for them: ${JSON.stringify(usage.units ?? {})} were billed`;
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
  const { tier, speed } = usage.billed ?? {};
  const { asked = {} } = bound;
  const differs = (billed?: string, wanted?: string): boolean =>
    billed !== undefined && wanted !== undefined && billed !== wanted;
  if (differs(tier, asked.tier) || differs(speed, asked.speed)) {
    return `the provider serves what was asked for: ${JSON.stringify(usage.billed ?? {})} was billed, ${JSON.stringify(asked)} was asked for`;
  }
  return 'the upper bound of the price holds for every usage within its bound';
}
