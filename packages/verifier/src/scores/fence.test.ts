import { createRandom } from '@tollgate/stats';
import { describe, expect, it } from 'vitest';
import { createFence } from './fence.ts';

describe('createFence', () => {
  it('has a word that the texts do not have, also where chance repeats itself', () => {
    const always = { next: () => 0, int: () => 35, fork: () => always };
    const { wrap, rule } = createFence(always, ['z', 'a zz b']);
    expect(wrap('answer', 'text')).toBe('<answer-zzz>\ntext\n</answer-zzz>');
    expect(rule).toContain('"-zzz"');
  });

  it('has another word with another seed', () => {
    const [one, other] = ['a', 'b'].map((seed) => createFence(createRandom(seed), []).wrap('x', ''));
    expect(one).not.toBe(other);
  });
});
