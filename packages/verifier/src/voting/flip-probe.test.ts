import { InvalidOptionError } from '@tollgate/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flipProbe } from './flip-probe.ts';

/** So many passes in so many probes. */
const passes = (passed: number, of: number): readonly boolean[] => Array.from({ length: of }, (_, i) => i < passed);

describe('flipProbe', () => {
  // Small edits, big consequences: 85 % still pass with 90 % of the words deleted, 54 % react to a flip.
  it('measures what the paper measures', () => {
    const probe = flipProbe({ kept: passes(85, 100), flipped: passes(46, 100) });
    expect(probe.stability).toBeCloseTo(0.85, 12);
    expect(probe.flipReaction).toBeCloseTo(0.54, 12);
    expect(probe.differentialSensitivity).toBeCloseTo(0.39, 12);
    // 54 in 100 does not show that more than half react.
    expect(probe.paraphraseVote).toBe('unknown');
  });

  it.each([
    ['follows the meaning', 20, 0, 1, 'valid'],
    ['answers what it remembers', 20, 20, 0, 'invalid'],
    ['breaks at any edit', 0, 0, 0, 'invalid'],
    ['guesses', 10, 10, 0, 'unknown'],
  ])('of a model that %s', (...[, kept, flipped, sensitivity, paraphraseVote]) => {
    expect(flipProbe({ kept: passes(kept, 20), flipped: passes(flipped, 20) })).toMatchObject({
      differentialSensitivity: sensitivity,
      paraphraseVote,
    });
  });

  it.each([
    [5, 'unknown'],
    [6, 'valid'],
  ])('does not call %d perfect probes of each kind more than %s', (probes, paraphraseVote) => {
    expect(flipProbe({ kept: passes(probes, probes), flipped: passes(0, probes) }).paraphraseVote).toBe(paraphraseVote);
  });

  it('asks for what it is told to ask for', () => {
    const probes = { kept: passes(90, 100), flipped: passes(10, 100) };
    expect(flipProbe({ ...probes, minStability: 0.8, minFlipReaction: 0.8 }).paraphraseVote).toBe('valid');
    expect(flipProbe({ ...probes, minStability: 0.9 }).paraphraseVote).toBe('unknown');
    expect(flipProbe({ ...probes, minFlipReaction: 0.97 }).paraphraseVote).toBe('invalid');
    expect(flipProbe({ ...probes, minStability: 0.8, minFlipReaction: 0.8, confidence: 0.999 }).paraphraseVote).toBe(
      'unknown',
    );
  });

  it('never turns from valid to invalid when a probe comes out better (property)', () => {
    const rank = { invalid: 0, unknown: 1, valid: 2 };
    const counts = fc.integer({ min: 1, max: 30 }).chain((of) => fc.tuple(fc.nat(of - 1), fc.constant(of)));
    fc.assert(
      fc.property(counts, counts, ([kept, ofKept], [flipped, ofFlipped]) => {
        const worse = flipProbe({ kept: passes(kept, ofKept), flipped: passes(flipped + 1, ofFlipped) });
        for (const better of [
          flipProbe({ kept: passes(kept + 1, ofKept), flipped: passes(flipped + 1, ofFlipped) }),
          flipProbe({ kept: passes(kept, ofKept), flipped: passes(flipped, ofFlipped) }),
        ]) {
          expect(rank[better.paraphraseVote]).toBeGreaterThanOrEqual(rank[worse.paraphraseVote]);
          expect(better.differentialSensitivity).toBeGreaterThan(worse.differentialSensitivity);
        }
      }),
      { seed: 1 },
    );
  });

  it.each([
    [{ kept: [] }, 'kept must hold at least one probe'],
    [{ flipped: [] }, 'flipped must hold at least one probe'],
    [{ minStability: 1 }, 'minStability must be in (0, 1), received 1.'],
    [{ minFlipReaction: 0 }, 'minFlipReaction must be in (0, 1), received 0.'],
    [{ confidence: 95 }, 'confidence must be in (0, 1), received 95.'],
  ])('refuses %j', (wrong, message) => {
    const options = { kept: [true], flipped: [false], ...wrong };
    expect(() => flipProbe(options)).toThrow(InvalidOptionError);
    expect(() => flipProbe(options)).toThrow(message);
  });
});
