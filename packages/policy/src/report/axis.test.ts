import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costAxis, shareAxis } from './axis.ts';

const labels = (axis: { readonly ticks: readonly { readonly label: string }[] }): string[] =>
  axis.ticks.map(({ label }) => label);

describe('costAxis', () => {
  it('is logarithmic where costs are spread widely', () => {
    const axis = costAxis([0.012, 1.12], [0.011, 1.24], 8);
    expect(axis.scale).toBe('log');
    expect(labels(axis)).toEqual(['$0.01', '$0.02', '$0.05', '$0.10', '$0.20', '$0.50', '$1.00']);
  });

  it('is linear from nothing where they are close, and where one is free', () => {
    expect(labels(costAxis([2, 4], [5], 5))).toEqual(['$0', '$2', '$4']);
    expect(labels(costAxis([0.004, 0.01], [], 6))).toEqual([
      '$0.000',
      '$0.002',
      '$0.004',
      '$0.006',
      '$0.008',
      '$0.010',
    ]);
    expect(costAxis([0, 100], [], 5).scale).toBe('linear');
  });

  it('marks fewer values where there is less room', () => {
    expect(labels(costAxis([0.012, 1.12], [], 4))).toEqual(['$0.01', '$0.10', '$1.00']);
    expect(labels(costAxis([1e-6, 1], [], 4)).length).toBeLessThanOrEqual(4);
  });

  it('draws something for a single cost, and for nothing but free ones', () => {
    expect(costAxis([3], [], 5).at(3)).toBeCloseTo(1 / 1.05);
    expect(costAxis([0], [0], 5).at(0)).toBe(0);
  });

  it('keeps the order of costs, within the drawing, and marks only what lies on the axis', () => {
    const costs = fc.array(fc.double({ min: 1e-7, max: 1e4, noNaN: true }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(costs, fc.integer({ min: 2, max: 10 }), (values, maxTicks) => {
        const axis = costAxis(values, [], maxTicks);
        const places = values.toSorted((a, b) => a - b).map(axis.at);
        expect(places).toEqual(places.toSorted((a, b) => a - b));
        for (const place of places) expect(place >= 0 && place <= 1).toBe(true);
        const marks = axis.ticks.map(({ value }) => axis.at(value));
        expect(new Set(marks).size).toBe(axis.ticks.length);
        expect(new Set(labels(axis)).size).toBe(axis.ticks.length);
      }),
    );
  });
});

describe('shareAxis', () => {
  it('starts at 0 where some are low', () => {
    expect(labels(shareAxis([0.08, 0.95], 6))).toEqual(['0', '20', '40', '60', '80', '100']);
  });

  it('starts higher where all are high', () => {
    expect(labels(shareAxis([0.912, 0.988], 6))).toEqual(['90', '92', '94', '96', '98', '100']);
  });

  it('has room for shares of 0 and 1', () => {
    expect(shareAxis([0, 0], 6).at(0)).toBe(0);
    expect(shareAxis([1, 1], 6).at(1)).toBe(1);
  });
});
