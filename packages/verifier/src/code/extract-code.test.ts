import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extractCode } from './extract-code.ts';

const fenced = (tag: string, code: string): string => `\`\`\`${tag}\n${code}\n\`\`\``;

describe('extractCode', () => {
  it.each([
    ['the one block', `Here:\n${fenced('python', 'a = 1')}\nDone.`, 'a = 1'],
    ['the last of several', `${fenced('python', 'a = 1')}\nbetter:\n${fenced('py', 'a = 2')}`, 'a = 2'],
    ['the language before a later other', `${fenced('Python', 'a = 1')}\n${fenced('bash', 'python a.py')}`, 'a = 1'],
    ['an unnamed one before one of another language', `${fenced('', 'a = 1')}\n${fenced('text', 'out')}`, 'a = 1'],
    ['one of another language where there is no better', fenced('text', 'a = 1'), 'a = 1'],
    ['a closed one before a cut one', `${fenced('python', 'a = 1')}\n\`\`\`python\na =`, 'a = 1'],
    ['a cut one where it is the only one', 'So:\n```python\ndef f():\n    return 1\n', 'def f():\n    return 1'],
    ['a cut one of the language before a closed other', `${fenced('sh', 'ls')}\n\`\`\`python\na = 1`, 'a = 1'],
    ['one in a list, moved to the left', '1. So:\n   ```python\n   if a:\n       b()\n   ```', 'if a:\n    b()'],
    ['one with tildes', '~~~python\na = "```"\n~~~', 'a = "```"'],
    ['one whose longer fence holds a shorter one', '````python\n"""\n```\n"""\n````', '"""\n```\n"""'],
    ['one with words after the tag', '```python title="a.py"\na = 1\n```', 'a = 1'],
    ['one with line ends of Windows', '```python\r\na = 1\r\nb = 2\r\n```\r\n', 'a = 1\nb = 2'],
    [
      'the whole text that looks like code',
      'import os\n\ndef f():\n    return 1\n',
      'import os\n\ndef f():\n    return 1',
    ],
    ['nothing of prose', 'I would import a list and print it.', undefined],
    ['nothing of an empty block', fenced('python', '  '), undefined],
    ['nothing of nothing', '', undefined],
  ])('takes %s', (_, text, code) => {
    expect(extractCode(text, 'python')).toBe(code);
  });

  it.each([
    [fenced('ts', 'const a: number = 1;'), 'const a: number = 1;'],
    [fenced('JavaScript', 'a()'), 'a()'],
    ['export default function f() {}', 'export default function f() {}'],
    ['const add = (a, b) => a + b;', 'const add = (a, b) => a + b;'],
    ['Let us see: the class is full, and the function of it is unclear.', undefined],
  ])('takes TypeScript for JavaScript: %j', (text, code) => {
    expect(extractCode(text, 'javascript')).toBe(code);
  });

  it('gives back any code that was fenced', () => {
    const line = fc.string({ unit: 'grapheme-ascii', maxLength: 20 }).filter((each) => !/^\s*(`{3,}|~{3,})/.test(each));
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), (lines) => {
        const code = `x${lines.join('\n')}`.replaceAll(/\r/g, '').trimEnd();
        expect(extractCode(`Prose.\n${fenced('python', code)}\nProse.`, 'python')).toBe(code);
      }),
      { seed: 6 },
    );
  });
});
