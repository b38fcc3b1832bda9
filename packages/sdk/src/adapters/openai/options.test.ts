import { OpenAI } from 'openai';
import { describe, expect, it } from 'vitest';
import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import { openai } from './openai.ts';
import type { OpenaiOptions } from './options.ts';

describe('openai', () => {
  it('makes a model without a key, a client or a request', () => {
    expect(openai('gpt-6-luna')).toMatchObject({ specVersion: 1, provider: 'openai', modelId: 'gpt-6-luna' });
  });

  it('takes a client of the SDK as it is', () => {
    const client = new OpenAI({ apiKey: 'sk-not-for-anybody' });
    expect(openai('gpt-6-luna', { client }).modelId).toBe('gpt-6-luna');
  });

  it.each<[string, OpenaiOptions]>([
    ['api', { api: 'assistants' as 'chat' }],
    ['timeoutMs', { timeoutMs: 0 }],
    ['idleTimeoutMs', { idleTimeoutMs: 2 ** 31 }],
    ['baseUrl', { baseUrl: 'api.openai.com' }],
    ['baseUrl', { baseUrl: 'https://me:secret@gateway.test/v1' }],
    ['headers', { headers: { 'x-team': 'line\nbreak' } }],
    ['capabilities.samples.nativeMax', { capabilities: { samples: { nativeMax: 2 } } }],
    ['capabilities.samples.nativeMax', { api: 'chat', capabilities: { samples: { nativeMax: 129 } } }],
    ['apiKey', { client: new OpenAI({ apiKey: 'sk-1' }), apiKey: 'sk-2' }],
    ['baseUrl', { client: new OpenAI({ apiKey: 'sk-1' }), baseUrl: 'https://gateway.test/v1' }],
    ['attempts', { retry: { attempts: 0 } }],
  ])('refuses %s out of its range', (option, options) => {
    expect(() => openai('gpt-6-luna', options)).toThrow(InvalidOptionError);
    expect(() => openai('gpt-6-luna', options)).toThrow(option);
  });

  it('refuses a model without a name, and repeats no password', () => {
    expect(() => openai('')).toThrow(/modelId/);
    expect(() => openai('m', { baseUrl: 'https://me:secret@gateway.test/v1' })).not.toThrow(/secret/);
    expect(() => openai('m', { headers: { authorization: 'Bearer\nsecret' } })).not.toThrow(/secret/);
  });
});
