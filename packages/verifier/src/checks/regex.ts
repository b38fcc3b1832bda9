import { InvalidOptionError } from '@tollgate/sdk';

/** Longer patterns and texts make matching times that nobody can foresee. */
const maxPatternCharacters = 1000;
const maxTextCharacters = 100_000;

/** A compiled pattern: the matched part of a text, or undefined. */
export type PatternMatcher = (text: string) => string | undefined;

/**
 * A matcher for a pattern written by a user.
 *
 * Only the last 100,000 characters of a text are searched. The pattern itself is trusted: nested repetitions such as
 * `(a+)+` can still take very long on a text that almost matches, so never take a pattern from a model.
 *
 * @param flags Out of `imsu`, each once. Default none.
 * @throws InvalidOptionError when the pattern does not compile, has more than 1,000 characters, or a flag is not allowed.
 *
 * @example
 * matchPattern('^\\d{4}$', 'm')('Year:\n1969'); // '1969'
 */
export function matchPattern(pattern: string, flags = ''): PatternMatcher {
  if (!/^[imsu]*$/.test(flags) || new Set(flags).size !== flags.length) {
    throw new InvalidOptionError('flags', `flags must be out of "imsu", each once, received ${JSON.stringify(flags)}.`);
  }
  if (pattern.length > maxPatternCharacters) {
    throw new InvalidOptionError(
      'answer',
      `A regular expression may have ${maxPatternCharacters} characters, received ${pattern.length}. Split it into several tasks.`,
    );
  }
  const expression = compile(pattern, flags);
  return (text) => expression.exec(text.length > maxTextCharacters ? text.slice(-maxTextCharacters) : text)?.[0];
}

function compile(pattern: string, flags: string): RegExp {
  try {
    return new RegExp(pattern, flags);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InvalidOptionError(
      'answer',
      `answer must be a regular expression, received ${JSON.stringify(pattern)}: ${why}.`,
    );
  }
}
