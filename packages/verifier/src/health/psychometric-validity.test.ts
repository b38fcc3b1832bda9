import { createRandom } from '@tollgate/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cronbachAlpha } from './cronbach-alpha.ts';
import { criterionValidity, psychometricValidity } from './psychometric-validity.ts';
import { traitRatio } from './trait-ratio.ts';

const x = [
  [4, 5, 4],
  [2, 2, 3],
  [5, 5, 5],
  [3, 3, 2],
  [1, 2, 1],
];
const y = [
  [1, 2],
  [5, 4],
  [2, 2],
  [4, 5],
  [3, 3],
];

describe('cronbachAlpha', () => {
  it.each([
    [x, 0.960591],
    [y, 0.909091],
  ])('of %j is %d', (rows, expected) => {
    expect(cronbachAlpha(rows)).toBeCloseTo(expected, 6);
  });

  it.each([
    [[]],
    [[[1, 2]]],
    [[[1], [2]]],
    [
      [
        [1, 2],
        [2, 1],
      ],
    ],
  ])('says nothing about %j', (rows) => {
    expect(cronbachAlpha(rows)).toBeUndefined();
  });

  it('is at most 1, which equal items reach, and does not change with the units', () => {
    const row = fc.tuple(
      fc.integer({ min: -9, max: 9 }),
      fc.integer({ min: -9, max: 9 }),
      fc.integer({ min: -9, max: 9 }),
    );
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 9 }), (rows) => {
        const alpha = cronbachAlpha(rows);
        if (alpha === undefined) return;
        expect(alpha).toBeLessThanOrEqual(1 + 1e-9);
        expect(cronbachAlpha(rows.map((scores) => scores.map((score) => 4 * score + 3)))).toBeCloseTo(alpha, 6);
        const copies = rows.map(([first]) => [first, first, first]);
        if (new Set(rows.map(([first]) => first)).size > 1) expect(cronbachAlpha(copies)).toBeCloseTo(1, 9);
      }),
      { seed: 51 },
    );
  });

  it('refuses rows of different length', () => {
    expect(() => cronbachAlpha([[1, 2], [1]])).toThrow(/^rows\[1\] must hold 2 scores like the first row, received 1/);
    expect(() => cronbachAlpha([[1, NaN]])).toThrow(/^rows\[0\] must hold finite numbers, received NaN/);
  });
});

describe('traitRatio', () => {
  it('of two criteria that are opposites is the size of their likeness', () => {
    expect(traitRatio(x, y)).toBeCloseTo(0.710725, 6);
    expect(traitRatio(y, x)).toBeCloseTo(0.710725, 6);
  });

  it('needs items that vary', () => {
    expect(
      traitRatio(
        x.map(([first = 0]) => [first]),
        y,
      ),
    ).toBeUndefined();
    expect(
      traitRatio(
        x.map(() => [3, 3]),
        y,
      ),
    ).toBeUndefined();
    expect(() => traitRatio(x, y.slice(1))).toThrow(/^second must hold as many rows as first \(5\), received 4/);
  });
});

describe('criterionValidity', () => {
  it.each([
    [{ alpha: 0.9, crossLoadingRatio: 1.5, traitRatio: 0.425, unscorableShare: 0.1 }, 0.585],
    [{ alpha: 0.95, crossLoadingRatio: 2, traitRatio: 0, unscorableShare: 0 }, 1],
    [{ alpha: 0.6, crossLoadingRatio: 1.02, traitRatio: 0.93, unscorableShare: 0 }, 0],
    [{ alpha: 0.95, crossLoadingRatio: Infinity, traitRatio: 0, unscorableShare: 1 }, 0],
  ])('of %j is %d', (measures, expected) => {
    expect(criterionValidity(measures)).toBeCloseTo(expected, 12);
  });

  it('refuses a percentage', () => {
    const measures = { alpha: 0.9, crossLoadingRatio: 2, traitRatio: 0, unscorableShare: 33 };
    expect(() => criterionValidity(measures)).toThrow(/^unscorableShare must be in \[0, 1\], received 33/);
  });
});

describe('psychometricValidity', () => {
  const random = createRandom('judge');
  const models = Array.from({ length: 40 }, () => [random.normal(), random.normal()] as const);
  const scored = (trait: 0 | 1, noise: number): readonly (readonly number[])[] =>
    models.map((model) => Array.from({ length: 8 }, () => model[trait] + noise * random.normal()));

  it('is high where criteria measure different things, and low where they are one thing under two names', () => {
    const apart = psychometricValidity([
      { name: 'correct', scores: scored(0, 0.5) },
      { name: 'concise', scores: scored(1, 0.5) },
    ]);
    const collapsed = psychometricValidity([
      { name: 'correct', scores: scored(0, 0.5) },
      { name: 'concise', scores: scored(0, 0.5) },
    ]);
    expect(apart.validity).toBeGreaterThan(0.8);
    // Consistent alone: half of it.
    expect(collapsed.validity).toBeLessThan(0.55);
    expect(collapsed.criteria[0]?.traitRatio).toBeGreaterThan(0.85);
    expect(apart.criteria.map(({ name }) => name)).toEqual(['correct', 'concise']);
  });

  it('counts what was not scored, and gives nothing for a score that is always the same', () => {
    const { criteria } = psychometricValidity([
      { name: 'correct', scores: scored(0, 0.5), unscorableShare: 0.331 },
      { name: 'polite', scores: models.map(() => [3, 3, 3]) },
    ]);
    expect(criteria[0]?.validity).toBeLessThanOrEqual(0.669);
    expect(criteria[1]).toMatchObject({ alpha: 0, crossLoadingRatio: 1, traitRatio: 1, validity: 0 });
  });

  it('needs two criteria, on the same objects', () => {
    expect(() => psychometricValidity([{ name: 'only', scores: x }])).toThrow(
      /^criteria must hold at least two, received 1/,
    );
    const uneven = [
      { name: 'a', scores: x },
      { name: 'b', scores: [[1], [1, 2]] },
    ];
    expect(() => psychometricValidity(uneven)).toThrow(/^criteria\[1\]\.scores\[1\] must hold 1 scores/);
  });
});
