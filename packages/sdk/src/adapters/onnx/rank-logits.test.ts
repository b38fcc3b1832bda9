import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestTokens, logNormaliser } from './rank-logits.ts';

const logits = fc
  .array(fc.oneof(fc.float({ min: -50, max: 50, noNaN: true }), fc.constantFrom(0, 1, 2)), {
    minLength: 1,
    maxLength: 200,
  })
  .map((values) => Float32Array.from(values));

describe('bestTokens', () => {
  it('is a stable sort, cut off', () => {
    fc.assert(
      fc.property(logits, fc.integer({ min: 1, max: 220 }), (values, k) => {
        const sorted = [...values.keys()].sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b).slice(0, k);
        const best = bestTokens(values, k, 0.5);
        expect(best.map(({ token }) => token)).toEqual(sorted);
        expect(best.map(({ logprob }) => logprob)).toEqual(sorted.map((token) => (values[token] ?? 0) - 0.5));
      }),
    );
  });

  it('measures from the best one where it is told nothing', () => {
    expect(bestTokens(Float32Array.of(-1000, 3, 1), 2).map(({ logprob }) => logprob)).toEqual([0, -2]);
  });

  it('has nothing of nothing', () => {
    expect(bestTokens(new Float32Array(0), 3, 0)).toEqual([]);
  });
});

describe('logNormaliser', () => {
  it('makes probabilities of logits, however large', () => {
    fc.assert(
      fc.property(logits, fc.constantFrom(-1e4, 0, 1e4), (values, shift) => {
        const shifted = values.map((value) => value + shift);
        const normaliser = logNormaliser(shifted);
        const sum = shifted.reduce((total, logit) => total + Math.exp(logit - normaliser), 0);
        expect(sum).toBeCloseTo(1, 6);
      }),
    );
  });
});
