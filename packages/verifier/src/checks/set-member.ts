import { type Fingerprint, fingerprintsAgree } from './algebra/fingerprint.ts';
import { numbersAgree } from './numbers-agree.ts';
import { parseRational } from './rational.ts';

/** One answer out of several: a single one, an ordered list (a tuple, an interval, a row), or a set again. */
export type SetMember =
  | { readonly kind: 'single'; readonly key: string; readonly fingerprint?: Fingerprint }
  | { readonly kind: 'list'; readonly brackets: string; readonly members: readonly SetMember[] }
  | { readonly kind: 'set'; readonly members: readonly SetMember[] };

/** Equal for equal members. */
export function memberKey(member: SetMember): string {
  switch (member.kind) {
    case 'single':
      return member.key;
    case 'list':
      return `${member.brackets[0]}${member.members.map(memberKey).join(', ')}${member.brackets[1]}`;
    case 'set':
      return `{${member.members.map(memberKey).sort(byText).join(', ')}}`;
    default:
      return member satisfies never;
  }
}

/** Whether two members are the same: numbers as `numbersAgree` compares them, formulas and texts by what they mean. */
export function membersAgree(a: SetMember, b: SetMember): boolean {
  if (memberKey(a) === memberKey(b)) return true;
  if (a.kind === 'single' && b.kind === 'single') return singlesAgree(a, b);
  if (a.kind === 'single' || b.kind === 'single') return false;
  if (a.members.length !== b.members.length) return false;
  if (a.kind === 'list' && b.kind === 'list') {
    return a.brackets === b.brackets && a.members.every((member, i) => membersAgree(member, b.members[i] ?? member));
  }
  return a.kind === b.kind && pairsUp(a.members, b.members);
}

function singlesAgree(a: Extract<SetMember, { kind: 'single' }>, b: Extract<SetMember, { kind: 'single' }>): boolean {
  if (a.fingerprint === undefined || b.fingerprint === undefined) return false;
  if (fingerprintsAgree(a.fingerprint, b.fingerprint)) return true;
  return parseRational(a.key) !== undefined && parseRational(b.key) !== undefined && numbersAgree(a.key, b.key);
}

/** Every member has a partner of its own. Equal ones go first, so that a close one cannot take their place. */
function pairsUp(members: readonly SetMember[], others: readonly SetMember[]): boolean {
  const keys = new Set(members.map(memberKey));
  const otherKeys = new Set(others.map(memberKey));
  const rest = others.filter((member) => !keys.has(memberKey(member)));
  return members
    .filter((member) => !otherKeys.has(memberKey(member)))
    .every((member) => {
      const partner = rest.findIndex((other) => membersAgree(member, other));
      if (partner !== -1) rest.splice(partner, 1);
      return partner !== -1;
    });
}

/** Members without repetitions. */
export function distinct(members: readonly SetMember[]): readonly SetMember[] {
  return [...new Map(members.map((member) => [memberKey(member), member])).values()];
}

function byText(a: string, b: string): number {
  return a < b ? -1 : 1;
}
