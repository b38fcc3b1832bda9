import { describe, expect, it, vi } from 'vitest';
import type { ResultLine } from '@tollgate/policy';
import { exitCodeOf } from './show-run.ts';

describe('exitCodeOf', () => {
  it.each([
    [undefined, 0, []],
    [{ by: 'budget', message: 'used up' }, 3, ['tollgate: stopped by the budget: used up\n']],
    [{ by: 'abort', message: 'stopped by the user' }, 130, ['tollgate: stopped by the user\n']],
    [{ by: 'error', message: 'no such model' }, 1, ['tollgate: no such model\n']],
  ] as const)('of %j is %d', (stopped, code, says) => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(exitCodeOf(stopped === undefined ? {} : { stopped })).toBe(code);
    expect(write.mock.calls.map(([text]) => text)).toEqual(says);
  });

  it('is that of a failure where every call failed, and only there', () => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const line = (status: ResultLine['status']): ResultLine => ({
      kind: 'result',
      strategy: 's',
      task: 't',
      taskHash: 'h',
      status,
      passed: false,
      reason: 'connection refused',
      costUsd: 0,
      attempts: 1,
      outputTokens: 0,
      wallMs: 1,
    });
    expect(exitCodeOf({ lines: [line('failed'), line('failed')] })).toBe(1);
    expect(write.mock.calls).toEqual([['tollgate: every call failed. The first: connection refused\n']]);
    expect(exitCodeOf({ lines: [line('failed'), line('accepted')] })).toBe(0);
  });
});
