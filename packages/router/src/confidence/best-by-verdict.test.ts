import type { Verdict } from '@tollgate/sdk';
import { describe, expect, it } from 'vitest';
import { bestByVerdict } from './best-by-verdict.ts';

const verdicts = (...list: readonly Omit<Verdict, 'candidateId'>[]): Verdict[] =>
  list.map((verdict, i) => ({ candidateId: `c${i}`, ...verdict }));
const none = { best: undefined, accept: undefined };

describe('bestByVerdict', () => {
  it('counts accept as 1 and reject as 0', () => {
    expect(bestByVerdict(verdicts({ status: 'reject' }, { status: 'accept' }), none)).toEqual({
      candidate: 'c1',
      score: 1,
      passed: true,
    });
    expect(bestByVerdict(verdicts({ status: 'reject' }), none)).toEqual({ candidate: 'c0', score: 0, passed: false });
  });

  it('leaves ties to the earlier candidate, also of an earlier loop', () => {
    const best = bestByVerdict(verdicts({ status: 'accept' }, { status: 'accept' }), none);
    expect(best?.candidate).toBe('c0');
    expect(bestByVerdict([{ candidateId: 'later', status: 'accept' }], { ...none, best })?.candidate).toBe('c0');
  });

  it('without a threshold a rejected score never passes, however high', () => {
    const two = verdicts({ status: 'reject', score: 0.67 }, { status: 'accept', score: 0.6 });
    expect(bestByVerdict(two, none)).toEqual({ candidate: 'c1', score: 0.6, passed: true });
    expect(bestByVerdict(two.slice(0, 1), none)).toEqual({ candidate: 'c0', score: 0.67, passed: false });
  });

  it('with a threshold the score decides, and equal is not enough', () => {
    const rule = { best: undefined, accept: 0.5 };
    expect(bestByVerdict(verdicts({ status: 'reject', score: 0.51 }), rule)?.passed).toBe(true);
    expect(bestByVerdict(verdicts({ status: 'accept', score: 0.5 }), rule)?.passed).toBe(false);
    expect(bestByVerdict(verdicts({ status: 'accept' }), rule)?.passed).toBe(true);
    expect(bestByVerdict(verdicts({ status: 'accept', score: -3 }), { best: undefined, accept: -3.5 })?.passed).toBe(
      true,
    );
  });

  it.each(['tie', 'abstain', 'timeout', 'error'] as const)('%s without a score does not take part', (status) => {
    expect(bestByVerdict(verdicts({ status }), none)).toBeUndefined();
    expect(bestByVerdict(verdicts({ status: 'accept', score: Number.NaN }), none)).toBeUndefined();
  });

  it('of nothing is what was best before', () => {
    const best = { candidate: 'c9', score: 0.3, passed: false };
    expect(bestByVerdict([], { ...none, best })).toBe(best);
  });
});
