/**
 * Builds the one error this package throws for bad input.
 *
 * Returned, not thrown, so that the text is only built when a check has failed and the compiler narrows at the `throw`.
 */
export function outOfRange(parameter: string, expectation: string, received: unknown): RangeError {
  // Text and lists as JSON; numbers as they are, because JSON turns NaN and Infinity into null.
  const shown = typeof received === 'number' ? received : JSON.stringify(received);
  return new RangeError(`${parameter} must be ${expectation}, received ${shown}.`);
}
