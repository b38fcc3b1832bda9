import { expect, it } from 'vitest';
import { leadingAnswers } from './leading-answers.ts';

it.each<[Record<string, number>, string[]]>([
  [{}, []],
  [{ a: 0, b: 0 }, []],
  [{ a: 1, b: 2 }, ['b']],
  [{ a: 2, b: 1, c: 2 }, ['a', 'c']],
  [{ a: 0.3, b: 0.1 + 0.2 }, ['a', 'b']],
  [{ a: 1, b: 1 + 1e-9 }, ['b']],
])('leads %j → %j', (scores, leaders) => {
  expect(leadingAnswers(new Map(Object.entries(scores)))).toEqual(leaders);
});
