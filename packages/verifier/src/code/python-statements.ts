import { pythonTokens } from './python-tokens.ts';

/** A statement with all that is indented below it, and further clauses of it. */
export interface PythonStatement {
  /** As it is written, without a last line end. */
  readonly text: string;
  /** Its logical lines, the first one first, without indentation and comments. */
  readonly lines: readonly string[];
  readonly indent: number;
}

interface LogicalLine {
  readonly text: string;
  readonly indent: number;
  readonly code: string;
}

/** The statements of a block that stand furthest to the left, in order. Blank and comment lines are left out. */
export function pythonStatements(source: string): readonly PythonStatement[] {
  const statements: { text: string; readonly lines: string[]; readonly indent: number }[] = [];
  for (const { text, indent, code } of logicalLines(source.replaceAll(/\r\n?/g, '\n'))) {
    const last = statements.at(-1);
    const goesOn =
      last !== undefined &&
      (indent > last.indent ||
        /^(?:else|elif|except|finally)\b/.test(code) ||
        last.lines.every((line) => line.startsWith('@')));
    if (!goesOn) {
      statements.push({ text, lines: [code], indent });
      continue;
    }
    last.text += `\n${text}`;
    last.lines.push(code);
  }
  return statements;
}

function logicalLines(source: string): readonly LogicalLine[] {
  const lines: LogicalLine[] = [];
  let text = '';
  let code = '';
  let depth = 0;
  const end = (): void => {
    if (code.trim() !== '') lines.push({ text, indent: /^\s*/.exec(text)?.[0].length ?? 0, code: code.trim() });
    text = '';
    code = '';
  };
  for (const token of pythonTokens(source)) {
    if (token.kind === 'newline' && depth <= 0 && !code.endsWith('\\')) {
      end();
      continue;
    }
    text += token.text;
    if (token.kind === 'comment') continue;
    code += token.text;
    if (token.kind === 'code') depth += count(token.text, /[([{]/g) - count(token.text, /[)\]}]/g);
  }
  end();
  return lines;
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
