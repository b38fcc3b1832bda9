import { describe, expect, it } from 'vitest';
import { candidate } from '../__fixtures__/candidate.ts';
import { sourceCode } from './source-code.ts';

describe('sourceCode', () => {
  const answerKey = sourceCode({ language: 'python' });
  const answer = (code: string): string | undefined => answerKey.key(candidate(`So:\n\`\`\`python\n${code}\n\`\`\``));

  it('gives one key to programs that differ in comments and blank lines, and others to others', () => {
    expect(answerKey.name).toBe('source-code');
    expect(answer('def f():\n\n    return 1  # one')).toBe(answer('# f\ndef f():\n    return 1'));
    expect(answer('def f():\n    return 1')).not.toBe(answer('def f():\n    return 2'));
    expect(answer('a = "# 1"')).not.toBe(answer('a = "# 2"'));
  });

  it('gives none to an answer without code', () => {
    expect(answerKey.key(candidate('I do not know.'))).toBeUndefined();
  });

  it('gives none to a program of nothing but comments', () => {
    expect(answer('# nothing')).toBeUndefined();
  });
});
