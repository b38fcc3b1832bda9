import type { CalibrationProfile } from '@tollgate/sdk';
import { virtualClock } from '@tollgate/sdk/testing';
import { createRandom } from '@tollgate/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  drawLabels,
  informative,
  overconfident,
  type ScoreWorld,
  trueRates,
  useless,
  votes,
} from './__fixtures__/score-world.ts';
import { calibrate, type CalibrateOptions, type RiskPromise } from './calibrate.ts';
import type { LabelledScore } from './labelled-score.ts';

const base = {
  signal: 'vote-share',
  model: { provider: 'llama-cpp', modelId: 'small' },
  clock: virtualClock(Date.UTC(2026, 0, 31)),
};

const draws = 2000;
/** Four standard errors of a share of the draws. */
const chance = (rate: number): number => 4 * Math.sqrt((rate * (1 - rate)) / draws);

interface Tried {
  readonly promised: number;
  readonly broken: number;
  /** Mean share of the answers that are accepted, none where nothing was promised. */
  readonly accepted: number;
  readonly meanFalseAcceptRate: number;
}

/** Calibrates on fresh labels again and again, and looks up the truth. */
function tryOut(world: ScoreWorld, count: number, options: RiskPromise & { readonly risk: number }): Tried {
  const random = createRandom('calibrate.test');
  let [promised, broken, accepted, falseAccepts] = [0, 0, 0, 0];
  for (let i = 0; i < draws; i += 1) {
    const result = calibrate(drawLabels(world, count, random), { ...base, ...options });
    if (!result.promised) continue;
    promised += 1;
    accepted += result.accepted / count;
    const rates = trueRates(world, result.threshold.threshold);
    falseAccepts += rates.falseAcceptRate;
    const controlled = result.threshold.claim.controls;
    if (controlled === undefined) throw new Error('The claim does not say what it controls.');
    if (rates[controlled] > options.risk) broken += 1;
  }
  return { promised, broken, accepted: accepted / draws, meanFalseAcceptRate: falseAccepts / promised };
}

/** What people do: the lowest threshold at which few enough labelled answers are wrong. */
function naiveThreshold(labels: readonly LabelledScore[], risk: number): number | undefined {
  let wrong = 0;
  let threshold: number | undefined;
  const sorted = labels.toSorted((a, b) => b.score - a.score);
  for (const [i, { score, correct }] of sorted.entries()) {
    if (!correct) wrong += 1;
    if (wrong / (i + 1) <= risk && sorted[i + 1]?.score !== score) threshold = score;
  }
  return threshold;
}

describe('a promise about the accepted answers', () => {
  it.each<[string, ScoreWorld, number, { risk: number; delta: number }, number]>([
    ['informative', informative, 300, { risk: 0.1, delta: 0.1 }, 0.4],
    ['informative, few labels', informative, 60, { risk: 0.15, delta: 0.1 }, 0.1],
    ['overconfident at the top', overconfident, 400, { risk: 0.12, delta: 0.1 }, 0.1],
    ['votes', votes, 300, { risk: 0.1, delta: 0.1 }, 0.6],
    ['votes, a strict promise', votes, 500, { risk: 0.05, delta: 0.05 }, 0.1],
    ['a score that says nothing', useless(0.1001), 300, { risk: 0.1, delta: 0.1 }, 0],
    ['one score for all', [{ from: 1, to: 1, share: 1, error: 0.1001 }], 300, { risk: 0.1, delta: 0.1 }, 0],
  ])('is kept as often as it says: %s', (...[, world, count, level, least]) => {
    const { broken, accepted, promised } = tryOut(world, count, level);
    expect(broken / draws).toBeLessThanOrEqual(level.delta + chance(level.delta));
    expect(promised / draws).toBeGreaterThanOrEqual(least);
    if (least > 0) expect(accepted).toBeGreaterThan(0.01);
  });

  it('is not wider than it needs to be: where errors are just too frequent, it fails nearly as often as it may', () => {
    const { broken } = tryOut(useless(0.1001), 300, { risk: 0.1, delta: 0.1 });
    expect(broken / draws).toBeGreaterThan(0.05);
  });

  it.each([
    ['informative', informative],
    ['votes', votes],
  ])('is broken far more often by the threshold that looks right on the labels: %s', (_, world) => {
    const random = createRandom('naive');
    let broken = 0;
    for (let i = 0; i < draws; i += 1) {
      const threshold = naiveThreshold(drawLabels(world, 300, random), 0.1);
      if (threshold !== undefined && trueRates(world, threshold).falseDiscoveryRate > 0.1) broken += 1;
    }
    expect(broken / draws).toBeGreaterThan(0.2);
  });
});

