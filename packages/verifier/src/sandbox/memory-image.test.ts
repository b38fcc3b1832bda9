import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryImage } from './memory-image.ts';

const pageBytes = 65_536;

describe('MemoryImage', () => {
  it('puts back what there was, whatever was written in between, and zeros where the memory has grown', () => {
    const place = fc.nat(6 * pageBytes - 1);
    const writes = fc.array(fc.tuple(place, fc.integer({ min: 0, max: 255 })), { maxLength: 8 });
    fc.assert(
      fc.property(writes, writes, fc.nat(2), (before, after, grownBy) => {
        const memory = new Uint8Array(6 * pageBytes);
        for (const [at, byte] of before) memory[at] = byte;
        const kept = memory.slice();
        const image = new MemoryImage(memory);
        const grown = new Uint8Array((6 + grownBy) * pageBytes).fill(7);
        grown.set(memory);
        for (const [at, byte] of after) grown[at] = byte;
        image.restore(grown);
        expect(Buffer.compare(grown.subarray(0, kept.length), kept)).toBe(0);
        expect(grown.subarray(kept.length).every((byte) => byte === 0)).toBe(true);
      }),
      { seed: 6, numRuns: 30 },
    );
  });

  it('may be put back again and again', () => {
    const memory = new Uint8Array(pageBytes).fill(1, 10, 20);
    const image = new MemoryImage(memory);
    for (let i = 0; i < 3; i += 1) {
      memory.fill(9);
      image.restore(memory);
      expect(memory.reduce((sum, byte) => sum + byte, 0)).toBe(10);
    }
  });
});
