import { expect, it } from 'vitest';
import { weibullLogDensity, weibullMean } from './weibull.ts';

// Computed by scipy.stats.weibull_min.
it.each([
  [0.5, 1, 1, -0.5],
  [0.3, 1.5, 2, -1.294337],
  [0.9, 41.064306, 0.89017, 2.701629],
])('has at %d, shape %d and scale %d, the log density %d', (...[x, shape, scale, expected]) => {
  expect(weibullLogDensity(x, { shape, scale })).toBeCloseTo(expected, 5);
});

it.each([
  [1, 2, 2],
  [2, 1, Math.sqrt(Math.PI) / 2],
  [0.5, 3, 6],
])('of shape %d and scale %d has the mean %d', (shape, scale, mean) => {
  expect(weibullMean({ shape, scale })).toBeCloseTo(mean, 12);
});
