import { describe, expect, it } from 'vitest';
import { createPairwiseCache } from './pairwise-cache.ts';

describe('createPairwiseCache', () => {
  it('goes on from what another one wrote', () => {
    const cache = createPairwiseCache();
    cache.set('a', 'first');
    cache.set('b', 'tie');
    const again = createPairwiseCache({ entries: JSON.parse(JSON.stringify(cache)) });
    expect([again.get('a'), again.get('b'), again.get('c')]).toEqual(['first', 'tie', undefined]);
  });

  it('lets go of what was not used for the longest', () => {
    const cache = createPairwiseCache({
      maxEntries: 2,
      entries: [
        ['a', 'first'],
        ['b', 'second'],
      ],
    });
    cache.get('a');
    cache.set('c', 'tie');
    expect(cache.toJSON()).toEqual([
      ['a', 'first'],
      ['c', 'tie'],
    ]);
  });

  it.each([
    [{ maxEntries: 0 }, 'maxEntries must be a whole number in [1, 10000000], received 0.'],
    [{ entries: [['a', 'best']] }, 'entries[0] must be a key and "first", "second" or "tie", received ["a","best"].'],
    [{ entries: [null] }, 'received null'],
  ])('refuses %j', (options, message) => {
    expect(() => createPairwiseCache(options as Parameters<typeof createPairwiseCache>[0])).toThrow(message);
  });
});
