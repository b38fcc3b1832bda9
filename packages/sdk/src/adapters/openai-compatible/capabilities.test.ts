import { describe, expect, it } from 'vitest';
import { compatibleCapabilities } from './capabilities.ts';

describe('compatibleCapabilities', () => {
  it('assumes nothing doubtful of an unknown server', () => {
    expect(compatibleCapabilities()).toMatchObject({
      samples: { nativeMax: 1 },
      logprobs: 'none',
      efforts: [],
      files: [],
      known: 'assumed',
    });
  });

  it('replaces nested fields one by one', () => {
    const declared = compatibleCapabilities({ samples: { nativeMax: 8 }, sampling: { topK: true }, logprobs: 'top-k' });
    expect(declared).toMatchObject({
      samples: { nativeMax: 8, promptBilledOnce: false },
      sampling: { temperature: true, topK: true },
      logprobs: 'top-k',
      tools: true,
      known: 'declared',
    });
  });
});
