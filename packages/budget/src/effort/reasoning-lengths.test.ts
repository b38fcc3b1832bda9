import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanLength, noLengths, type ReasoningLength, type ReasoningLengths, withLength } from './reasoning-lengths.ts';

const ended = (...tokens: number[]): ReasoningLength[] => tokens.map((each) => ({ tokens: each, isCut: false }));
const cut = (...tokens: number[]): ReasoningLength[] => tokens.map((each) => ({ tokens: each, isCut: true }));
const seen = (lengths: readonly ReasoningLength[], fade = 0): ReasoningLengths =>
  lengths.reduce((sums, length) => withLength(sums, length, fade), noLengths);

describe('meanLength', () => {
  it('shrinks to the prior as (n × mean + 5 × prior) / (n + 5)', () => {
    const prior = { tokens: 2000, weight: 5 };
    expect(meanLength(noLengths, prior)).toBe(2000);
    expect(meanLength(seen(ended(900, 1100, 1000, 1000, 1000)), prior)).toBe(1500);
    expect(meanLength(seen(ended(...Array.from({ length: 45 }, () => 1000))), prior)).toBe(1100);
    expect(meanLength(seen(ended(700, 900)), { tokens: 2000, weight: 0 })).toBe(800);
  });

  it('takes a cut length for one that would have gone on: the tokens seen over the lengths that ended', () => {
    const guess = { tokens: 100, weight: 0 };
    expect(meanLength(seen([...ended(300, 500), ...cut(400)]), guess)).toBe(600);
    expect(meanLength(seen([...ended(300, 500, 400)]), guess)).toBe(400);
    // Nothing ended: twice the longest is as far as it goes.
    expect(meanLength(seen(cut(400)), guess)).toBe(800);
    expect(meanLength(seen(cut(30)), guess)).toBe(100);
    expect(meanLength(seen(cut(400, 400, 400)), { tokens: 2000, weight: 5 })).toBe(2000);
  });

  it('follows the newest lengths where they fade, without leaning on the first one', () => {
    const mean = (lengths: readonly ReasoningLength[]): number =>
      meanLength(seen(lengths, 0.1), { tokens: 1, weight: 0 });
    expect(mean(ended(100, 200))).toBeCloseTo((0.9 * 100 + 200) / 1.9, 12);
    const drifted = ended(...Array.from({ length: 50 }, () => 100), ...Array.from({ length: 30 }, () => 300));
    expect(mean(drifted)).toBeCloseTo(300 - 200 * 0.9 ** 30, 0);
    expect(meanLength(seen(drifted), { tokens: 1, weight: 0 })).toBe(175);
  });

  it('never falls because a length was cut, and does not collapse where all were', () => {
    const lengths = fc.array(fc.record({ tokens: fc.integer({ min: 1, max: 5000 }), isCut: fc.boolean() }), {
      maxLength: 40,
    });
    const priors = fc.record({ tokens: fc.integer({ min: 1, max: 4000 }), weight: fc.constantFrom(0, 5) });
    fc.assert(
      fc.property(lengths, priors, (all, prior) => {
        const mean = meanLength(seen(all), prior);
        const asEnded = meanLength(seen(all.map(({ tokens }) => ({ tokens, isCut: false }))), prior);
        expect(mean).toBeGreaterThanOrEqual(asEnded - 1e-9);
        const longest = Math.max(prior.tokens, ...all.map(({ tokens }) => 2 * tokens));
        expect(mean).toBeLessThanOrEqual(longest);
        const allCut = meanLength(seen(all.map(({ tokens }) => ({ tokens, isCut: true }))), prior);
        expect(allCut).toBeGreaterThanOrEqual(prior.tokens);
      }),
      { seed: 11, numRuns: 1000 },
    );
  });
});
