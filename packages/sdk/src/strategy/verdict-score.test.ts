import { expect, it } from 'vitest';
import type { Verdict } from '../spec/scorer.ts';
import { verdictScore } from './verdict-score.ts';

it.each<[Verdict['status'], number | undefined, number | undefined]>([
  ['accept', undefined, 1],
  ['reject', undefined, 0],
  ['reject', 0.7, 0.7],
  ['tie', -3, -3],
  ['tie', undefined, undefined],
  ['abstain', undefined, undefined],
  ['accept', Number.NaN, undefined],
])('%s with a score of %s is %s', (status, score, number) => {
  expect(verdictScore({ status, ...(score !== undefined && { score }) })).toBe(number);
});
