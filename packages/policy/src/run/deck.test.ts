import { createRandom } from '@tollgate/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deck } from './deck.ts';

/** Draws in steps of these sizes. */
function draw(deck: Deck, steps: readonly number[]): number[] {
  return steps.flatMap((count) => {
    const rows = deck.next(count);
    deck.drawn += rows.length;
    return [...rows];
  });
}

describe('Deck', () => {
  it('keeps the order of the table where there is no chance', () => {
    expect(draw(new Deck({ first: 10, count: 4 }, undefined), [1, 2, 5])).toEqual([10, 11, 12, 13]);
    expect(new Deck({ first: 0, count: 0 }, undefined).next(3)).toEqual([]);
  });

  it('draws every sample once, in an order that does not depend on the steps', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 30 }),
        fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 12 }),
        fc.integer(),
        (count, steps, seed) => {
          const range = { first: 100, count };
          const whole = draw(new Deck(range, createRandom(seed)), [count]);
          expect([...whole].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => 100 + i));
          const total = steps.reduce((sum, step) => sum + step, 0);
          expect(draw(new Deck(range, createRandom(seed)), steps)).toEqual(whole.slice(0, total));
        },
      ),
      { seed: 2 },
    );
  });

  it('looks ahead without drawing', () => {
    const deck = new Deck({ first: 0, count: 5 }, createRandom(1));
    expect(deck.next(3)).toEqual(deck.next(3));
    expect(deck.drawn).toBe(0);
  });

  it('gives every order the same chance', () => {
    const random = createRandom(5);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i += 1) {
      const order = new Deck({ first: 0, count: 3 }, random.fork(String(i))).next(3).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    // 1,000 each; five standard deviations are 144.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(144);
  });
});
