import fc from 'fast-check';
import { expect, it } from 'vitest';
import { paretoFront } from './pareto-front.ts';

type Point = readonly [cost: number, value: number];
const goals = { cost: (point: Point) => point[0], value: (point: Point) => point[1] };

it.each<[Point[], number[]]>([
  [[], []],
  [[[2, 5]], [0]],
  [
    [
      [2, 0.9],
      [1, 0.8],
      [3, 0.9],
    ],
    [1, 0],
  ],
  [
    [
      [1, 1],
      [1, 1],
      [2, 1],
    ],
    [0, 1],
  ],
  [
    [
      [1, 1],
      [1, 2],
    ],
    [1],
  ],
  [
    [
      [3, 3],
      [2, 2],
      [1, 1],
    ],
    [2, 1, 0],
  ],
  [
    [
      [Infinity, 9],
      [1, 1],
      [Infinity, 9],
      [Infinity, 8],
    ],
    [1, 0, 2],
  ],
  [
    [
      [1, -Infinity],
      [2, -Infinity],
    ],
    [0],
  ],
])('of %j is %j', (points, expected) => {
  expect(paretoFront(points, goals)).toEqual(expected);
});

it('keeps exactly the points that none beats, for any input with ties', () => {
  const small = fc.integer({ min: 0, max: 5 });
  fc.assert(
    fc.property(fc.array(fc.tuple(small, small)), (points) => {
      const beats = (a: Point, b: Point): boolean => a[0] <= b[0] && a[1] >= b[1] && (a[0] < b[0] || a[1] > b[1]);
      const expected = points.flatMap((point, i) => (points.some((other) => beats(other, point)) ? [] : [i]));
      const front = paretoFront(points, goals);
      expect([...front].sort((a, b) => a - b)).toEqual(expected);
      const costs = front.map((i) => points[i]![0]);
      expect(costs).toEqual([...costs].sort((a, b) => a - b));
    }),
  );
});

it('rejects NaN by its place', () => {
  expect(() => paretoFront([[NaN, 1]], goals)).toThrow(
    new RangeError('cost of points[0] must be a number, received NaN.'),
  );
  expect(() => paretoFront([[1, NaN]], goals)).toThrow(
    new RangeError('value of points[0] must be a number, received NaN.'),
  );
});
