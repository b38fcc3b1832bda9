import { logSumExp } from '@tollgate/stats';

/** A token that could come next. */
export interface Alternative {
  readonly text: string;
  /** Natural logarithm. */
  readonly logprob: number;
}

/** How likely the two answers are. */
export interface YesNoSides {
  /** Natural logarithm of the probability of all spellings together. */
  readonly yes: number;
  readonly no: number;
  /** The side that no alternative spelled. Its number is the least that was seen: it cannot be more. */
  readonly bounded?: 'yes' | 'no';
}

/** Which answer a token spells: `Yes`, ` yes`, `YES`, `**No`, … */
export function sideOf(token: string): 'yes' | 'no' | undefined {
  const word = token.replaceAll(/[^\p{L}]/gu, '').toLowerCase();
  return word === 'yes' || word === 'no' ? word : undefined;
}

/** Adds up the spellings of both sides among the most likely next tokens. Undefined where neither is among them. */
export function yesNoSides(alternatives: readonly Alternative[]): YesNoSides | undefined {
  const total = (side: 'yes' | 'no'): number =>
    logSumExp(alternatives.filter(({ text }) => sideOf(text) === side).map(({ logprob }) => logprob));
  const [yes, no] = [total('yes'), total('no')];
  const least = Math.min(...alternatives.map(({ logprob }) => logprob));
  if (Number.isFinite(yes) && Number.isFinite(no)) return { yes, no };
  if (Number.isFinite(yes)) return { yes, no: least, bounded: 'no' };
  return Number.isFinite(no) ? { yes: least, no, bounded: 'yes' } : undefined;
}
