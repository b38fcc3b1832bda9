import { expect, it } from 'vitest';
import { absorb, advance } from './sfc32.ts';

const KEY = Int32Array.of(1, 2, 3, 4);

// Computed by a separate implementation in Python integers.
it('draws the sfc32 sequence', () => {
  const words = Int32Array.from(KEY);
  const outputs = Array.from({ length: 6 }, () => advance(words) >>> 0);
  expect(outputs).toEqual([7, 34, 56623200, 188882296, 3431242869, 399395954]);
  expect([...words].map((word) => word >>> 0)).toEqual([1394743453, 3685998991, 1926089571, 10]);
});

it('absorbs without touching the key', () => {
  absorb(KEY, 'text');
  expect([...KEY]).toEqual([1, 2, 3, 4]);
});

it('gives no two texts overlapping streams, not even by trailing zero characters', () => {
  const seen = new Set<string>();
  const texts = ['', '\0', '\0\0', 'a', 'a\0', 'a\0\0', 'ab', 'ba', '\uD800'];
  for (const text of texts) {
    const words = absorb(KEY, text);
    for (let draw = 0; draw < 100; draw += 1) {
      seen.add(words.join());
      advance(words);
    }
  }
  expect(seen.size).toBe(texts.length * 100);
});

it('flips about half of the 128 bits when one character changes by one bit', () => {
  const base = absorb(KEY, 'task-12');
  const changed = absorb(KEY, 'task-13');
  let flipped = 0;
  for (const [i, word] of base.entries()) {
    for (let bits = (word ^ (changed[i] ?? 0)) >>> 0; bits > 0; bits = Math.floor(bits / 2)) flipped += bits % 2;
  }
  expect(flipped).toBeGreaterThan(40);
  expect(flipped).toBeLessThan(88);
});
