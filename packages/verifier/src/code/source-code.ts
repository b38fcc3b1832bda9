import { type AnswerKey, textOf } from '@tollgate/sdk';
import type { CodeLanguage } from '../sandbox/sandbox.ts';
import { extractCode } from './extract-code.ts';
import { normaliseSource } from './normalise-source.ts';

/**
 * Two answers are the same when their programs are, but for comments, blank lines and white space at ends of lines. For votes
 * and for running each program once. Undefined where an answer holds no code.
 *
 * @example
 * const model = majorityVote(small, { answer: sourceCode({ language: 'python' }), samples: 8 });
 */
export function sourceCode({ language }: { readonly language: CodeLanguage }): AnswerKey {
  return {
    name: 'source-code',
    key: (candidate) => {
      const code = extractCode(textOf(candidate), language);
      return code === undefined ? undefined : normaliseSource(code, language) || undefined;
    },
  };
}
