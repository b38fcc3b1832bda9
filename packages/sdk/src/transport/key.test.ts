import { describe, expect, it } from 'vitest';
import { TollgateError } from '../errors/tollgate-error.ts';
import { readKey } from './key.ts';

describe('readKey', () => {
  it('gives the key, from wherever it comes', async () => {
    expect(await readKey(undefined)).toBeUndefined();
    expect(await readKey('sk-1')).toBe('sk-1');
    expect(await readKey(() => 'sk-2')).toBe('sk-2');
    expect(await readKey(async () => 'sk-3')).toBe('sk-3');
  });

  it.each([[''], ['secret word'], ['secret\n'], ['sécret']])('refuses %j without repeating it', async (key) => {
    await expect(readKey(key)).rejects.toMatchObject({ code: 'missing-key' });
    await expect(readKey(() => key)).rejects.toThrow(/^(?!.*s[eé]cret).*$/);
  });

  it('says that its function failed', async () => {
    const cause = new Error('vault is closed');
    const failing = (): string => {
      throw cause;
    };
    await expect(readKey(failing)).rejects.toMatchObject({ code: 'missing-key', cause });
  });

  it('lets an error of ours speak for itself', async () => {
    const ours = new TollgateError('missing-key', 'The environment variable KEY is not set.');
    await expect(readKey(() => Promise.reject(ours))).rejects.toBe(ours);
  });
});
