import { type AnswerCheck, InvalidOptionError, rootContext, type ScoreResult } from '@tollgate/sdk';
import { describe, expect, it } from 'vitest';
import { candidate } from '../__fixtures__/candidate.ts';
import { oracleScorer, verifyScorer } from './verify.ts';

const candidates = [
  candidate('Answer: 42', 'eos', 'right'),
  candidate('Answer: 41', 'eos', 'wrong'),
  candidate('?', 'eos', 'empty'),
];

async function score(scorer: ReturnType<typeof verifyScorer>, verify?: AnswerCheck): Promise<ScoreResult> {
  return scorer.score({
    request: { messages: [{ role: 'user', content: 'q' }], ...(verify !== undefined && { evidence: { verify } }) },
    candidates,
    context: rootContext(),
  });
}

describe('verifyScorer', () => {
  it('accepts and rejects by the check that the task brings along, in the order of the candidates', async () => {
    expect(await score(verifyScorer(), { kind: 'number', answer: 42 })).toEqual({
      verdicts: [
        { candidateId: 'right', status: 'accept', evidence: { answer: '42' } },
        { candidateId: 'wrong', status: 'reject', evidence: { answer: '41' } },
        { candidateId: 'empty', status: 'reject' },
      ],
      charges: [],
    });
  });

  it('abstains where the task has no check', async () => {
    const { verdicts } = await score(verifyScorer());
    expect(verdicts.map((verdict) => verdict.status)).toEqual(['abstain', 'abstain', 'abstain']);
  });

  it('refuses a check that cannot be meant', async () => {
    await expect(score(verifyScorer(), { kind: 'regex', answer: '(' })).rejects.toThrow(InvalidOptionError);
  });

  it('is no oracle', () => {
    expect(verifyScorer().oracle).toBeUndefined();
  });
});

describe('oracleScorer', () => {
  it('judges by its own check, whatever the task allows, and says that it is an oracle', async () => {
    const oracle = oracleScorer({ kind: 'number', answer: 41 });
    const { verdicts } = await score(oracle, { kind: 'number', answer: 42 });
    expect(verdicts.map((verdict) => verdict.status)).toEqual(['reject', 'accept', 'reject']);
    expect(oracle).toMatchObject({ name: 'oracle', oracle: true });
  });

  it('refuses a check that cannot be meant when it is made', () => {
    expect(() => oracleScorer({ kind: 'number', answer: 'x' })).toThrow(InvalidOptionError);
  });
});
