import { expect, it } from 'vitest';
import { percentileInterval } from './percentile-interval.ts';

it.each<[number[], number, number, number]>([
  [[4, 2, 0, 3, 1], 0.5, 1, 3],
  [[7], 0.95, 7, 7],
  [[0, 1, 2, 3, Infinity], 0.5, 1, 3],
  [[0, 1, 2, Infinity, Infinity], 0.5, 1, Infinity],
  // Undefined replicates push both ends outwards.
  [[0, 1, 2, 3, NaN], 0.5, 0, 3],
  [[0, 1, 2, NaN, NaN], 0.5, -Infinity, Infinity],
  [[NaN], 0.95, -Infinity, Infinity],
  [[-Infinity, Infinity], 0.5, -Infinity, Infinity],
])('of %j at %d is [%d, %d]', (...[replicates, confidence, lower, upper]) => {
  expect(percentileInterval(Float64Array.from(replicates), confidence)).toEqual({ lower, upper });
});
