import { quantile } from '@tollgate/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agentTurnCost } from './agent-turn-cost.ts';

const agent = { prefixTokens: 5000, appendedTokens: 1500, outputTokens: 400 };
const prices = { inputUsdPerMillion: 3, outputUsdPerMillion: 15 };
const cached = { ...prices, cache: { write: 1.25, read: 0.1 } };

describe('agentTurnCost', () => {
  it.each([
    [10, 117_500, 0.4125, 0.1591],
    [20, 385_000, 1.275, 0.3511],
    [40, 1_370_000, 4.35, 0.8701],
    [80, 5_140_000, 15.9, 2.4481],
  ])('after %d turns', (...[turns, inputTokens, plainUsd, cachedUsd]) => {
    expect(agentTurnCost(agent, prices, turns).inputTokens).toBe(inputTokens);
    expect(agentTurnCost(agent, prices, turns).costUsd).toBeCloseTo(plainUsd, 6);
    expect(agentTurnCost(agent, cached, turns).costUsd).toBeCloseTo(cachedUsd, 4);
  });

  it('is free before the first turn, which writes the whole prefix', () => {
    const none = agentTurnCost(agent, cached, 0);
    expect(none).toMatchObject({ inputTokens: 0, costUsd: 0 });
    expect(none.nextTurnUsd).toBeCloseTo((5000 * 1.25 * 3 + 400 * 15) / 1e6, 12);
  });

  it('adds up turn by turn, with and without a cache', () => {
    const tokens = fc.integer({ min: 0, max: 20_000 });
    fc.assert(
      fc.property(
        tokens,
        tokens,
        tokens,
        fc.integer({ min: 0, max: 100 }),
        (...[prefixTokens, appendedTokens, outputTokens, turns]) => {
          const own = { prefixTokens, appendedTokens, outputTokens };
          for (const price of [prices, cached]) {
            const now = agentTurnCost(own, price, turns);
            expect(agentTurnCost(own, price, turns + 1).costUsd).toBeCloseTo(now.costUsd + now.nextTurnUsd, 9);
          }
        },
      ),
      { seed: 1 },
    );
  });

  it('prices turn limits over a history of runs', () => {
    const history = [12, 18, 22, 25, 27, 30, 34, 41, 55, 80];
    const usd = (turns: number): number => agentTurnCost(agent, prices, turns).costUsd;
    const total = (turnsOf: (turns: number) => number): number =>
      history.reduce((sum, turns) => sum + usd(turnsOf(turns)), 0);
    const limits = [0.25, 0.5, 0.75].map((q) => quantile(history, q));
    expect(limits).toEqual([22.75, 28.5, 39.25]);
    expect(total((turns) => turns)).toBeCloseTo(41.253, 6);
    const expected = [
      [23, 14.4675, 3, 4.8225],
      [29, 19.3185, 5, 3.8637],
      [40, 26.0145, 7, 3.7164],
    ] as const;
    for (const [i, [limit, costUsd, solved, perSolution]] of expected.entries()) {
      expect(Math.ceil(limits[i] ?? 0)).toBe(limit);
      expect(total((turns) => Math.min(turns, limit))).toBeCloseTo(costUsd, 6);
      expect(history.filter((turns) => turns <= limit)).toHaveLength(solved);
      expect(costUsd / solved).toBeCloseTo(perSolution, 4);
    }
    const dynamic = total((turns) => (turns <= 40 ? turns : 29));
    expect(dynamic).toBeCloseTo(20.2725, 6);
    expect(dynamic / 26.0145 - 1).toBeCloseTo(-0.2207, 4);
  });

  it('refuses parts of turns and negative prices', () => {
    expect(() => agentTurnCost(agent, prices, 1.5)).toThrow(/^turns must be a whole number/);
    expect(() => agentTurnCost({ ...agent, outputTokens: -1 }, prices, 1)).toThrow(/^outputTokens must be/);
    expect(() => agentTurnCost(agent, { ...prices, cache: { write: -1, read: 0 } }, 1)).toThrow(/^cache.write must be/);
  });
});
