import fc from 'fast-check';
import { expect, it } from 'vitest';
import { minimize, type Valued } from './quasi-newton.ts';

function valley([x = 0, y = 0]: readonly number[]): Valued {
  return {
    value: (1 - x) ** 2 + 100 * (y - x * x) ** 2,
    gradient: [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)],
  };
}

it.each([
  [-1.2, 1],
  [0, 0],
  [5, -3],
])("finds the bottom of Rosenbrock's valley from (%d, %d)", (x, y) => {
  const found = minimize(valley, [x, y]);
  expect(found?.point[0]).toBeCloseTo(1, 5);
  expect(found?.point[1]).toBeCloseTo(1, 5);
});

it('finds the bottom of any bowl (property)', () => {
  const steepness = fc.double({ min: 0.01, max: 100, noNaN: true });
  const place = fc.double({ min: -50, max: 50, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(steepness, place), { minLength: 1, maxLength: 5 }), (axes) => {
      const bowl = (point: readonly number[]): Valued => ({
        value: axes.reduce((total, [steep, bottom], i) => total + steep * ((point[i] ?? 0) - bottom) ** 2, 0),
        gradient: axes.map(([steep, bottom], i) => 2 * steep * ((point[i] ?? 0) - bottom)),
      });
      const found = minimize(
        bowl,
        axes.map(() => 0),
      );
      for (const [i, [, bottom]] of axes.entries()) expect(found?.point[i]).toBeCloseTo(bottom, 4);
    }),
    { seed: 1 },
  );
});

it('steps over points without a finite value', () => {
  const wall = ([x = 0]: readonly number[]): Valued => ({ value: x - Math.log(x), gradient: [1 - 1 / x] });
  expect(minimize(wall, [0.001])?.point[0]).toBeCloseTo(1, 5);
});

it('ends where the value falls without end', () => {
  const slide = ([x = 0]: readonly number[]): Valued => ({ value: -x, gradient: [-1] });
  expect(minimize(slide, [0])?.value).toBeLessThan(-1);
});

it('finds nothing where the start has no finite value', () => {
  expect(minimize(() => ({ value: NaN, gradient: [NaN] }), [1])).toBeUndefined();
});
