import { describe, expect, it } from 'vitest';
import type { Model } from '../spec/model.ts';
import { scriptedModel } from '../testing/scripted-model.ts';
import { createRegistry } from './create-registry.ts';

function closing(log: string[], modelId: string): Model {
  const model = scriptedModel([], { modelId });
  return Object.assign(model, { close: async () => void log.push(modelId) });
}

describe('createRegistry', () => {
  it('makes hosted models without a key, which is first needed by a call', async () => {
    const registry = createRegistry();
    const references = ['openai:gpt-6-luna', 'anthropic:claude-haiku-5-5', 'compatible:http://127.0.0.1:9/v1#org/m:8b'];
    const models = await Promise.all(references.map((reference) => registry.model(reference)));
    expect(models.map(({ provider, modelId }) => `${provider} ${modelId}`)).toEqual([
      'openai gpt-6-luna',
      'anthropic claude-haiku-5-5',
      'openai-compatible org/m:8b',
    ]);
  });

  it('takes a model id that its table does not know, and assumes little of it', async () => {
    const model = await createRegistry().model('openai:gpt-99-nova');
    expect(model.capabilitiesFor().known).toBe('assumed');
  });

  it('gives one model for one reference, however it is named, also while it is being made', async () => {
    let made = 0;
    const registry = createRegistry({
      providers: { lab: async (modelId) => scriptedModel([], { modelId: `${modelId} ${(made += 1)}` }) },
      models: { small: 'lab:s', tiny: 'small', own: () => scriptedModel([], { modelId: 'own' }) },
    });
    const [one, two, three, own] = await Promise.all(
      ['lab:s', 'small', 'tiny', 'own'].map((name) => registry.model(name)),
    );
    expect(one).toBe(two);
    expect(two).toBe(three);
    expect(await registry.model('own')).toBe(own);
    expect(made).toBe(1);
  });

  it('lets providers of your own win', async () => {
    const registry = createRegistry({ providers: { openai: (modelId) => scriptedModel([], { modelId }) } });
    expect(await registry.model('openai:x')).toMatchObject({ provider: 'scripted', modelId: 'x' });
  });

  it('tries again what could not be made', async () => {
    let tries = 0;
    const registry = createRegistry({
      models: {
        flaky: () => {
          tries += 1;
          if (tries === 1) throw new Error('no such file');
          return scriptedModel([]);
        },
      },
    });
    await expect(registry.model('flaky')).rejects.toThrow('no such file');
    expect(await registry.model('flaky')).toBe(await registry.model('flaky'));
    expect(tries).toBe(2);
  });

  it('says which names are near', async () => {
    const registry = createRegistry({ models: { small: 'openai:a' } });
    await expect(registry.model('smal')).rejects.toMatchObject({
      code: 'unknown-reference',
      message: expect.stringContaining('There is no model "smal". Did you mean "small"? The names here are small.'),
    });
    await expect(registry.model('opneai:gpt-6-luna')).rejects.toMatchObject({
      code: 'unknown-reference',
      message: expect.stringContaining(
        'Did you mean "openai"? Known are openai, anthropic, llama-cpp, onnx, compatible',
      ),
    });
    await expect(registry.model('gpt-6-luna')).rejects.toThrow('"openai:gpt-6-luna"');
    await expect(registry.model('constructor:x')).rejects.toMatchObject({ code: 'unknown-reference' });
    await expect(registry.model('toString')).rejects.toMatchObject({ code: 'unknown-reference' });
  });

  it('refuses names that lead back to themselves', () => {
    expect(() => createRegistry({ models: { a: 'b', b: 'c', c: 'b' } })).toThrow(
      '"a" leads back to itself: a, b, c, b',
    );
  });

  it('closes what it made, also what is still being made, and nothing else', async () => {
    const log: string[] = [];
    const gate = Promise.withResolvers<void>();
    const registry = createRegistry({
      models: {
        ready: () => closing(log, 'ready'),
        slow: async () => {
          await gate.promise;
          return closing(log, 'slow');
        },
        unused: () => closing(log, 'unused'),
        broken: () => {
          throw new Error('broken');
        },
      },
    });
    await registry.model('ready');
    await registry.model('broken').catch(() => undefined);
    const slow = registry.model('slow');
    await Promise.resolve();
    const closed = registry.close();
    gate.resolve();
    await Promise.all([slow, closed]);
    expect(log).toEqual(['ready', 'slow']);
    await expect(registry.model('ready')).rejects.toMatchObject({ code: 'closed' });
  });
});
