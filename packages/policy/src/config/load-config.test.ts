import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Model, TollgateError } from '@tollgate/sdk';
import { createRegistry } from '@tollgate/sdk/registry';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LoadedConfig, loadConfig } from './load-config.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

const minimal =
  'export default { models: { small: () => ({ modelId: "made" }) }, strategies: { plain: "single:small" } };';

async function madeBy(loaded: LoadedConfig | undefined, name: string): Promise<Model> {
  return createRegistry({ models: loaded?.config.models ?? {} }).model(name);
}

async function failure(path?: string): Promise<TollgateError> {
  const error: unknown = await loadConfig(path, folder).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!TollgateError.isInstance(error)) throw new Error(`expected a TollgateError, received ${String(error)}`);
  return error;
}

describe('loadConfig', () => {
  it.each(['tollgate.config.ts', 'tollgate.config.mts', 'tollgate.config.js', 'tollgate.config.mjs'])(
    'finds %s in the folder',
    async (name) => {
      if (name.endsWith('.js')) put('package.json', '{"type":"module"}');
      put(name, name.endsWith('ts') ? minimal.replace('() =>', '(): object =>') : minimal);
      const loaded = await loadConfig(undefined, folder);
      expect(loaded?.path).toBe(join(folder, name));
      expect(await madeBy(loaded, 'small')).toEqual({ modelId: 'made' });
      expect(loaded?.config.strategies).toEqual({ plain: 'single:small' });
    },
  );

  it('prefers TypeScript, takes a file that is named, and gives nothing where there is nothing', async () => {
    expect(await loadConfig(undefined, folder)).toBeUndefined();
    put('tollgate.config.json', '{"models":{}}');
    put('tollgate.config.ts', minimal);
    expect((await loadConfig(undefined, folder))?.path).toMatch(/\.ts$/);
    put('other.mjs', minimal.replace('single:small', 'vote:small'));
    expect((await loadConfig('other.mjs', folder))?.config.strategies).toEqual({ plain: 'vote:small' });
  });

  it('takes references for models, in a module and in JSON, paths of the latter from its folder', async () => {
    put('tollgate.config.mjs', 'export default { models: { big: "openai:gpt-6-sol", large: "big" } };');
    expect(await madeBy(await loadConfig(undefined, folder), 'large')).toMatchObject({ modelId: 'gpt-6-sol' });
    const price = { kind: 'per-token', inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
    const big = { kind: 'reference', reference: 'anthropic:claude-haiku-5-5', price };
    put('refs.json', JSON.stringify({ models: { big, small: 'llama-cpp:./none.gguf', odd: 'opnai:x' } }));
    const loaded = await loadConfig('refs.json', folder);
    expect(loaded?.config.prices?.['big']?.declaration).toMatchObject(price);
    expect(await madeBy(loaded, 'big')).toMatchObject({ provider: 'anthropic', modelId: 'claude-haiku-5-5' });
    await expect(madeBy(loaded, 'small')).rejects.toMatchObject({
      code: 'missing-weights',
      message: expect.stringContaining(join(folder, 'none.gguf')),
    });
    await expect(madeBy(loaded, 'odd')).rejects.toThrow('Did you mean "openai"?');
  });

  it('makes the models of a JSON configuration, paths taken from its folder, keys from the environment', async () => {
    const hosted = {
      kind: 'openai-compatible',
      baseUrl: 'http://127.0.0.1:9/v1',
      modelId: 'big',
      apiKeyVariable: 'TOLLGATE_TEST_KEY',
    };
    const price = { kind: 'per-token', inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
    put(
      'tollgate.config.json',
      JSON.stringify({
        models: { hosted: { ...hosted, price }, local: { kind: 'llama-cpp', modelPath: './none.gguf' } },
      }),
    );
    const loaded = await loadConfig(undefined, folder);
    const model = await madeBy(loaded, 'hosted');
    expect(model).toMatchObject({ provider: 'openai-compatible', modelId: 'big', pricing: { declaration: price } });
    vi.stubEnv('TOLLGATE_TEST_KEY', '');
    await expect(model.generate({ messages: [{ role: 'user', content: '?' }] })).rejects.toMatchObject({
      code: 'missing-key',
      message: expect.stringMatching(/^The environment variable TOLLGATE_TEST_KEY is not set/),
    });
    await expect(madeBy(loaded, 'local')).rejects.toMatchObject({
      code: 'missing-weights',
      message: expect.stringContaining(join(folder, 'none.gguf')),
    });
  });

  it.each([
    ['a.mjs', 'export default {};', /a\.mjs must export a configuration: export default defineConfig\(/],
    ['b.mjs', 'export const config = { models: {} };', /must export a configuration/],
    ['c.mjs', 'export default [];', /must export a configuration/],
    [
      'd.mjs',
      'export default { models: { small: {} } };',
      /models\.small must be a function that makes the model or a reference such as "openai:gpt-6-luna", received object\. Write small: \(\) => …/,
    ],
    [
      'e.mjs',
      'export default { models: {}, strategies: { best: 3 } };',
      /strategies\.best must be a function that builds the strategy or a short form .*received number/,
    ],
    ['f.mjs', 'throw new Error("my own words");', /f\.mjs failed while it was loaded: my own words/],
    [
      'g.mjs',
      'import "tollgate-no-such-package"; export default { models: {} };',
      /g\.mjs failed while it was loaded: .*tollgate-no-such-package/,
    ],
    ['h.mjs', 'export default {', /h\.mjs failed while it was loaded: /],
    ['i.json', '{"models":', /i\.json has 1 problem:\n {2}not JSON/],
  ])('refuses %s: %s', async (name, text, message) => {
    put(name, text);
    const error = await failure(name);
    expect(error.code).toBe('invalid-file');
    expect(error.message).toMatch(message);
    expect(error.message).toContain(join(folder, name));
  });

  it('says where it looked for a file that is not there', async () => {
    expect((await failure('none.ts')).message).toBe(
      `There is no configuration at ${join(folder, 'none.ts')}. Check --config.`,
    );
  });
});
