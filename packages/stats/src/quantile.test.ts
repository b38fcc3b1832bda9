import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantile, quantileSorted } from './quantile.ts';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('quantile', () => {
  it.each([
    [[4, 1, 3, 2], 0, 1],
    [[4, 1, 3, 2], 0.25, 1.75],
    [[4, 1, 3, 2], 0.5, 2.5],
    [[4, 1, 3, 2], 1, 4],
    [[10, 9, 100], 0.5, 10],
    [[7], 0.3, 7],
    [[5, 5, 5], 0.9, 5],
    [[1, Infinity], 0.5, Infinity],
    [[-Infinity, 1], 0.5, -Infinity],
    [[Infinity, Infinity], 0.5, Infinity],
    [[-Infinity, Infinity], 0.5, NaN],
    [[-Number.MAX_VALUE, Number.MAX_VALUE], 0.5, 0],
  ])('of %j at %d is %d', (values, q, expected) => {
    expect(quantile(values, q)).toBe(expected);
  });

  it('stays within the values and ignores their order', () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1 }), share, (values, q) => {
        const result = quantile(values, q);
        expect(result).toBeGreaterThanOrEqual(Math.min(...values));
        expect(result).toBeLessThanOrEqual(Math.max(...values));
        expect(quantile([...values].reverse(), q)).toBe(result);
      }),
    );
  });

  it('leaves its input alone', () => {
    const values = [3, 1, 2];
    quantile(values, 0.5);
    expect(values).toEqual([3, 1, 2]);
  });

  it.each([
    [[], 0.5, 'values.length must be at least 1, received 0.'],
    [[1, NaN, 2], 0.5, 'values must be free of NaN, received NaN.'],
    [[1], 50, 'q must be in [0, 1], received 50.'],
    [[1], NaN, 'q must be in [0, 1], received NaN.'],
  ])('rejects %j at %d', (values, q, message) => {
    expect(() => quantile(values, q)).toThrow(new RangeError(message));
  });
});

describe('quantileSorted', () => {
  it('agrees with quantile', () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1 }), share, (values, q) => {
        expect(quantileSorted(Float64Array.from(values).sort(), q)).toBe(quantile(values, q));
      }),
    );
  });

  it('rejects an empty list', () => {
    expect(() => quantileSorted([], 0.5)).toThrow(new RangeError('sorted.length must be at least 1, received 0.'));
  });
});
