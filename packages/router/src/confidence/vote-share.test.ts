import { InvalidOptionError } from '@tollgate/sdk';
import { describe, expect, it } from 'vitest';
import { verdict } from './verdict.ts';
import { voteShare } from './vote-share.ts';

describe('confidence is data', () => {
  it('says what it was given', () => {
    const answer = { name: 'any', key: () => 'x' };
    expect(voteShare({ samples: 3, answer })).toEqual({ kind: 'vote-share', samples: 3, answer });
    expect(voteShare({ samples: [5, 3, 1] })).toEqual({ kind: 'vote-share', samples: [5, 3, 1] });
    expect(verdict()).toEqual({ kind: 'verdict' });
  });

  it.each([[0], [1.5], [[]], [[3, 0]], [[3, Number.NaN]]])('refuses %j samples', (samples) => {
    expect(() => voteShare({ samples })).toThrow(InvalidOptionError);
  });

  it('names the number that is wrong', () => {
    expect(() => voteShare({ samples: [3, -2] })).toThrow(
      'samples[1] must be a whole number of at least 1, received -2.',
    );
  });
});
