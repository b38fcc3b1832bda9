import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TraceSamples } from './trace-samples.ts';

describe('TraceSamples', () => {
  it('gives other places of a trace other samples, the same place the same one, and another trace the first', () => {
    const samples = new TraceSamples();
    expect(samples.take('q', 't1.1')).toBe(0);
    expect(samples.take('q', 't1.2')).toBe(1);
    expect(samples.take('q', 't1.1')).toBe(0);
    expect(samples.take('other', 't1.2')).toBe(0);
    expect(samples.take('q', 't2.7.3')).toBe(0);
  });

  it('a sample that was given back goes to the next one', () => {
    const samples = new TraceSamples();
    samples.take('q', 't.1');
    samples.take('q', 't.2');
    samples.release('q', 't.1');
    samples.release('q', 't.9');
    samples.release('never', 't.1');
    expect(samples.take('q', 't.3')).toBe(0);
    expect(samples.take('q', 't.4')).toBe(2);
  });

  it('remembers ten thousand requests of traces, those asked for last', () => {
    const samples = new TraceSamples();
    samples.take('q', 'old.1');
    samples.take('q', 'used.1');
    for (let i = 0; i < 9_998; i += 1) samples.take('q', `t${i}.1`);
    samples.take('q', 'used.1');
    samples.take('q', 'one-more.1');
    expect(samples.take('q', 'old.2')).toBe(0);
    expect(samples.take('q', 'used.2')).toBe(1);
  });

  it('no two places of a trace hold one sample at the same time (property)', () => {
    const step = fc.record({ place: fc.integer({ min: 1, max: 6 }), leaves: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const samples = new TraceSamples();
        const held = new Map<number, number>();
        for (const { place, leaves } of steps) {
          if (leaves) {
            samples.release('q', `t.${place}`);
            held.delete(place);
          } else held.set(place, samples.take('q', `t.${place}`));
          expect(new Set(held.values()).size).toBe(held.size);
        }
      }),
      { seed: 8 },
    );
  });
});
