import { InvalidOptionError, rootContext, type ScoreResult } from '@tollgate/sdk';
import { describe, expect, it, vi } from 'vitest';
import { candidate } from '../__fixtures__/candidate.ts';
import { lints, type LintsOptions } from './lints.ts';

async function score(run: LintsOptions['run'], texts: readonly string[], signal?: AbortSignal): Promise<ScoreResult> {
  return lints({ language: 'python', run }).score({
    request: { messages: [], ...(signal !== undefined && { signal }) },
    candidates: texts.map((text, i) => candidate(text, 'eos', `c${i}`)),
    context: rootContext(),
  });
}

describe('lints', () => {
  it('accepts programs without errors, all in one run of the linter', async () => {
    const { signal } = new AbortController();
    const run = vi.fn<LintsOptions['run']>(async (sources) => sources.map((source) => source.length - 1));
    const { verdicts } = await score(run, ['```\na\n```', 'No code.', '```\nabc\n```'], signal);
    expect(verdicts).toEqual([
      { candidateId: 'c0', status: 'accept', score: 0, evidence: { errors: 0 } },
      { candidateId: 'c1', status: 'reject', evidence: { error: 'no code' } },
      { candidateId: 'c2', status: 'reject', score: -2, evidence: { errors: 2 } },
    ]);
    expect(run.mock.calls).toEqual([[['a', 'abc'], { signal }]]);
  });

  it('does not start the linter for nothing', async () => {
    const run = vi.fn<LintsOptions['run']>();
    await score(run, ['No code.']);
    expect(run).not.toHaveBeenCalled();
  });

  it.each([[[]], [[1, 2]], [[-1]], [[0.5]], [[Number.NaN]]])('refuses %j for one program', async (errors) => {
    await expect(score(async () => errors, ['```\na\n```'])).rejects.toThrow(InvalidOptionError);
  });
});
