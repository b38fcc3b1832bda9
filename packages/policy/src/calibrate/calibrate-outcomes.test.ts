import { InvalidOptionError } from '@tollgate/sdk';
import { virtualClock } from '@tollgate/sdk/testing';
import { describe, expect, it } from 'vitest';
import { linesOf, noisyTable, tableOf } from '../optimize/__fixtures__/outcome-tables.ts';
import type { OutcomesTable } from '../outcomes/outcomes-table.ts';
import { parseProfile } from '../profile/parse-profile.ts';
import { calibrateOutcomes } from './calibrate-outcomes.ts';

const clock = virtualClock();

/** One sample a task; the confidence knows: the model is right exactly where it is above 0.3. */
function knowing(tasks: number): OutcomesTable {
  return tableOf(
    linesOf({ tasks, models: ['m'], samples: 1 }, ({ task }) => ({
      answer: 'x',
      correct: task % 10 >= 3,
      costUsd: 0.01,
      signals: { sure: (task % 10) / 10 + 0.01 },
    })),
  );
}

describe('calibrateOutcomes', () => {
  it('refuses to promise on a few labels, and says how many more it takes', () => {
    const { profile, refused } = calibrateOutcomes({ table: knowing(20), risk: 0.05, clock });
    expect(profile.thresholds).toEqual([]);
    expect(refused).toEqual([
      { model: 'm', signal: 'sure', reason: expect.stringMatching(/\w/), moreLabels: expect.any(Number) },
    ]);
    const [{ moreLabels = 0 } = {}] = refused;
    expect(moreLabels).toBeGreaterThan(0);
    // As many as it said, and some for luck, are enough.
    const enough = calibrateOutcomes({ table: knowing(2 * (20 + moreLabels)), risk: 0.05, clock });
    expect(enough.profile.thresholds).toHaveLength(1);
  });

  it('promises a threshold that keeps the risk, with its method, labels and date', () => {
    const { profile, refused } = calibrateOutcomes({
      table: knowing(400),
      risk: 0.05,
      delta: 0.1,
      promptHash: 'abc',
      clock,
    });
    expect(refused).toEqual([]);
    expect(profile.thresholds).toEqual([
      expect.objectContaining({
        signal: 'sure',
        source: 'm',
        claim: expect.objectContaining({ sampleSize: 400, risk: 0.05, delta: 0.1 }),
        provenance: expect.objectContaining({ promptHash: 'abc', model: { provider: 'outcomes', modelId: 'm' } }),
      }),
    ]);
    const threshold = profile.thresholds[0]?.threshold ?? 0;
    expect(threshold).toBeGreaterThan(0.2);
    expect(threshold).toBeLessThanOrEqual(0.31 + 1e-9);
    expect(parseProfile(JSON.stringify(profile), { source: 'profile.json' })).toEqual(profile);
  });

  it('counts a task once, however many samples it has, and shares of votes as a confidence', () => {
    const table = tableOf(
      linesOf({ tasks: 300, models: ['m'], samples: 5 }, ({ task, sample }) => {
        const correct = task % 3 > 0 || sample === 4;
        return { answer: correct ? 'right' : `wrong ${sample}`, correct, costUsd: 0.01 };
      }),
    );
    const { profile } = calibrateOutcomes({ table, risk: 0.1, clock });
    expect(profile.thresholds.map(({ signal, claim }) => [signal, claim.sampleSize])).toEqual([
      ['vote-share of 3', 300],
      ['vote-share of 5', 300],
    ]);
  });

  it('learns who passes what and what to do by difficulty, models by cost', () => {
    const { profile } = calibrateOutcomes({ table: noisyTable({ models: ['big', 'small'] }), risk: 0.2, clock });
    expect(profile.models).toEqual(['big', 'small']);
    expect(profile.multiplexer?.models).toHaveLength(2);
    expect(profile.difficulty).toMatchObject({ probe: 4 });
    expect(parseProfile(JSON.stringify(profile), { source: 'profile.json' })).toEqual(profile);
    // Neither prompts nor features, and too few samples to probe with.
    const bare = calibrateOutcomes({ table: knowing(50), risk: 0.2, clock }).profile;
    expect([bare.multiplexer, bare.difficulty]).toEqual([undefined, undefined]);
  });

  it.each([
    [{ risk: 0 }, 'risk'],
    [{ risk: 5 }, 'risk'],
    [{ risk: 0.1, delta: 1 }, 'delta'],
  ])('refuses %j', (options, option) => {
    const run = (): unknown => calibrateOutcomes({ table: knowing(20), clock, ...options });
    expect(run).toThrow(InvalidOptionError);
    expect(run).toThrow(expect.objectContaining({ option }));
  });
});
