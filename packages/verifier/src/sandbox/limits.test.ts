import { InvalidOptionError } from '@tollgate/sdk';
import { describe, expect, it } from 'vitest';
import { resolveLimits } from './limits.ts';

describe('resolveLimits', () => {
  it('has limits where none are given', () => {
    const none = { wallMs: 3000, memoryBytes: 268_435_456, outputBytes: 1_048_576 };
    expect(resolveLimits(undefined, { keepsCpu: false })).toEqual(none);
    expect(resolveLimits({ wallMs: 5 }, { keepsCpu: false })).toEqual({ ...none, wallMs: 5 });
  });

  it('lays those of a run over those of the sandbox', () => {
    const base = resolveLimits({ wallMs: 5, outputBytes: 6 }, { keepsCpu: true });
    expect(resolveLimits({ wallMs: 7, cpuMs: 8 }, { base, keepsCpu: true })).toEqual({
      wallMs: 7,
      cpuMs: 8,
      memoryBytes: 268_435_456,
      outputBytes: 6,
    });
  });

  it.each([
    { wallMs: 0 },
    { wallMs: 2 ** 31 },
    { wallMs: Number.POSITIVE_INFINITY },
    { cpuMs: 0.5 },
    { memoryBytes: 2 ** 25 - 1 },
    { memoryBytes: 2 ** 33 },
    { outputBytes: -1 },
    { outputBytes: Number.NaN },
  ])('refuses %j', (limits) => {
    expect(() => resolveLimits(limits, { keepsCpu: true })).toThrow(InvalidOptionError);
  });

  it('refuses to bound processor time where that cannot be kept', () => {
    expect(() => resolveLimits({ cpuMs: 1000 }, { keepsCpu: false })).toThrow(/bubblewrapSandbox/);
  });
});
