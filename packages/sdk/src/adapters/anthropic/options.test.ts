import { describe, expect, it } from 'vitest';
import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import type { AnthropicClient } from './options.ts';
import { type AnthropicOptions, anthropicSettings } from './options.ts';

const client: AnthropicClient = { post: () => ({ asResponse: async () => new Response() }) };

describe('anthropicSettings', () => {
  it('needs no options', () => {
    expect(anthropicSettings('claude-opus-5-5', {})).toMatchObject({
      provider: 'anthropic',
      modelId: 'claude-opus-5-5',
      idleTimeoutMs: 300_000,
    });
  });

  it.each<[AnthropicOptions, string]>([
    [{ baseUrl: 'gateway.test' }, 'baseUrl'],
    [{ baseUrl: '' }, 'baseUrl'],
    [{ baseUrl: 'http://ada:secret-word@host.test' }, 'baseUrl'],
    [{ timeoutMs: 0 }, 'timeoutMs'],
    [{ timeoutMs: Number.NaN }, 'timeoutMs'],
    [{ idleTimeoutMs: Number.POSITIVE_INFINITY }, 'idleTimeoutMs'],
    [{ version: 'latest' }, 'version'],
    [{ capabilities: { samples: { nativeMax: 2 } } }, 'capabilities.samples.nativeMax'],
    [{ headers: { 'x-key': 'secret-word\nx' } }, 'headers'],
    [{ headers: { 'x y': 'secret-word' } }, 'headers'],
    [{ client, apiKey: 'secret-word' }, 'apiKey'],
    [{ client, baseUrl: 'https://gateway.test' }, 'baseUrl'],
    [{ client, fetch }, 'fetch'],
  ])('refuses %j, naming the option and no secret', (options, option) => {
    let thrown: unknown;
    try {
      anthropicSettings('m', options);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(InvalidOptionError);
    expect(thrown).toMatchObject({ option });
    expect(String(thrown)).toContain(option.split('.')[0]);
    expect(String(thrown)).not.toContain('secret-word');
  });

  it('refuses a model without a name', () => {
    expect(() => anthropicSettings('', {})).toThrow(InvalidOptionError);
  });
});
