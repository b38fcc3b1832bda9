import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { view } from '../__fixtures__/drive.ts';
import { leadingVote } from './leading-vote.ts';

const views = (answers: readonly (string | null)[]): ReturnType<typeof view>[] =>
  answers.map((answer, i) => view(answer, `c${i}`));

describe('leadingVote', () => {
  it.each([
    [['a', 'b', 'a'], 3, { candidate: 'c0', votes: 2, valid: 3, share: 2 / 3 }],
    [['a', 'b', 'b'], 3, { candidate: 'c1', votes: 2, valid: 3, share: 2 / 3 }],
    [['a', 'b'], 2, { candidate: 'c0', votes: 1, valid: 2, share: 0.5 }],
    [[null, 'b', 'a', 'a', null], 5, { candidate: 'c2', votes: 2, valid: 3, share: 0.4 }],
    [['a'], 5, { candidate: 'c0', votes: 1, valid: 1, share: 0.2 }],
    [['a', 'a', 'a'], 2, { candidate: 'c0', votes: 3, valid: 3, share: 1 }],
    [['__proto__', 'constructor', '__proto__'], 3, { candidate: 'c0', votes: 2, valid: 3, share: 2 / 3 }],
  ])('%j of %s asked', (answers, asked, expected) => {
    expect(leadingVote(views(answers), asked)).toEqual(expected);
  });

  it.each([[[]], [[null, null]]])('finds no leader in %j', (answers) => {
    expect(leadingVote(views(answers), 2)).toBeUndefined();
  });

  it('the order of candidates changes the winner only on a tie (property)', () => {
    const answers = fc.array(fc.constantFrom('a', 'b', 'c', null), { maxLength: 12 });
    fc.assert(
      fc.property(
        answers.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          const one = leadingVote(views(list), list.length);
          const other = leadingVote(views(shuffled), list.length);
          expect(other?.votes).toBe(one?.votes);
          if (one === undefined || other === undefined) return;
          const winner = list[Number(one.candidate.slice(1))];
          const counts = new Map<string, number>();
          for (const answer of list) if (answer !== null) counts.set(answer, (counts.get(answer) ?? 0) + 1);
          const leaders = [...counts].filter(([, count]) => count === one.votes);
          if (leaders.length === 1) expect(shuffled[Number(other.candidate.slice(1))]).toBe(winner);
          else expect(leaders.map(([answer]) => answer)).toContain(winner);
        },
      ),
    );
  });
});
