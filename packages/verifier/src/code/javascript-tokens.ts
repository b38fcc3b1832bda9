import type { SourceToken } from './source-token.ts';

const plain =
  /(?<string>"(?:\\[^]|[^"\\\n])*"?|'(?:\\[^]|[^'\\\n])*'?)|(?<comment>\/\/[^\n]*|\/\*[^]*?(?:\*\/|$))|(?<newline>\n)|(?<code>[^"'`/\n{}]+)/y;
const regularExpression = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/\w*/y;
/** Up to the end of a template, or to a value inside of it. */
const templatePart = /(?:\\[^]|\$(?!\{)|[^`\\$])*(?:`|\$\{|$)/y;
/** After these a slash divides; after all else it begins a regular expression. */
const endsValue = /(?:[\w$)\]}"'`])$/;
const keyword = /(?:^|[^\w$.])(?:return|typeof|case|in|of|delete|void|throw|new|else|do|instanceof|yield|await)$/;

/** The pieces of a JavaScript or TypeScript program. Line ends are `\n`. Templates are strings, and values inside of them code. */
export function javascriptTokens(source: string): readonly SourceToken[] {
  const tokens: SourceToken[] = [];
  /** How many braces are open in each template value that is open. */
  const values: number[] = [];
  let before = '';
  let at = 0;
  const take = (kind: SourceToken['kind'], text: string): void => {
    at += text.length;
    tokens.push({ kind, text });
    if (kind === 'code' || kind === 'string') before = (before + text).trimEnd().slice(-20) || before;
  };
  const takeTemplate = (opening: string): void => {
    const rest = matchAt(templatePart, source, at + opening.length)?.[0] ?? '';
    take('string', opening + rest);
    if (rest.endsWith('${')) values.push(0);
  };
  while (at < source.length) {
    const match = matchAt(plain, source, at);
    const [kind] = Object.entries(match?.groups ?? {}).find(([, text]) => text !== undefined) ?? [];
    const character = source[at] ?? '';
    const depth = values.at(-1);
    if (match !== undefined) {
      take(kind as SourceToken['kind'], match[0]);
    } else if (character === '`') {
      takeTemplate('`');
    } else if (character === '}' && depth === 0) {
      values.pop();
      takeTemplate('}');
    } else if (character === '/' && (!endsValue.test(before) || keyword.test(before))) {
      take('string', matchAt(regularExpression, source, at)?.[0] ?? '/');
    } else {
      if (depth !== undefined && character !== '/') values[values.length - 1] = depth + (character === '{' ? 1 : -1);
      take('code', character);
    }
  }
  return tokens;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
