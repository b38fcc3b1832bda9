import type { CodeLanguage } from '../sandbox/sandbox.ts';

/** A fenced block of Markdown. */
interface Block {
  /** The first word after the fence, in lower case. */
  readonly tag: string;
  readonly text: string;
  /** Its closing fence is there. */
  readonly isComplete: boolean;
}

const tags: Readonly<Record<CodeLanguage, readonly string[]>> = {
  python: ['python', 'py', 'python3', 'py3'],
  javascript: ['javascript', 'js', 'mjs', 'cjs', 'node', 'typescript', 'ts', 'mts'],
};

/** Lines that occur in programs and hardly in prose. */
const looks: Readonly<Record<CodeLanguage, RegExp>> = {
  python:
    /^(?:from\s+[\w.]+\s+import\s|import\s+[\w.]+(?:\s+as\s+\w+)?\s*$|(?:async\s+)?def\s+\w+\s*\(|class\s+\w+\s*[:(]|assert\s|print\()/m,
  javascript:
    /^\s*(?:export\s+(?:default\s+)?)?(?:(?:async\s+)?function\b[^(\n]*\(|(?:const|let|var)\s+[\w$[{][^=\n]*=|class\s+\w+[^{\n]*\{)|^import\s[^;\n]*\sfrom\s/m,
};

/**
 * The program in a model's answer: the last fenced block that is of the language, else the last that names none, else the
 * last; a closed block before one that was cut. Without a block the whole text, if it looks like code; else undefined.
 *
 * Of `javascript` are TypeScript blocks too.
 *
 * @example
 * extractCode('So:\n```python\ndef one():\n    return 1\n```\nDone.', 'python'); // 'def one():\n    return 1'
 */
export function extractCode(text: string, language: CodeLanguage): string | undefined {
  let best: Block | undefined;
  for (const block of blocksIn(text)) {
    if (best === undefined || rank(block, language) >= rank(best, language)) best = block;
  }
  const code = (best?.text ?? (looks[language].test(text) ? text : '')).trimEnd();
  return code === '' ? undefined : code;
}

function rank({ tag, isComplete }: Block, language: CodeLanguage): number {
  return (tags[language].includes(tag) ? 4 : tag === '' ? 2 : 0) + (isComplete ? 1 : 0);
}

function blocksIn(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let open:
    | { readonly tag: string; readonly indent: number; readonly close: RegExp; readonly lines: string[] }
    | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (open === undefined) {
      const [, indent = '', fence, tag = ''] = /^([ \t]*)(`{3,}|~{3,})[ \t]*([^\s`]*)[^`]*$/.exec(line) ?? [];
      if (fence === undefined) continue;
      const close = new RegExp(`^[ \\t]*${fence[0]}{${fence.length},}[ \\t]*$`);
      open = { tag: tag.toLowerCase(), indent: indent.length, close, lines: [] };
    } else if (open.close.test(line)) {
      blocks.push({ tag: open.tag, text: open.lines.join('\n'), isComplete: true });
      open = undefined;
    } else {
      // A block in a list stands as far to the right as its fence.
      open.lines.push(line.replace(new RegExp(`^[ \\t]{0,${open.indent}}`), ''));
    }
  }
  if (open !== undefined) blocks.push({ tag: open.tag, text: open.lines.join('\n'), isComplete: false });
  return blocks;
}
