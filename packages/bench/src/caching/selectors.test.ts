import { describe, expect, it } from 'vitest';
import { byLowerBound, byMultiplexer, lowerCostBound } from './selectors.ts';

describe('lowerCostBound', () => {
  it.each([
    [5, 4, 5 - Math.sqrt(5)],
    [5, 4, 2.763932],
    [5, 1, 1],
    [0, 0, 1],
    [101, 20, 100],
  ])('a mean of %s after %s answers is bounded by %s', (mean, pulls, bound) => {
    expect(lowerCostBound(mean, pulls)).toBeCloseTo(bound, 6);
  });
});

describe('selectors', () => {
  const setting = { alpha: 0.8, ratio: 100, accuracy: 1 };

  it.each([
    ['by the lower bound', byLowerBound()],
    ['by the multiplexer', byMultiplexer(setting, 1)],
  ])('%s: leave a model that failed on a query, and keep one that passed', (_, selector) => {
    expect(selector.choose(3)).toBe(0);
    selector.observe(3, 0, 101);
    expect(selector.choose(3)).toBe(1);
    selector.observe(3, 1, 1);
    expect(selector.choose(3)).toBe(1);
  });
});
