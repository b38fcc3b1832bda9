import type { CodeLanguage } from '../sandbox/sandbox.ts';
import { javascriptTokens } from './javascript-tokens.ts';
import { pythonTokens } from './python-tokens.ts';

const tokensOf = { javascript: javascriptTokens, python: pythonTokens };

/**
 * A program without its comments, blank lines and white space at ends of lines. Nothing inside of strings is touched, so
 * programs that come out equal do the same; docstrings stay.
 *
 * @example
 * normaliseSource('def one():  # the first\n\n    return 1\n', 'python'); // 'def one():\n    return 1'
 */
export function normaliseSource(source: string, language: CodeLanguage): string {
  const lines: string[] = [];
  let line = '';
  const endLine = (): void => {
    const kept = line.trimEnd();
    if (kept !== '') lines.push(kept);
    line = '';
  };
  for (const { kind, text } of tokensOf[language](source.replaceAll(/\r\n?/g, '\n'))) {
    if (kind === 'newline' || (kind === 'comment' && text.includes('\n'))) endLine();
    // A comment separates what stands around it.
    else if (kind === 'comment') line += /\s$/.test(line) ? '' : ' ';
    else line += text;
  }
  endLine();
  return lines.join('\n');
}
