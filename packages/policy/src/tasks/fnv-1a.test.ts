import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fnv1a } from './fnv-1a.ts';

describe('fnv1a', () => {
  it.each([
    ['', 'cbf29ce484222325'],
    ['a', 'af63dc4c8601ec8c'],
    ['foobar', '85944171f73967e8'],
  ])('gives the published value of %j', (text, expected) => {
    expect(fnv1a(text)).toBe(expected);
  });

  it('equals the definition in 64-bit whole numbers', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        let hash = 0xcbf29ce484222325n;
        for (const byte of new TextEncoder().encode(text))
          hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
        expect(fnv1a(text)).toBe(hash.toString(16).padStart(16, '0'));
      }),
    );
  });
});
