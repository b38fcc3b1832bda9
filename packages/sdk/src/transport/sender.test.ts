import { describe, expect, it } from 'vitest';
import { oneForEachKey, type Sender } from './sender.ts';

const sender = (name: string): Sender => ({ secrets: [name], send: async () => new Response() });

describe('oneForEachKey', () => {
  it.each([['k'], [undefined]])('makes one sender for the key %j, also for calls that start together', async (key) => {
    let made = 0;
    const source = oneForEachKey(
      async () => key,
      async () => sender(`${(made += 1)}`),
    );
    const [one, two] = await Promise.all([source(), source()]);
    expect(one).toBe(two);
    expect(await source()).toBe(one);
    expect(made).toBe(1);
  });

  it('makes another one when the key changes', async () => {
    let key = 'first';
    const source = oneForEachKey(async () => key, sender);
    expect((await source()).secrets).toEqual(['first']);
    key = 'second';
    expect((await source()).secrets).toEqual(['second']);
  });

  it('tries again what could not be made', async () => {
    const failure = new Error('not now');
    const results = [Promise.reject(failure), Promise.resolve(sender('k'))];
    const source = oneForEachKey(
      async () => 'k',
      () => results.shift() ?? sender('too many'),
    );
    await expect(Promise.all([source(), source()])).rejects.toBe(failure);
    expect((await source()).secrets).toEqual(['k']);
  });
});