describe('a promise about the wrong answers', () => {
  it.each<[string, ScoreWorld, number]>([
    ['informative', informative, 300],
    ['overconfident at the top', overconfident, 200],
    ['votes', votes, 300],
  ])('is kept as often as it says: %s', (...[, world, count]) => {
    const { broken, promised } = tryOut(world, count, { risk: 0.3, delta: 0.1, controls: 'falseAcceptRate' });
    expect(promised).toBeGreaterThan(0.9 * draws);
    expect(broken / draws).toBeLessThanOrEqual(0.1 + chance(0.1));
  });

  it.each<[string, ScoreWorld]>([
    ['informative', informative],
    ['overconfident at the top', overconfident],
    ['votes', votes],
  ])('by split conformal is kept on the average, and for a given list of labels often not: %s', (_, world) => {
    const { meanFalseAcceptRate, broken, promised } = tryOut(world, 200, { risk: 0.3, method: 'split-conformal' });
    expect(meanFalseAcceptRate).toBeLessThanOrEqual(0.3 + 4 * (0.1 / Math.sqrt(promised)));
    if (world === informative) expect(broken / draws).toBeGreaterThan(0.3);
  });
});

const right = (scores: readonly number[]): LabelledScore[] => scores.map((score) => ({ score, correct: true }));
const wrong = (scores: readonly number[]): LabelledScore[] => scores.map((score) => ({ score, correct: false }));
const evenly = (count: number, from: number, to: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => from + ((to - from) * i) / count);

