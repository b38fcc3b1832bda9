import { describe, expect, it, vi } from 'vitest';
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
});
