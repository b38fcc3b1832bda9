import { afterEach, describe, expect, it, vi } from 'vitest';
import { TollgateError } from '../../errors/tollgate-error.ts';
import { readKey } from './key.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('readKey', () => {
  it('takes the option first and the environment second, when asked and not before', async () => {
    vi.stubEnv('OPENAI_API_KEY', 'sk-environment');
    expect(await readKey('sk-option')).toBe('sk-option');
    expect(await readKey(async () => 'sk-function')).toBe('sk-function');
    expect(await readKey(undefined)).toBe('sk-environment');
    vi.stubEnv('OPENAI_API_KEY', 'sk-changed');
    expect(await readKey(undefined)).toBe('sk-changed');
  });

  it('says where a key is looked for when there is none', async () => {
    vi.stubEnv('OPENAI_API_KEY', undefined);
    await expect(readKey(undefined)).rejects.toMatchObject({
      code: 'missing-key',
      message: expect.stringContaining('OPENAI_API_KEY'),
    });
  });

  it.each(['', 'two words', 'line\nbreak', 'schlüssel'])('refuses %j without repeating it', async (key) => {
    await expect(readKey(key)).rejects.toMatchObject({ code: 'missing-key' });
    if (key !== '') await expect(readKey(key)).rejects.not.toThrow(key);
  });

  it('lets an error of ours speak for itself', async () => {
    const ours = new TollgateError('missing-key', 'The vault has no key named primes.');
    await expect(readKey(() => Promise.reject(ours))).rejects.toBe(ours);
  });

  it('keeps the error of a function that fails', async () => {
    const failing = async (): Promise<string> => {
      throw new Error('vault closed');
    };
    await expect(readKey(failing)).rejects.toMatchObject({
      code: 'missing-key',
      cause: expect.objectContaining({ message: 'vault closed' }),
    });
  });
});
