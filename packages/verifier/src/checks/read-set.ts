import { fingerprintKey, fingerprintOf } from './algebra/fingerprint.ts';
import { joinThousands, tidyMath, unwrapWords } from './algebra/tidy-math.ts';
import { insideBrackets, splitOutside } from './brackets.ts';
import { normalizeText } from './free-text.ts';
import { distinct, type SetMember } from './set-member.ts';

/** Longer lists are no answers. */
const maxCharacters = 5000;
const maxDepth = 10;

const layout = /\\(?:left|right|bigg?[lr]?|Bigg?[lr]?|,|;|:|!|q?quad)(?![a-zA-Z])|\$/g;
const between = /\s(?:and|or)\s|\\(?:text|mbox)\s?\{[\s,]*(?:and|or)\s*\}|\\(?:cup|lor|land)(?![a-zA-Z])|[;∪]/gi;
const leadingName = /^\s*[^=∈]{0,60}?(?:=|∈|\\in(?![a-zA-Z]))\s*(?=[([{]|\\begin)/;
const assignment = /^\s*(\p{L}(?:_\w)?)\s*=\s*([^=]+)$/u;
const matrix = /^\\begin\s?\{([pbvBV]?matrix|array)\}(?:\s?\{[lcr|\s]*\})?([^]*)\\end\s?\{\1\}$/;
const plusMinus = /\\pm|±/;
const infinity = /^\s*([-+−]?)\s*(?:\\infty|∞|infinity)\s*$/i;
const noMembers = /^\s*(?:\\emptyset|\\varnothing|∅|\{\s*\})\s*$/;
const plainWords = /^[\p{L}\p{N}\s.'’"*_!?-]*$/u;

/**
 * Reads a list of answers as the set of them. Commas, semicolons, "and", "or" and ∪ separate; braces around all of it are
 * dropped, and so are square brackets, unless they hold two, which is an interval. Undefined where there is nothing.
 */
export function readSet(text: string): Extract<SetMember, { kind: 'set' }> | undefined {
  if (text.length > maxCharacters) return undefined;
  const plain = joinThousands(text, '')
    .replace(layout, ' ')
    .replace(/\\(?=[{}])/g, '')
    .replace(between, ',');
  if (noMembers.test(plain)) return { kind: 'set', members: [] };
  const members = membersOf(plain, 0);
  const [only] = members;
  if (only?.kind === 'set' && members.length === 1) return only;
  return members.length === 0 ? undefined : { kind: 'set', members: distinct(members) };
}

function membersOf(text: string, depth: number): readonly SetMember[] {
  const parts = splitOutside(text, ',').map((part) => ({ part, assigned: assignment.exec(part) }));
  const names = new Set(parts.flatMap(({ assigned }) => assigned?.[1] ?? []));
  return parts.flatMap(({ part, assigned }) => {
    const [, name = '', value = ''] = assigned ?? [];
    // "x = 1, y = 2" is not "x = 2, y = 1"; of "x = 1, x = 2" the name says nothing.
    if (names.size < 2 || name === '') return memberOf(part, depth);
    return memberOf(value, depth).map((member) => list('()', [{ kind: 'single', key: name }, member]));
  });
}

function memberOf(text: string, depth: number): readonly SetMember[] {
  const part = text.replace(leadingName, '').replace(/^[\s*"'`]+|[\s.:*"'`]+$/g, '');
  if (part === '' || depth > maxDepth) return [];
  const bracketed = insideBrackets(part);
  const inside = bracketed === undefined ? [] : membersOf(bracketed.inside, depth + 1);
  if (bracketed?.brackets === '{}' || (bracketed?.brackets === '[]' && inside.length !== 2)) {
    return [{ kind: 'set', members: distinct(inside) }];
  }
  if (plusMinus.test(part)) {
    const upper = part.replace(/\\pm|±/g, '+').replace(/\\mp|∓/g, '-');
    const lower = part.replace(/\\pm|±/g, '-').replace(/\\mp|∓/g, '+');
    return [...memberOf(upper, depth + 1), ...memberOf(lower, depth + 1)];
  }
  if (bracketed !== undefined && inside.length > 1) return [list(bracketed.brackets, inside)];
  const grid = matrix.exec(part)?.[2];
  return [grid === undefined ? singleOf(part) : matrixOf(grid, depth)];
}

/** A matrix is a list of rows, which are lists. */
function matrixOf(grid: string, depth: number): SetMember {
  const row = (text: string): SetMember =>
    list(
      '[]',
      splitOutside(text, '&').flatMap((entry) => memberOf(entry, depth + 1)),
    );
  return list('[]', grid.split('\\\\').map(row));
}

function singleOf(part: string): SetMember {
  const [, sign] = infinity.exec(part) ?? [];
  if (sign !== undefined) return { kind: 'single', key: `${sign === '' || sign === '+' ? '' : '-'}∞` };
  const fingerprint = isWord(part) ? undefined : fingerprintOf(part);
  if (fingerprint !== undefined) return { kind: 'single', key: fingerprintKey(fingerprint), fingerprint };
  const words = unwrapWords(part);
  // Signs that normalising would drop make a difference: "x < 2" is not "x > 2".
  return { kind: 'single', key: plainWords.test(words) ? normalizeText(words) : tidyMath(words).replace(/\s+/g, '') };
}

/** Three letters in a row that name no function. */
function isWord(text: string): boolean {
  return /(?<![\\\p{L}])(?!sqrt|arc|sin|cos|tan|cot|sec|csc|exp|log|abs)\p{L}{3,}/u.test(text);
}

function list(brackets: string, members: readonly SetMember[]): SetMember {
  return { kind: 'list', brackets, members };
}
