import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fleissKappa } from './fleiss-kappa.ts';
import { observedAgreement } from './observed-agreement.ts';

// Flip-flop consistency, arXiv 2510.14242: four prompt templates, two labels.
const templates = [
  [4, 0],
  [3, 1],
  [2, 2],
  [4, 0],
];

const ratings = fc.integer({ min: 2, max: 6 }).chain((raters) =>
  fc.array(
    fc
      .array(fc.nat(2), { minLength: raters, maxLength: raters })
      .map((classes) => [0, 1, 2].map((wanted) => classes.filter((each) => each === wanted).length)),
    { minLength: 1, maxLength: 8 },
  ),
);

describe('observedAgreement', () => {
  it.each([
    [[4, 0], 1],
    [[3, 1], 0.5],
    [[2, 2], 1 / 3],
    [[1, 1], 0],
  ])('of one item rated %j is %d', (row, expected) => {
    expect(observedAgreement([row])).toBeCloseTo(expected, 12);
  });

  it('is the mean over the items', () => {
    expect(observedAgreement(templates)).toBeCloseTo(0.708333, 6);
  });
});

describe('fleissKappa', () => {
  it('takes chance out', () => {
    expect(fleissKappa(templates)).toBeCloseTo(0.042735, 6);
  });

  it('gives 0.2099 for the table in the paper of Fleiss', () => {
    const table = [
      [0, 0, 0, 0, 14],
      [0, 2, 6, 4, 2],
      [0, 0, 3, 5, 6],
      [0, 3, 9, 2, 0],
      [2, 2, 8, 1, 1],
      [7, 7, 0, 0, 0],
      [3, 2, 6, 3, 0],
      [2, 5, 3, 2, 2],
      [6, 5, 2, 1, 0],
      [0, 2, 2, 3, 7],
    ];
    expect(fleissKappa(table)).toBeCloseTo(0.21, 3);
  });

  it('is undefined where there is one class only', () => {
    expect(
      fleissKappa([
        [3, 0],
        [3, 0],
      ]),
    ).toBeUndefined();
    expect(fleissKappa([[3]])).toBeUndefined();
  });

  it('is 1 where all agree and classes differ', () => {
    expect(
      fleissKappa([
        [3, 0],
        [0, 3],
      ]),
    ).toBe(1);
  });
});

it('neither depends on the order of items or classes, and kappa is never above agreement (property)', () => {
  fc.assert(
    fc.property(ratings, (counts) => {
      const turned = counts.map((row) => [...row].reverse()).reverse();
      const agreement = observedAgreement(counts);
      const kappa = fleissKappa(counts);
      expect(agreement).toBeGreaterThanOrEqual(0);
      expect(agreement).toBeLessThanOrEqual(1);
      expect(observedAgreement(turned)).toBeCloseTo(agreement, 12);
      if (kappa === undefined) {
        expect(fleissKappa(turned)).toBeUndefined();
        expect(agreement).toBe(1);
      } else {
        expect(fleissKappa(turned)).toBeCloseTo(kappa, 12);
        expect(kappa).toBeLessThanOrEqual(agreement + 1e-12);
      }
    }),
    { seed: 1 },
  );
});

it.each([
  [[], 'counts.length must be at least 1, received 0.'],
  [[[1, 0]], 'the number of ratings of an item must be at least 2, received 1.'],
  [
    [
      [2, 0],
      [2, 1],
    ],
    'the sum of counts[1] must be 2, as of item 0, received 3.',
  ],
  [[[2, 0], [2]], 'counts[1].length must be 2, as of item 0, received 1.'],
  [[[2.5, 0]], 'counts[0][0] must be a whole number of at least 0, received 2.5.'],
  [[[3, -1]], 'counts[0][1] must be a whole number of at least 0, received -1.'],
])('rejects %j', (counts, message) => {
  expect(() => fleissKappa(counts)).toThrow(new RangeError(message));
  expect(() => observedAgreement(counts)).toThrow(new RangeError(message));
});
