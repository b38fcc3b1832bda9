import { createRandom } from '@tollgate/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { learnPass, type PassModel, passProbability, priorPassModel } from './pass-model.ts';

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

describe('priorPassModel', () => {
  it('expects the rate it was given: a little nearer to a half, for it is not sure', () => {
    expect(passProbability(priorPassModel(0, 0.5), [])).toBe(0.5);
    // logit 2.1972 over √(1 + π/8) = 1.1802.
    expect(passProbability(priorPassModel(0, 0.9), [])).toBeCloseTo(
      sigmoid(Math.log(9) / Math.sqrt(1 + Math.PI / 8)),
      12,
    );
    expect(passProbability(priorPassModel(2, 0.5), [3, -1])).toBe(0.5);
  });
});

describe('learnPass', () => {
  it('takes one Laplace step: from a half, variance 1, a pass gives mean 0.4 and variance 0.8', () => {
    // Curvature p(1 − p) = 1/4: variance 1 / (1 + 1/4), mean + variance · (1 − 1/2).
    const learned = learnPass(priorPassModel(0, 0.5), [], true);
    expect(learned.count).toBe(1);
    expect(learned.mean[0]).toBeCloseTo(0.4, 12);
    expect(learned.covariance[0]?.[0]).toBeCloseTo(0.8, 12);
  });

  it('finds the weights of a logistic world', () => {
    const random = createRandom('pass');
    let model = priorPassModel(2, 0.5);
    for (let i = 0; i < 4000; i += 1) {
      const x = [random.normal(), random.normal()];
      model = learnPass(model, x, random.next() < sigmoid(0.5 + 1.5 * (x[0] ?? 0) - (x[1] ?? 0)));
    }
    for (const [i, weight] of [0.5, 1.5, -1].entries())
      expect(Math.abs((model.mean[i] ?? 0) - weight)).toBeLessThan(0.15);
  });

  const observations = fc.array(
    fc.record({
      x: fc.tuple(fc.double({ min: -4, max: 4, noNaN: true }), fc.double({ min: -4, max: 4, noNaN: true })),
      passed: fc.boolean(),
    }),
    { maxLength: 60 },
  );

  it('stays a belief whatever it sees: chances in [0, 1], a covariance that is symmetric and shrinks, plain JSON (property)', () => {
    fc.assert(
      fc.property(observations, (seen) => {
        let model: PassModel = priorPassModel(2, 0.7);
        for (const { x, passed } of seen) {
          const next = learnPass(model, x, passed);
          for (const i of [0, 1, 2]) {
            expect(next.covariance[i]?.[i]).toBeGreaterThan(0);
            expect(next.covariance[i]?.[i]).toBeLessThanOrEqual((model.covariance[i]?.[i] ?? 0) + 1e-9);
            for (const j of [0, 1, 2])
              expect(next.covariance[i]?.[j]).toBeCloseTo(next.covariance[j]?.[i] ?? Number.NaN, 9);
          }
          model = next;
        }
        expect(JSON.parse(JSON.stringify(model))).toEqual(model);
        const chance = passProbability(model, [4, -4]);
        expect(chance >= 0 && chance <= 1).toBe(true);
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  it('a pass never lowers the chance of the same task, and a miss never raises it (property)', () => {
    fc.assert(
      fc.property(observations, (seen) => {
        let model = priorPassModel(2, 0.5);
        for (const { x, passed } of seen) {
          const next = learnPass(model, x, passed);
          const [before, after] = [model, next].map(
            ({ mean }) => (mean[0] ?? 0) + (mean[1] ?? 0) * x[0] + (mean[2] ?? 0) * x[1],
          );
          if (passed) expect(after).toBeGreaterThanOrEqual((before ?? 0) - 1e-12);
          else expect(after).toBeLessThanOrEqual((before ?? 0) + 1e-12);
          model = next;
        }
      }),
      { seed: 12, numRuns: 200 },
    );
  });
});
