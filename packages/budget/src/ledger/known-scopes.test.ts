import { InvalidOptionError } from '@tollgate/sdk';
import { describe, expect, it } from 'vitest';
import { KnownScopes } from './known-scopes.ts';

const ada = { kind: 'user', id: 'ada' };

describe('known scopes', () => {
  it('are one list for one object, and for others that say the same', () => {
    const scopes = new KnownScopes();
    const pairs = scopes.pairsOf({ user: 'ada', run: 'r1' });
    expect(pairs).toEqual([ada, { kind: 'run', id: 'r1' }]);
    expect(scopes.pairsOf({ user: 'ada', run: 'r1' })).toBe(pairs);
    expect(scopes.pairsOf([ada, { kind: 'run', id: 'r1' }])).toBe(pairs);
    expect(scopes.pairsOf(pairs)).toBe(pairs);
  });

  it('take apart what looks alike when joined', () => {
    const scopes = new KnownScopes();
    const lists = [
      [{ kind: 'a', id: 'bc' }],
      [{ kind: 'ab', id: 'c' }],
      [{ kind: 'a', id: 'b1:c1:d' }],
      [
        { kind: 'a', id: 'b' },
        { kind: 'c', id: 'd' },
      ],
    ];
    for (const list of [...lists, ...lists]) expect(scopes.pairsOf([...list])).toEqual(list);
  });

  it('read an object anew that was changed, and let nobody else be charged for it', () => {
    const scopes = new KnownScopes();
    const record: Record<string, string> = { user: 'ada' };
    const pair = { ...ada };
    const list = [pair];
    const before = scopes.pairsOf(list);
    expect(scopes.pairsOf(record)).toBe(before);
    record['user'] = 'bob';
    pair.id = 'eve';
    expect(scopes.pairsOf(record)).toEqual([{ kind: 'user', id: 'bob' }]);
    expect(scopes.pairsOf(list)).toEqual([{ kind: 'user', id: 'eve' }]);
    expect(scopes.pairsOf({ user: 'ada' })).toEqual([ada]);
    record['run'] = 'r1';
    expect(scopes.pairsOf(record)).toHaveLength(2);
  });

  it('come with those that are charged beside them, each once', () => {
    const scopes = new KnownScopes([ada]);
    const pairs = scopes.pairsOf({ run: 'r1' });
    expect(pairs).toEqual([{ kind: 'run', id: 'r1' }, ada]);
    expect(scopes.pairsOf({ run: 'r1', user: 'ada' })).toBe(pairs);
    expect(scopes.pairsOf({})).toEqual([ada]);
  });

  it('are refused without a name', () => {
    expect(() => new KnownScopes().pairsOf({ user: '' })).toThrow(InvalidOptionError);
  });
});