describe('what comes out', () => {
  const labelled = [...right(evenly(80, 0.5, 1)), ...wrong(evenly(20, 0, 0.4))];

  it('is a threshold for a profile, with what it stands on', () => {
    const result = calibrate(labelled, { ...base, risk: 0.05, promptHash: 'p1', validDays: 7 });
    expect(result).toEqual({
      promised: true,
      threshold: {
        signal: 'vote-share',
        source: 'llama-cpp/small',
        threshold: 0.5,
        claim: {
          method: 'clopper-pearson',
          controls: 'falseDiscoveryRate',
          sampleSize: 100,
          risk: 0.05,
          delta: 0.05,
        },
        provenance: {
          model: { provider: 'llama-cpp', modelId: 'small' },
          promptHash: 'p1',
          createdAt: '2026-01-31T00:00:00.000Z',
          expiresAt: '2026-02-07T00:00:00.000Z',
        },
      },
      accepted: 80,
      acceptedWrong: 0,
    });
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    if (!result.promised) throw new Error(result.reason);
    const profile: CalibrationProfile = {
      kind: 'tollgate-profile',
      version: 1,
      createdAt: '2026-01-31T00:00:00.000Z',
      thresholds: [result.threshold],
    };
    expect(profile.thresholds).toHaveLength(1);
  });

  it('promises no more for the average than the conformal rule does', () => {
    const result = calibrate(labelled, { ...base, risk: 0.1, method: 'split-conformal' });
    expect(result).toMatchObject({
      promised: true,
      threshold: { claim: { method: 'split-conformal', controls: 'falseAcceptRate', risk: 0.1, sampleSize: 100 } },
    });
    // ⌈21 · 0.9⌉ = 19 of 20 wrong ones lie below.
    if (result.promised) {
      expect(result.threshold.threshold).toBe(0.38);
      expect(result.threshold.claim).not.toHaveProperty('delta');
    }
  });

  it('does not change with the scale of the scores', () => {
    const labels = fc.array(fc.record({ score: fc.integer({ min: 0, max: 30 }), correct: fc.boolean() }), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(labels, (list) => {
        const options: CalibrateOptions = { ...base, risk: 0.45, delta: 0.3 };
        const result = calibrate(list, options);
        const moved = calibrate(
          list.map((label) => ({ ...label, score: 1000 + 8 * label.score })),
          options,
        );
        expect(moved.promised).toBe(result.promised);
        if (!result.promised || !moved.promised) return;
        expect(moved.threshold.threshold).toBe(1000 + 8 * result.threshold.threshold);
        const above = list.filter(({ score }) => score >= result.threshold.threshold);
        expect([result.accepted, result.acceptedWrong]).toEqual([
          above.length,
          above.filter(({ correct }) => !correct).length,
        ]);
      }),
      { seed: 21 },
    );
  });

  it.each<RiskPromise>([{ controls: 'falseAcceptRate' }, { method: 'split-conformal' }])(
    'accepts more as more is allowed: %j',
    (promise) => {
      const labels = fc.array(fc.record({ score: fc.integer({ min: 0, max: 30 }), correct: fc.boolean() }), {
        minLength: 10,
        maxLength: 80,
      });
      fc.assert(
        fc.property(labels, fc.double({ min: 0.05, max: 0.8, noNaN: true }), (list, risk) => {
          const strict = calibrate(list, { ...base, ...promise, risk });
          const loose = calibrate(list, { ...base, ...promise, risk: risk + 0.1 });
          if (!strict.promised) return;
          expect(loose).toMatchObject({ promised: true });
          if (loose.promised) expect(loose.accepted).toBeGreaterThanOrEqual(strict.accepted);
        }),
        { seed: 22 },
      );
    },
  );

  it('counts labels that belong together once', () => {
    const grouped = labelled.flatMap((label, i) => Array.from({ length: 5 }, () => ({ ...label, group: `task ${i}` })));
    const result = calibrate(grouped, { ...base, risk: 0.05 });
    expect(result).toMatchObject({ promised: true, accepted: 80, threshold: { claim: { sampleSize: 100 } } });
    const few = calibrate(
      labelled.map((label, i) => ({ ...label, group: `task ${i % 10}` })),
      { ...base, risk: 0.05 },
    );
    expect(few).toMatchObject({ promised: false, moreLabels: 50 });
  });

  it('is the lower threshold where a first start is stopped early and a second is not', () => {
    const list = Array.from({ length: 100 }, (_, i) => ({ score: 100 - i, correct: i !== 30 && i !== 31 }));
    // The first walk ends at the thirtieth answer; two wrong ones among 62 are few enough for the second.
    const result = calibrate(list, { ...base, risk: 0.1, delta: 0.1 });
    expect(result).toMatchObject({ promised: true, accepted: 100, acceptedWrong: 2 });
  });

  it('lets no wrong answer pass where none of 29 may, and one where one of 46 may', () => {
    // 0.9^29 = 0.047; P(at most 1 of 46) = 0.048.
    const options: CalibrateOptions = { ...base, risk: 0.1, controls: 'falseAcceptRate' };
    const rightBetween = right(evenly(60, 0.5, 60.5));
    const threshold = (wrongs: number): number | undefined => {
      const result = calibrate([...wrong(evenly(wrongs, 0, wrongs)), ...rightBetween], options);
      return result.promised ? result.threshold.threshold : undefined;
    };
    expect([28, 29, 45, 46].map(threshold)).toEqual([undefined, 28.5, 44.5, 44.5]);
  });

  it('does not depend on the order of different scores', () => {
    const random = createRandom('order');
    const expected = calibrate(labelled, { ...base, risk: 0.05 });
    for (let i = 0; i < 5; i += 1)
      expect(calibrate(random.shuffle(labelled), { ...base, risk: 0.05 })).toEqual(expected);
  });
});

