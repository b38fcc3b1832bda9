import { createRegistry } from '@tollgate/sdk/registry';
import { pricingFromDeclaration } from '@tollgate/budget';
import { TollgateError } from '@tollgate/sdk';
import { scriptedModel } from '@tollgate/sdk/testing';
import { describe, expect, it } from 'vitest';
import { InvalidFileError } from '../tasks/invalid-file-error.ts';
import { type JsonModel, parseJsonConfig } from './json-config.ts';

const price = { kind: 'hardware', usdPerHour: 0.12, watts: 65, usdPerKwh: 0.3 };
const small = { kind: 'llama-cpp', modelPath: './small.gguf', threads: 2, price };
const hosted = {
  kind: 'openai-compatible',
  baseUrl: 'http://127.0.0.1:8080/v1',
  modelId: 'big',
  apiKeyVariable: 'KEY',
};

const read = (value: unknown, made: JsonModel[] = []) =>
  parseJsonConfig(typeof value === 'string' ? value : JSON.stringify(value), {
    source: 'tollgate.config.json',
    loadPrices: (path) => ({ [path]: pricingFromDeclaration({ kind: 'declared-ceiling', usdPerCall: 1 }) }),
    makeModel: async (model) => {
      made.push(model);
      return scriptedModel([]);
    },
  });

describe('parseJsonConfig', () => {
  it('takes a byte order mark', () => {
    expect(Object.keys(read(`\uFEFF${JSON.stringify({ models: { small } })}`).models)).toEqual(['small']);
  });

  it('reads models, prices, strategies, limits and defaults, and makes no model before it is asked to', async () => {
    const made: JsonModel[] = [];
    const limits = ['usd', 'tokens', 'calls', 'turns', 'seconds'].map((unit) => ({
      kind: 'run',
      id: 'each',
      [unit]: 2,
    }));
    const defaults = {
      system: 'Answer.',
      examples: [{ user: 'a', assistant: 'b' }],
      temperature: 0.7,
      topP: 0.9,
      maxOutputTokens: 64,
      logprobs: true,
      stop: ['\n'],
    };
    const config = read(
      {
        models: { small, hosted },
        strategies: { frugal: 'cascade:small,hosted' },
        limits,
        defaults,
      },
      made,
    );
    expect(Object.keys(config.models)).toEqual(['small', 'hosted']);
    expect(config.prices?.['small']?.declaration).toMatchObject(price);
    expect(config.prices).not.toHaveProperty('hosted');
    expect(config).toMatchObject({
      strategies: { frugal: 'cascade:small,hosted' },
      limits,
      defaults,
    });
    expect(made).toEqual([]);
    await createRegistry({ models: config.models }).model('hosted');
    expect(made).toEqual([hosted]);
  });

  it.each([
    ['{', /^tollgate\.config\.json has 1 problem:\n {2}not JSON: /],
    [[], /the file: /],
    [{}, /models: /],
    [{ models: { a: { kind: 'llama-cp', modelPath: 'x' } } }, /models\.a\.kind: /],
    [{ models: { a: { kind: 'llama-cpp' } } }, /models\.a\.modelPath: /],
    [{ models: { a: { ...small, thread: 2 } } }, /models\.a: .*thread/],
    [{ models: { a: { ...hosted, baseUrl: 'not an address' } } }, /models\.a\.baseUrl: /],
    [{ models: { a: { ...small, price: { kind: 'hardware', usdPerHour: 1 } } } }, /models\.a\.price: .*watts/],
    [{ models: { a: { ...small, price: { ...price, watts: -1 } } } }, /models\.a\.price: watts must be .*received -1/],
    [{ models: { a: { ...small, price: { kind: 'free' } } } }, /models\.a\.price: .*received "free"/],
    [{ models: {}, limits: [{ kind: 'run', id: 'each', usd: -1 }] }, /limits\.0\.usd: /],
    [{ models: {}, limits: [{ kind: 'run', id: 'each', usd: -2 }] }, /limits\.0\.usd: /],
    [{ models: {}, defaults: { temperature: 3 } }, /defaults\.temperature: /],
    [{ models: {}, defaults: { maxOutputTokens: 1.5 } }, /defaults\.maxOutputTokens: /],
    [{ models: {}, modelz: {} }, /the file: .*modelz/],
  ])('refuses %j', (value, message) => {
    const reading = (): unknown => read(value);
    expect(reading).toThrow(InvalidFileError);
    expect(reading).toThrow(message);
  });

  it('names every field that is wrong at once', () => {
    try {
      read({ models: { a: { kind: 'llama-cpp', modelPath: '' } }, defaults: { topP: 0 } });
      expect.unreachable();
    } catch (error) {
      expect(TollgateError.isInstance(error) && error.code).toBe('invalid-file');
      expect(
        error instanceof InvalidFileError ? error.problems.map(({ message }) => message.split(':')[0]) : [],
      ).toEqual(['models.a.modelPath', 'defaults.topP']);
    }
  });
});
