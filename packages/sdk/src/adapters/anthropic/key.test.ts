import { beforeEach, describe, expect, it, vi } from 'vitest';
import { MissingLibraryError } from '../../errors/missing-library-error.ts';
import { readKey } from './key.ts';

describe('readKey', () => {
  beforeEach(() => {
    vi.stubEnv('ANTHROPIC_API_KEY', undefined);
  });

  it('gives the key, from wherever it comes', async () => {
    expect(await readKey('sk-1')).toBe('sk-1');
    expect(await readKey(() => 'sk-2')).toBe('sk-2');
    expect(await readKey(async () => 'sk-3')).toBe('sk-3');
    vi.stubEnv('ANTHROPIC_API_KEY', 'sk-4');
    expect(await readKey(undefined)).toBe('sk-4');
    expect(await readKey('sk-1')).toBe('sk-1');
  });

  it('says where a key may come from when there is none', async () => {
    await expect(readKey(undefined)).rejects.toMatchObject({
      code: 'missing-key',
      message: expect.stringContaining('ANTHROPIC_API_KEY'),
    });
  });

  it.each([[''], ['secret word'], ['secret\n'], ['sécret']])('refuses %j without repeating it', async (key) => {
    await expect(readKey(key)).rejects.toMatchObject({ code: 'missing-key' });
    await expect(readKey(() => key)).rejects.toThrow(/^(?!.*s[eé]cret).*$/);
  });

  it('says that its function failed, or what an error of ours says', async () => {
    const cause = new Error('vault is closed');
    await expect(readKey(() => Promise.reject(cause))).rejects.toMatchObject({ code: 'missing-key', cause });
    const own = new MissingLibraryError('vault', 'The key');
    await expect(readKey(() => Promise.reject(own))).rejects.toBe(own);
  });
});
