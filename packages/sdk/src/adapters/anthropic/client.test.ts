import { afterEach, describe, expect, it, vi } from 'vitest';
import { senderSource } from './client.ts';
import { anthropicSettings } from './options.ts';

const missing = '@anthropic-ai/sdk';
const settings = (key: () => string) => anthropicSettings('claude-opus-4-8', { apiKey: key });

describe('senderSource', () => {
  afterEach(() => {
    vi.doUnmock(missing);
    vi.resetModules();
  });

  it('keeps its client as long as its key, and nobody repeats the key', async () => {
    let key = 'sk-first-key';
    const source = senderSource(settings(() => key));
    const [one, two] = [await source(), await source()];
    expect(two).toBe(one);
    expect(one.secrets).toEqual(['sk-first-key']);
    key = 'sk-second-key';
    const three = await source();
    expect(three).not.toBe(one);
    expect(three.secrets).toEqual(['sk-second-key']);
  });

  it('reads the secrets of a user’s client when it is used', async () => {
    const client = { apiKey: null as string | null, authToken: 'token-1', post: vi.fn() };
    const source = senderSource(anthropicSettings('claude-opus-4-8', { client }));
    expect((await source()).secrets).toEqual(['token-1']);
    client.apiKey = 'sk-later';
    expect((await source()).secrets).toEqual(['sk-later', 'token-1']);
  });

  it('names the package that is missing, once it is needed', async () => {
    vi.doMock(missing, () => {
      throw new Error('cannot find module');
    });
    const source = senderSource(settings(() => 'sk-key'));
    await expect(source()).rejects.toMatchObject({
      code: 'missing-library',
      library: missing,
      message: expect.stringContaining('npm install @anthropic-ai/sdk'),
    });
  });
});
