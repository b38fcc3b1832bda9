import type { UsageBound } from '@tollgate/sdk';
import { expect, it } from 'vitest';
import { hardware } from '../prices/hardware.ts';
import { perToken } from '../prices/per-token.ts';
import { brokenAssumption } from './broken-assumption.ts';

const bound: UsageBound = {
  inputTokens: 100,
  inputKnown: 'proved',
  outputTokensPerSample: 50,
  samples: 2,
  promptBilledOnce: true,
};
const tokens = perToken({ inputUsdPerMillion: 1, outputUsdPerMillion: 1 });
const desktop = hardware({ usdPerHour: 1, watts: 0, usdPerKwh: 0 });

it.each([
  [
    { outputText: 60, outputReasoning: 41 },
    tokens,
    'the engine honours its output cap: 101 tokens were generated, 100 were allowed',
  ],
  [
    { inputUncached: 90, cacheRead: 11, outputText: 1 },
    tokens,
    'the prompt is within its proved bound: 101 tokens were billed, 100 were expected',
  ],
  [
    { outputText: 1, engineSeconds: 99 },
    desktop,
    'the engine generates at least 2 tokens a second (slowestTokensPerSecond) and reads its prompt ten times as fast: it took 99 s',
  ],
  [{ outputText: 1 }, tokens, 'the upper bound of the price holds for every usage within its bound'],
])('of %j names what broke', (usage, pricing, assumption) => {
  expect(brokenAssumption(usage, bound, pricing)).toBe(assumption);
});

it('of a call with tools that the provider runs names what was declared for them', () => {
  const open = { ...bound, units: { web_search: Infinity } };
  const usage = { inputUncached: 900, outputText: 1, units: { web_search: 9 } };
  expect(brokenAssumption(usage, open, tokens)).toBe(
    'tools that the provider runs cost at most what was declared for them: {"web_search":9} were billed',
  );
});

it('of a call that was billed by a dearer tier than it asked for names both', () => {
  const asked = { ...bound, asked: { tier: 'flex', speed: 'standard' } };
  expect(brokenAssumption({ outputText: 1, billed: { tier: 'priority' } }, asked, tokens)).toBe(
    'the provider serves what was asked for: {"tier":"priority"} was billed, {"tier":"flex","speed":"standard"} was asked for',
  );
  expect(brokenAssumption({ outputText: 1, billed: { tier: 'flex' } }, asked, tokens)).toMatch(
    /upper bound of the price/,
  );
});
