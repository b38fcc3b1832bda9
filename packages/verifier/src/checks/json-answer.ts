import { type AnswerKey, canonicalJson, type JsonValue, textOf } from '@tollgate/sdk';
import { isCut } from './is-cut.ts';

/** What a failed attempt to parse costs, in characters looked at. */
const stepsPerParse = 1000;

/**
 * The JSON value that a text gives as its answer: all of the text, else its last fenced block that is JSON, else the longest
 * object or list in it. Undefined where there is none. Of a cut text an object or a list counts, as it shows where it ends; a
 * number or a word does not.
 *
 * @example
 * extractJson('Here it is:\n```json\n{ "city": "Paris" }\n```'); // { city: 'Paris' }
 */
export function extractJson(text: string, options: { readonly cut?: boolean } = {}): JsonValue | undefined {
  for (const read of [parsedJson, lastFenced, longestBare]) {
    const value = read(text);
    if (value === undefined) continue;
    return options.cut === true && (typeof value !== 'object' || value === null) ? undefined : value;
  }
  return undefined;
}

/**
 * JSON answers are the same when their values are equal: the order of keys, white space and fences do not count.
 *
 * @example
 * const model = vote(small, { samples: 5, answer: finalJson() });
 */
export function finalJson(): AnswerKey {
  return {
    name: 'final-json',
    key: (candidate) => {
      const value = extractJson(textOf(candidate), { cut: isCut(candidate) });
      try {
        return value === undefined ? undefined : canonicalJson(value);
      } catch {
        // Nested deeper than the stack.
        return undefined;
      }
    },
  };
}

function parsedJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function lastFenced(text: string): JsonValue | undefined {
  let found: JsonValue | undefined;
  let block: string[] | undefined;
  for (const line of text.split('\n')) {
    if (!line.trimStart().startsWith('```')) block?.push(line);
    else if (block === undefined) block = [];
    else {
      const value = parsedJson(block.join('\n'));
      if (value !== undefined) found = value;
      block = undefined;
    }
  }
  return found;
}

function longestBare(text: string): JsonValue | undefined {
  let found: JsonValue | undefined;
  let longest = 0;
  // Brackets that nothing closes are looked at to the end of the text, so the looking is bounded as a whole.
  let steps = 4 * text.length + 100 * stepsPerParse;
  const opening = /[[{]/g;
  for (let match = opening.exec(text); match !== null && steps > 0; match = opening.exec(text)) {
    const end = balancedEnd(text, match.index);
    const length = (end ?? text.length) - match.index;
    steps -= length + stepsPerParse;
    const value = end === undefined ? undefined : parsedJson(text.slice(match.index, end));
    if (end === undefined || value === undefined) continue;
    if (length > longest) [found, longest] = [value, length];
    opening.lastIndex = end;
  }
  return found;
}

/** Where the bracket at `start` is closed; brackets in strings do not count. */
function balancedEnd(text: string, start: number): number | undefined {
  let depth = 0;
  let inString = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (inString && character === '\\') at += 1;
    else if (character === '"') inString = !inString;
    else if (inString) continue;
    else if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return undefined;
}
