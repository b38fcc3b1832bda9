const closings: Readonly<Record<string, string>> = { '(': ')]', '[': '])', '{': '}' };

/** What is between brackets that hold all of a text. */
export function insideBrackets(text: string): { readonly brackets: string; readonly inside: string } | undefined {
  const [opening = '', closing = ''] = [text[0], text.at(-1)];
  if (closings[opening]?.includes(closing) !== true || text.length < 2) return undefined;
  const inside = text.slice(1, -1);
  // "(1, 2), (3, 4)" begins and ends with brackets too.
  return lowestDepth(inside) < 0 ? undefined : { brackets: opening + closing, inside };
}

function lowestDepth(text: string): number {
  let [depth, lowest] = [0, 0];
  for (const character of text) {
    if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) depth -= 1;
    lowest = Math.min(lowest, depth);
  }
  return lowest;
}

/** Splits where a separator stands outside all brackets. */
export function splitOutside(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let [depth, start] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) depth = Math.max(0, depth - 1);
    else if (character === separator && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}
