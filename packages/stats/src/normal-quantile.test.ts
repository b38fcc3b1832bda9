import { expect, it } from 'vitest';
import { normalQuantile } from './normal-quantile.ts';

// Python 3.11, statistics.NormalDist().inv_cdf.
it.each([
  [0.5, 0],
  [0.6, 0.2533471031357998],
  [0.9, 1.2815515655446008],
  [0.975, 1.9599639845400536],
  [0.9995, 3.2905267314919255],
  [1e-3, -3.090232306167813],
  [1e-6, -4.753424308822899],
  [1e-12, -7.034483825301132],
  [1e-100, -21.27345356096532],
  [1e-300, -37.0470962993612],
])('at %d is %d', (probability, expected) => {
  expect(Math.abs(normalQuantile(probability) - expected)).toBeLessThanOrEqual(1e-14 * Math.abs(expected));
});

it.each([0.1, 0.02, 1e-5])('mirrors at %d', (probability) => {
  expect(normalQuantile(1 - probability)).toBeCloseTo(-normalQuantile(probability), 10);
});
