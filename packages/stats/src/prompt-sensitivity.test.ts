import fc from 'fast-check';
import { expect, it } from 'vitest';
import { promptSensitivity } from './prompt-sensitivity.ts';

it.each([
  [
    [
      [-0.1, -2],
      [-0.3, -1.5],
    ],
    0.35,
  ],
  [
    [
      [-1, -1],
      [-1, -1],
    ],
    0,
  ],
  [
    [
      [-1, -2, -3],
      [-2, -2, -5],
      [-1, -4, -3],
    ],
    5 / 6,
  ],
])('of %j is %d', (logprobs, expected) => {
  expect(promptSensitivity(logprobs)).toBeCloseTo(expected, 12);
});

it('is 0 exactly where every prompt gives each answer one probability, and does not depend on their order (property)', () => {
  const row = fc.array(fc.double({ min: -50, max: 0, noNaN: true }), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(fc.tuple(row, row, row), (logprobs) => {
      const sensitivity = promptSensitivity(logprobs);
      const [same] = logprobs;
      expect(promptSensitivity([same, same, same])).toBe(0);
      expect(promptSensitivity([...logprobs].reverse().map((each) => [...each].reverse()))).toBeCloseTo(
        sensitivity,
        10,
      );
      expect(sensitivity).toBeGreaterThanOrEqual(0);
    }),
    { seed: 1 },
  );
});

it.each([
  [[[0]], 'logprobs.length must be at least 2, received 1.'],
  [[[0, 0], [0]], 'logprobs[1].length must be 2, one for each prompt, received 1.'],
  [
    [
      [0, -Infinity],
      [0, 0],
    ],
    'logprobs[0][1] must be finite, received -Infinity.',
  ],
])('rejects %j', (logprobs, message) => {
  expect(() => promptSensitivity(logprobs)).toThrow(new RangeError(message));
});