describe('a refusal', () => {
  it.each<
    [string, LabelledScore[], RiskPromise & { risk: number }, { moreLabels: number | undefined; reason: RegExp }]
  >([
    [
      'no labels',
      [],
      { risk: 0.05 },
      { moreLabels: 60, reason: /^0 independent labels .* takes 60, none of them wrong/ },
    ],
    ['one label short', right(evenly(59, 0, 1)), { risk: 0.05 }, { moreLabels: 1, reason: /^59 independent labels/ }],
    [
      'some of the best are wrong, though not too many',
      [...right(evenly(38, 0.5, 1)), ...wrong([0.99, 0.1])],
      { risk: 0.1, delta: 0.1 },
      { moreLabels: 74, reason: /^Wrong among the 23 best-scored answers: 1, too many .* about 114 labels/ },
    ],
    [
      'the best are wrong too often',
      [...right(evenly(50, 0, 0.5)), ...wrong(evenly(50, 0.5, 1))],
      { risk: 0.1 },
      {
        moreLabels: undefined,
        reason: /^Wrong among the \d+ best-scored answers: \d+, and a risk of 0.1 allows no more/,
      },
    ],
    [
      'too few wrong ones',
      [...right(evenly(90, 0, 1)), ...wrong(evenly(10, 0, 1))],
      { risk: 0.1, controls: 'falseAcceptRate' },
      { moreLabels: 190, reason: /^10 independent labels of wrong answers are too few: it takes 29/ },
    ],
    [
      'too few wrong ones for a conformal bound',
      [...right(evenly(90, 0, 1)), ...wrong(evenly(8, 0, 1))],
      { risk: 0.1, method: 'split-conformal' },
      { moreLabels: 13, reason: /^8 independent labels of wrong answers are too few: it takes 9/ },
    ],
    [
      'no wrong ones at all',
      right(evenly(90, 0, 1)),
      { risk: 0.1, method: 'split-conformal' },
      { moreLabels: undefined, reason: /^0 independent labels of wrong answers/ },
    ],
    [
      "the best score is a wrong answer's",
      [...right(evenly(50, 0, 0.5)), ...wrong(evenly(9, 0.5, 1))],
      { risk: 0.1, method: 'split-conformal' },
      { moreLabels: undefined, reason: /^Wrong answers have the highest scores/ },
    ],
  ])('says what is missing: %s', (...[, labelled, options, { moreLabels, reason }]) => {
    const result = calibrate(labelled, { ...base, ...options });
    expect(result.promised).toBe(false);
    if (result.promised) return;
    expect(result.reason).toMatch(reason);
    expect(result.moreLabels).toBe(moreLabels);
  });

  it('ends where it says so', () => {
    expect(calibrate(right(evenly(60, 0, 1)), { ...base, risk: 0.05 })).toMatchObject({ promised: true, accepted: 60 });
  });

  it.each<[Partial<CalibrateOptions>, RegExp]>([
    [{ risk: 5 }, /^risk must be in \(0, 1\), received 5\. Did you mean 0\.05\?/],
    [{ risk: 0 }, /^risk must be in \(0, 1\), received 0\./],
    [{ risk: 0.1, delta: 1 }, /^delta must be in \(0, 1\), received 1\./],
    [{ risk: 0.1, validDays: 0 }, /^validDays must be a number in \(0, ∞\), received 0\./],
  ])('is no answer to %j', (options, message) => {
    expect(() => calibrate([], { ...base, ...options } as CalibrateOptions)).toThrow(message);
  });

  it('is no answer to a score that is no number', () => {
    expect(() => calibrate(right([1, Number.NEGATIVE_INFINITY]), { ...base, risk: 0.1 })).toThrow(
      /^labelled\[1\]\.score must be finite, received -Infinity\./,
    );
  });
});
