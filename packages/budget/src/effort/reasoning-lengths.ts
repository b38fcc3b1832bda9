/** Reasoning lengths of calls, as sums: enough for a mean that takes cut lengths for what they are. Plain JSON. */
export interface ReasoningLengths {
  /** Lengths seen, cut ones included. */
  readonly calls: number;
  /** Lengths that ended by themselves; faded where lengths fade. */
  readonly ended: number;
  /** Tokens of all of them, cut ones included; faded in the same way. */
  readonly tokens: number;
  readonly longest: number;
}

/** One length. A cut one would have gone on. */
export interface ReasoningLength {
  /** Range [0, ∞). */
  readonly tokens: number;
  readonly isCut: boolean;
}

export const noLengths: ReasoningLengths = { calls: 0, ended: 0, tokens: 0, longest: 0 };

/** The sums with one more length. `fade` is the weight of the newest length in a running mean; 0 weighs all alike. */
export function withLength(
  lengths: ReasoningLengths,
  { tokens, isCut }: ReasoningLength,
  fade: number,
): ReasoningLengths {
  return {
    calls: lengths.calls + 1,
    ended: lengths.ended * (1 - fade) + (isCut ? 0 : 1),
    tokens: lengths.tokens * (1 - fade) + tokens,
    longest: Math.max(lengths.longest, tokens),
  };
}

/** What is believed before any length is seen, and how many lengths that is worth. */
export interface LengthPrior {
  readonly tokens: number;
  readonly weight: number;
}

// Source: maximum likelihood of an exponential length under right-censoring, with a gamma prior: all tokens seen, over the
// number of lengths that ended. Without cut lengths it is (n × mean + weight × prior) / (n + weight), the shrinkage of the
// effort rule. A cut length adds its tokens and no end, so that cutting can never pull the mean down.
/**
 * The mean reasoning length in tokens.
 *
 * Never above twice the longest length seen (or the prior, where that is more): where everything is cut, nothing is known
 * of how long it would have become.
 */
export function meanLength({ calls, ended, tokens, longest }: ReasoningLengths, prior: LengthPrior): number {
  if (calls === 0) return prior.tokens;
  const most = Math.max(prior.tokens, 2 * longest);
  const ends = ended + prior.weight;
  return ends === 0 ? most : Math.min(most, (tokens + prior.weight * prior.tokens) / ends);
}
