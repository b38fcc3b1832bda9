import { canonicalJson } from '../../wire/canonical-json.ts';

/** Fails with these words where the condition does not hold. The suite brings its own: it runs under any test framework. */
export function holds(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(what);
}

/** Fails where two values are not the same as JSON. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [one, other] = [canonicalJson(actual), canonicalJson(expected)];
  if (one !== other) throw new Error(`${what}: expected ${other}, received ${one}`);
}

/** What a promise fails with. Fails itself where the promise does not. */
export async function failureOf(promise: Promise<unknown>, what: string): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`${what}: expected an error, and there was none`);
}
