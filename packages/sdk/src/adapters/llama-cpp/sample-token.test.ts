import { createRandom } from '@tollgate/stats';
import fc from 'fast-check';
import type { Token } from 'node-llama-cpp';
import { describe, expect, it } from 'vitest';
import { rankedTokens, sampleToken } from './sample-token.ts';

const token = (id: number): Token => id as Token;

/** What the engine gives for these probabilities: the best logits, and the sum of exp(logit − largest) over all. */
function engineGives(probabilities: readonly number[], best = probabilities.length): [Map<Token, number>, number] {
  const logits = probabilities.map((p, i) => [token(i), Math.log(p) + 3] as const);
  const sorted = logits.toSorted((a, b) => b[1] - a[1]);
  const largest = sorted[0]?.[1] ?? 0;
  const weight = sorted.reduce((sum, [, logit]) => sum + Math.exp(logit - largest), 0);
  return [new Map(sorted.slice(0, best)), weight];
}

describe('rankedTokens', () => {
  it('gives true probabilities also where only the best logits are known', () => {
    const ranked = rankedTokens(...engineGives([0.1, 0.6, 0.2, 0.1], 2));
    expect(ranked.map(({ token: id }) => id)).toEqual([1, 2]);
    expect(ranked.map(({ logprob }) => Math.exp(logprob))).toEqual([expect.closeTo(0.6, 9), expect.closeTo(0.2, 9)]);
  });
});

describe('sampleToken', () => {
  const ranked = rankedTokens(...engineGives([0.5, 0.3, 0.15, 0.05]));

  it('has nothing to choose from nothing', () => {
    expect(sampleToken([], { temperature: 1, topP: 1 }, createRandom(1))).toBeUndefined();
  });

  it('takes the best at temperature 0', () => {
    expect(sampleToken(ranked, { temperature: 0, topP: 1 }, createRandom(1))?.token).toBe(0);
  });

  it('keeps the smallest set that holds topP of the probability', () => {
    const seen = new Set(draws({ temperature: 1, topP: 0.7 }).map((drawn) => Number(drawn)));
    expect([...seen].toSorted((a, b) => a - b)).toEqual([0, 1]);
  });

  it.each([
    [1, [0.5, 0.3, 0.15, 0.05]],
    [0.5, [0.6849, 0.2466, 0.0616, 0.0068]],
  ])('draws at temperature %d as often as the formula says', (temperature, expected) => {
    const drawn = draws({ temperature, topP: 1 });
    for (const [id, share] of expected.entries()) {
      expect(drawn.filter((seen) => seen === token(id)).length / drawn.length).toBeCloseTo(share, 1);
    }
  });

  it('always chooses one of the tokens it was given', () => {
    const probability = fc.double({ min: 1e-6, max: 1, noNaN: true });
    const options = fc.record({
      temperature: fc.double({ min: 0, max: 2, noNaN: true }),
      topP: fc.double({ min: 0.01, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.array(probability, { minLength: 1, maxLength: 20 }),
        options,
        fc.integer(),
        (probabilities, how, seed) => {
          const chosen = sampleToken(rankedTokens(...engineGives(probabilities)), how, createRandom(seed));
          expect(chosen?.token).toBeLessThan(probabilities.length);
        },
      ),
    );
  });

  function draws(options: { readonly temperature: number; readonly topP: number }): (Token | undefined)[] {
    const random = createRandom(7);
    return Array.from({ length: 4000 }, () => sampleToken(ranked, options, random)?.token);
  }
});
