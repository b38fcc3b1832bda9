import { expect, it } from 'vitest';
import { subsets } from './subsets.ts';

it('gives every choice once, in rising order', () => {
  expect(subsets(3, 2)).toEqual([
    [0, 1],
    [0, 2],
    [1, 2],
  ]);
  expect(subsets(4, 0)).toEqual([[]]);
  expect(subsets(2, 3)).toEqual([]);
  const all = subsets(10, 4).map((chosen) => chosen.join(' '));
  expect(new Set(all).size).toBe(210);
});
