import { describe, expect, it } from 'vitest';
import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import { chatSettings, type OpenaiCompatibleOptions } from './options.ts';

const baseUrl = 'http://127.0.0.1:8080/v1';

describe('chatSettings', () => {
  it.each([
    ['http://127.0.0.1:8080/v1', 'http://127.0.0.1:8080/v1/chat/completions'],
    ['http://127.0.0.1:8080/v1/', 'http://127.0.0.1:8080/v1/chat/completions'],
    ['https://gateway.test', 'https://gateway.test/chat/completions'],
    ['https://gateway.test/v1?api-version=3', 'https://gateway.test/v1/chat/completions?api-version=3'],
  ])('asks %s at %s', (given, url) => {
    expect(chatSettings('m', { baseUrl: given }).url).toBe(url);
  });

  it.each<[Partial<OpenaiCompatibleOptions>, string]>([
    [{ baseUrl: 'localhost:8080' }, 'baseUrl'],
    [{ baseUrl: '/v1' }, 'baseUrl'],
    [{ baseUrl: '' }, 'baseUrl'],
    [{ baseUrl: 'http://ada:secret-word@host.test/v1' }, 'baseUrl'],
    [{ timeoutMs: 0 }, 'timeoutMs'],
    [{ timeoutMs: Number.NaN }, 'timeoutMs'],
    [{ idleTimeoutMs: Number.POSITIVE_INFINITY }, 'idleTimeoutMs'],
    [{ capabilities: { samples: { nativeMax: 0 } } }, 'capabilities.samples.nativeMax'],
    [{ headers: { 'x-key': 'secret-word\nx' } }, 'headers'],
    [{ headers: { 'x y': 'secret-word' } }, 'headers'],
  ])('refuses %j, naming the option and no secret', (options, option) => {
    let thrown: unknown;
    try {
      chatSettings('m', { baseUrl, ...options });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(InvalidOptionError);
    expect(thrown).toMatchObject({ option });
    expect(String(thrown)).toContain(option.split('.')[0]);
    expect(String(thrown)).not.toContain('secret-word');
  });

  it('refuses a model without a name', () => {
    expect(() => chatSettings('', { baseUrl })).toThrow(InvalidOptionError);
  });
});
