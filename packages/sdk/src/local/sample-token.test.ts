import { createRandom } from '@tollgate/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScoredToken } from '../spec/token-model.ts';
import { sampleToken } from './sample-token.ts';

/** Tokens with these probabilities, best first. */
function rankedOf(probabilities: readonly number[]): readonly ScoredToken[] {
  const sum = probabilities.reduce((total, probability) => total + probability, 0);
  return probabilities
    .map((probability, token) => ({ token, logprob: Math.log(probability / sum) }))
    .toSorted((a, b) => b.logprob - a.logprob);
}

describe('sampleToken', () => {
  const ranked = rankedOf([0.5, 0.3, 0.15, 0.05]);

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
      expect(drawn.filter((seen) => seen === id).length / drawn.length).toBeCloseTo(share, 1);
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
          const chosen = sampleToken(rankedOf(probabilities), how, createRandom(seed));
          expect(chosen?.token).toBeLessThan(probabilities.length);
        },
      ),
    );
  });

  function draws(options: { readonly temperature: number; readonly topP: number }): (number | undefined)[] {
    const random = createRandom(7);
    return Array.from({ length: 4000 }, () => sampleToken(ranked, options, random)?.token);
  }
});
