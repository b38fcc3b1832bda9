import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linearFit } from './linear-fit.ts';

describe('linearFit', () => {
  it('finds the plane that six rows lie near', () => {
    const fit = linearFit(
      [
        [1, 2, 3, 4, 5, 2],
        [2, 1, 5, 3, 4, 4],
      ],
      [1.5, 1.4, 4.2, 3.4, 4.6, 2.9],
    );
    expect(fit.intercept).toBeCloseTo(-0.177574, 6);
    expect(fit.coefficients[0]).toBeCloseTo(0.501654, 6);
    expect(fit.coefficients[1]).toBeCloseTo(0.554596, 6);
    expect(fit.explained).toBeCloseTo(0.994794, 6);
  });

  it('fits a mean without columns, and anything with as many columns as rows less one', () => {
    expect(linearFit([], [1, 2, 6])).toEqual({ intercept: 3, coefficients: [], explained: 0 });
    expect(
      linearFit(
        [
          [1, 0, 0],
          [0, 1, 0],
        ],
        [5, -2, 7],
      ).explained,
    ).toBeCloseTo(1, 12);
  });

  it('gives nothing to a column that is constant or repeats others', () => {
    const column = [1, 2, 3, 5, 8];
    const other = [2, 1, 4, 4, 0];
    const both = column.map((value, i) => 2 * value - (other[i] ?? 0));
    const target = [1, 2, 1, 4, 3];
    const fit = linearFit([column, [0.1, 0.1, 0.1, 0.1, 0.1], other, both], target);
    expect(fit.coefficients[1]).toBe(0);
    expect(fit.coefficients[3]).toBe(0);
    expect(fit.explained).toBeCloseTo(linearFit([column, other], target).explained, 12);
  });

  it('explains a constant target wholly', () => {
    expect(linearFit([[1, 2, 3]], [0.1, 0.1, 0.1])).toMatchObject({ coefficients: [0], explained: 1 });
  });

  it('leaves errors that no column goes along with', () => {
    const cell = fc.integer({ min: -20, max: 20 });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell, cell), { minLength: 1, maxLength: 25 }), (rows) => {
        const columns = [0, 1, 2].map((j) => rows.map((row) => row[j] ?? 0));
        const target = rows.map((row) => row[3]);
        const { intercept, coefficients, explained } = linearFit(columns, target);
        const errors = rows.map(
          (row, i) =>
            (target[i] ?? 0) - intercept - coefficients.reduce((sum, value, j) => sum + value * (row[j] ?? 0), 0),
        );
        for (const column of [rows.map(() => 1), ...columns]) {
          expect(Math.abs(column.reduce((sum, value, i) => sum + value * (errors[i] ?? 0), 0))).toBeLessThan(1e-6);
        }
        const alone = linearFit(columns.slice(0, 1), target).explained;
        expect(explained).toBeGreaterThanOrEqual(alone - 1e-12);
        expect(explained).toBeLessThanOrEqual(1);
      }),
      { seed: 16 },
    );
  });

  it.each([
    [[[1, 2]], [1], 'columns[0].length must be equal to target.length (1), received 2.'],
    [[[NaN]], [1], 'columns[0][0] must be finite, received NaN.'],
    [[], [Infinity], 'target[0] must be finite, received Infinity.'],
    [[], [], 'target.length must be at least 1, received 0.'],
  ])('refuses %j and %j', (columns, target, message) => {
    expect(() => linearFit(columns, target)).toThrow(new RangeError(message));
  });
});
