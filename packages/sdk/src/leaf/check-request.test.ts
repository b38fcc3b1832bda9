import { describe, expect, it } from 'vitest';
import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import type { GenerateRequest } from '../spec/request.ts';
import { checkRequest } from './check-request.ts';

const messages: GenerateRequest['messages'] = [{ role: 'user', content: 'Hi' }];

describe('checkRequest', () => {
  it.each<[Partial<GenerateRequest>]>([
    [{}],
    [{ samples: 1 }],
    [{ samples: 10_000 }],
    [{ maxOutputTokens: 1 }],
    [{ maxReasoningTokens: 0 }],
    [{ temperature: 0 }],
    [{ temperature: 2 }],
    [{ topP: 1 }],
    [{ topP: Number.MIN_VALUE }],
    [{ topK: 1 }],
    [{ seed: 0 }],
    [{ seed: 2 ** 32 - 1 }],
    [{ logprobs: { top: 0 } }],
    [{ stop: [] }],
    [{ stop: [' '] }],
  ])('lets %o pass', (options) => {
    expect(() => {
      checkRequest({ messages, ...options });
    }).not.toThrow();
  });

  it.each<[string, Partial<GenerateRequest>, string]>([
    ['messages', { messages: [] }, 'received none'],
    ['messages', { messages: undefined as never }, 'received none'],
    ['samples', { samples: 0 }, 'in [1, 10000], received 0'],
    ['samples', { samples: 10_001 }, 'received 10001'],
    ['samples', { samples: 1.5 }, 'received 1.5'],
    ['samples', { samples: Number.NaN }, 'received NaN'],
    ['maxOutputTokens', { maxOutputTokens: 0 }, '1 or more, received 0'],
    ['maxOutputTokens', { maxOutputTokens: Number.POSITIVE_INFINITY }, 'received Infinity'],
    ['maxReasoningTokens', { maxReasoningTokens: -1 }, '0 or more, received -1'],
    ['temperature', { temperature: -0.1 }, 'in [0, 2], received -0.1'],
    ['temperature', { temperature: 2.1 }, 'received 2.1'],
    ['temperature', { temperature: Number.NaN }, 'received NaN'],
    ['topP', { topP: 0 }, 'in (0, 1], received 0'],
    ['topP', { topP: 1.01 }, 'received 1.01'],
    ['topK', { topK: 0 }, '1 or more, received 0'],
    ['seed', { seed: -1 }, 'received -1'],
    ['seed', { seed: 2 ** 32 }, 'received 4294967296'],
    ['logprobs.top', { logprobs: { top: -1 } }, 'received -1'],
    ['stop', { stop: ['a', ''] }, 'empty string'],
  ])('refuses %s of %o', (option, options, message) => {
    let thrown: unknown;
    try {
      checkRequest({ messages, ...options });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(InvalidOptionError);
    expect(thrown).toMatchObject({ option, message: expect.stringContaining(message) });
    expect(thrown).toMatchObject({ message: expect.stringContaining(option) });
  });
});
