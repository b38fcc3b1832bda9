import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Box, placeLabels } from './place-labels.ts';

const bounds: Box = { x: 0, y: 0, width: 600, height: 400 };
const label = fc.record({
  x: fc.integer({ min: 0, max: 600 }),
  y: fc.integer({ min: 0, max: 400 }),
  width: fc.integer({ min: 10, max: 160 }),
  height: fc.constant(16),
});
const dotAt = ({ x, y }: { readonly x: number; readonly y: number }) =>
  ({ kind: 'solid', x: x - 5, y: y - 5, width: 10, height: 10 }) as const;
const meet = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

describe('placeLabels', () => {
  it('puts a lone label beside its point, to the right', () => {
    const [placed] = placeLabels([{ x: 100, y: 100, width: 50, height: 16 }], { obstacles: [], bounds });
    expect(placed).toEqual({ box: { x: 109, y: 92, width: 50, height: 16 }, free: true });
  });

  it('turns to the left at the right edge', () => {
    const [placed] = placeLabels([{ x: 590, y: 100, width: 50, height: 16 }], { obstacles: [], bounds });
    expect(placed?.box.x).toBeLessThan(590 - 50);
    expect(placed?.free).toBe(true);
  });

  it('separates the labels of points that lie on one another', () => {
    const same = { x: 300, y: 200, width: 80, height: 16 };
    const [a, b, c] = placeLabels([same, same, same], { obstacles: [dotAt(same)], bounds });
    expect([a?.free, b?.free, c?.free]).toEqual([true, true, true]);
  });

  it('says so where there is no room', () => {
    const tight: Box = { x: 0, y: 0, width: 60, height: 20 };
    const placed = placeLabels(
      [0, 1].map(() => ({ x: 30, y: 10, width: 50, height: 16 })),
      { obstacles: [], bounds: tight },
    );
    expect(placed.map(({ free }) => free)).toContain(false);
  });

  it('never calls a label free that leaves the bounds or covers another label or a dot; the same input, the same places', () => {
    fc.assert(
      fc.property(fc.array(label, { maxLength: 25 }), (labels) => {
        const obstacles = labels.map(dotAt);
        const placed = placeLabels(labels, { obstacles, bounds });
        expect(placeLabels(labels, { obstacles, bounds })).toEqual(placed);
        for (const [i, { box, free }] of placed.entries()) {
          const covered = [...obstacles, ...placed.filter((_, j) => j !== i).map((other) => other.box)];
          const inside = box.x >= 0 && box.y >= 0 && box.x + box.width <= 600 && box.y + box.height <= 400;
          if (free) expect(inside && !covered.some((other) => meet(box, other))).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });
});
