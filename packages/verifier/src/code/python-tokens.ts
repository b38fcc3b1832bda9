import type { SourceToken } from './source-token.ts';

const pattern =
  /(?<string>"""(?:\\[^]|(?!""")[^\\])*(?:"""|$)|'''(?:\\[^]|(?!''')[^\\])*(?:'''|$)|"(?:\\[^]|[^"\\\n])*"?|'(?:\\[^]|[^'\\\n])*'?)|(?<comment>#[^\n]*)|(?<newline>\n)|(?<code>[^"'#\n]+)/g;

/** The pieces of a Python program. Line ends are `\n`. Text in which a string does not end comes out whole all the same. */
export function pythonTokens(source: string): readonly SourceToken[] {
  return Array.from(source.matchAll(pattern), ({ 0: text, groups = {} }): SourceToken => {
    const kind = groups['string'] !== undefined ? 'string' : groups['comment'] !== undefined ? 'comment' : undefined;
    return { kind: kind ?? (groups['newline'] === undefined ? 'code' : 'newline'), text };
  });
}
