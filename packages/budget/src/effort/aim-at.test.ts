import fc from 'fast-check';
import { expect, it } from 'vitest';
import { aimAt, type AskedFraction } from './aim-at.ts';

it('is what is asked for until something is measured, and where it was hit', () => {
  expect(aimAt(0.5, [])).toBe(0.5);
  expect(aimAt(0.5, [{ fraction: 0.5, calls: 20, measured: 10 }])).toBe(0.5);
  expect(aimAt(0.5, [{ fraction: 0.5, calls: 0, measured: 0 }])).toBe(0.5);
});

it('moves against what calls have missed by, within a factor of two', () => {
  // 20 calls came to 9 averages and not 10: one average more over the next ten calls.
  expect(aimAt(0.5, [{ fraction: 0.5, calls: 20, measured: 9 }])).toBeCloseTo(0.6, 12);
  expect(aimAt(0.5, [{ fraction: 0.5, calls: 20, measured: 11 }])).toBeCloseTo(0.4, 12);
  expect(aimAt(0.5, [{ fraction: 0.5, calls: 100, measured: 1 }])).toBe(1);
  expect(aimAt(0.5, [{ fraction: 0.5, calls: 100, measured: 99 }])).toBe(0.25);
});

it('leaves 1 alone, and stays on its side of it', () => {
  expect(aimAt(1, [{ fraction: 1, calls: 10, measured: 40 }])).toBe(1);
  expect(aimAt(0.9, [{ fraction: 0.9, calls: 10, measured: 1 }])).toBe(1);
  expect(aimAt(1.5, [{ fraction: 1.5, calls: 10, measured: 60 }])).toBe(1);
});

it('reads other fractions off between those that are known', () => {
  const asked: AskedFraction[] = [
    { fraction: 0.8, calls: 20, measured: 15 },
    { fraction: 0.4, calls: 20, measured: 9 },
  ];
  expect(aimAt(0.4, asked)).toBeCloseTo(0.3, 12);
  expect(aimAt(0.8, asked)).toBeCloseTo(0.9, 12);
  expect(aimAt(0.6, asked)).toBeCloseTo(0.6, 12);
  expect(aimAt(0.2, asked)).toBeCloseTo(0.15, 12);
  expect(aimAt(0.9, asked)).toBeCloseTo(1, 12);
  expect(aimAt(1.2, asked)).toBeCloseTo(1.3, 12);
});

it('rises with the fraction, whatever was measured', () => {
  const asked = fc.uniqueArray(
    fc.record({
      hundredths: fc.integer({ min: 1, max: 200 }),
      calls: fc.nat(100),
      mean: fc.double({ min: 0, max: 4, noNaN: true }),
    }),
    { selector: ({ hundredths }) => hundredths, maxLength: 8 },
  );
  const fractions = fc.tuple(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 200 }));
  fc.assert(
    fc.property(asked, fractions, (all, [a, b]) => {
      const known = all.map(({ hundredths, calls, mean }) => ({
        fraction: hundredths / 100,
        calls,
        measured: calls * mean,
      }));
      const [small, large] = [Math.min(a, b) / 100, Math.max(a, b) / 100];
      expect(aimAt(large, known)).toBeGreaterThanOrEqual(aimAt(small, known) - 1e-12);
      expect(aimAt(small, known)).toBeGreaterThanOrEqual(small / 2);
      expect(aimAt(small, known)).toBeLessThanOrEqual(small * 2);
    }),
    { seed: 3, numRuns: 2000 },
  );
});
