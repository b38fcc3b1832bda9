import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { javascriptTokens } from './javascript-tokens.ts';
import { normaliseSource } from './normalise-source.ts';
import { pythonTokens } from './python-tokens.ts';

describe('normaliseSource', () => {
  it.each([
    ['comments and blank lines', '# one\n\ndef f():  # two\n\n    return 1   \n', 'def f():\n    return 1'],
    ['line ends', 'a = 1\r\nb = 2\rc = 3', 'a = 1\nb = 2\nc = 3'],
    ['no marks of comments in strings', 'a = "# no"  # yes\nb = \'#\'', 'a = "# no"\nb = \'#\''],
    ['no blank lines in strings', 'a = """\n\n  # text  \n"""\n\nb = 1', 'a = """\n\n  # text  \n"""\nb = 1'],
    ['escaped quotes', "a = 'it\\'s # here'  # gone", "a = 'it\\'s # here'"],
    ['quotes in longer quotes', 'a = """a "b" # c"""  # gone', 'a = """a "b" # c"""'],
    ['blank lines in brackets', 'a = [\n  1,\n\n  # two\n  2,\n]', 'a = [\n  1,\n  2,\n]'],
    ['a string that does not end', 'a = "x\nb = 1  # gone', 'a = "x\nb = 1'],
    ['a long string that does not end', 'a = """x\n# kept', 'a = """x\n# kept'],
    ['nothing', '\n# only this\n', ''],
  ])('Python: %s', (_, source, expected) => {
    expect(normaliseSource(source, 'python')).toBe(expected);
  });

  it.each([
    [
      'comments and blank lines',
      '// one\n\nfunction f() { // two\n\n  return 1; /* three */\n}\n',
      'function f() {\n  return 1;\n}',
    ],
    ['no marks of comments in strings', 'a = \'// no\'; // yes\nb = "/*";', 'a = \'// no\';\nb = "/*";'],
    ['no blank lines in templates', 'a = `\n\n// text  \n`; // gone', 'a = `\n\n// text  \n`;'],
    [
      'values in templates',
      'a = `${b /* gone */}/* kept */${ { c: `// ${d}` }.c }`;',
      'a = `${b }/* kept */${ { c: `// ${d}` }.c }`;',
    ],
    ['regular expressions', 'a = /[/]\\/\\/ "/g; // gone', 'a = /[/]\\/\\/ "/g;'],
    ['regular expressions after words', 'return /\\/*"/.test(a) // gone', 'return /\\/*"/.test(a)'],
    ['divisions', 'a = b / c; // gone\nd = (e) / f[0] / g; // gone', 'a = b / c;\nd = (e) / f[0] / g;'],
    ['a comment as a separator', 'a/**/b', 'a b'],
    ['a comment of several lines as a line end', 'return/*\n*/1', 'return\n1'],
    ['a comment that does not end', 'a; /* b\nc', 'a;'],
    ['a template that does not end', 'a = `b // c', 'a = `b // c'],
    ['a lone brace', 'a } b // gone', 'a } b'],
  ])('JavaScript: %s', (_, source, expected) => {
    expect(normaliseSource(source, 'javascript')).toBe(expected);
  });

  const source = fc
    .array(
      fc.constantFrom('"', "'", '"""', '`', '${', '}', '{', '#', '//', '/*', '*/', '/', '\\', '\n', ' ', 'a', '(', ')'),
      {
        maxLength: 30,
      },
    )
    .map((parts) => parts.join(''));

  it.each(['python', 'javascript'] as const)('changes nothing when it is done again (%s)', (language) => {
    fc.assert(
      fc.property(source, (text) => {
        const once = normaliseSource(text, language);
        expect(normaliseSource(once, language)).toBe(once);
      }),
      { seed: 6, numRuns: 500 },
    );
  });

  it.each([
    ['python', pythonTokens],
    ['javascript', javascriptTokens],
  ] as const)('is built of pieces that make up the text (%s)', (_, tokensOf) => {
    fc.assert(
      fc.property(source, (text) => {
        expect(
          tokensOf(text)
            .map((token) => token.text)
            .join(''),
        ).toBe(text);
      }),
      { seed: 6, numRuns: 500 },
    );
  });
});
