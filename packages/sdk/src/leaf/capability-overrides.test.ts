import { describe, expect, it } from 'vitest';
import { overrideCapabilities } from './capability-overrides.ts';
import { textCapabilities } from './text-capabilities.ts';

const assumed = textCapabilities({ limits: { contextTokens: 8000 }, known: 'assumed' });

describe('overrideCapabilities', () => {
  it('leaves what nobody declared as it is known', () => {
    expect(overrideCapabilities(assumed)).toEqual(assumed);
    expect(overrideCapabilities(assumed, {})).toEqual(assumed);
  });

  it('replaces nested fields one by one, and others whole', () => {
    const declared = overrideCapabilities(assumed, {
      tools: true,
      files: ['image/*'],
      samples: { nativeMax: 8 },
      sampling: { temperature: false },
      limits: { maxOutputTokens: 100 },
    });
    expect(declared).toEqual({
      ...assumed,
      tools: true,
      files: ['image/*'],
      samples: { nativeMax: 8, promptBilledOnce: false, cancelOne: false },
      sampling: { temperature: false, topP: true, topK: true, seed: true },
      limits: { contextTokens: 8000, maxOutputTokens: 100 },
      known: 'declared',
    });
  });

  it('takes what is declared for known, unless that says otherwise', () => {
    expect(overrideCapabilities(assumed, { stop: false }).known).toBe('declared');
    expect(overrideCapabilities(assumed, { stop: false, known: 'assumed' }).known).toBe('assumed');
  });
});
