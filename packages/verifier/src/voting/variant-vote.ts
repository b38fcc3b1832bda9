import { InvalidOptionError } from '@tollgate/sdk';
import { logSumExp, mean } from '@tollgate/stats';

/** What variants of one prompt say about one item. Labels are numbered as they were given. */
export interface VariantVote {
  /** The most probable label of each variant, the first on a tie. */
  readonly labels: readonly number[];
  /** Votes by label: a row of what `observedAgreement` and `fleissKappa` take. */
  readonly counts: readonly number[];
  /** The label of more than half of the variants. Undefined: abstain. */
  readonly majority: number | undefined;
  /** Mean over the variants of the probability of each label. Adds up to 1. */
  readonly probabilities: readonly number[];
  /** The label with the highest mean probability, the first on a tie. */
  readonly average: number;
}

// Source: flip-flop consistency, arXiv 2510.14242, authors' code. Rules: a variant's label is the argmax of the summed
// log-probabilities of the labels, its probabilities are those normalised over the labels; a vote needs more than half.
/**
 * Votes over variants of one prompt that mean the same, from how probable each makes the labels on offer.
 *
 * Only valid for variants that keep the meaning, and for a model that notices when it changes: see `flipProbe`. For models that
 * give no probabilities take `voteUntil(variants, { rule: strictMajority({ votes }) })`.
 *
 * @param logprobs `logprobs[i][c]`: log-probability of the whole of label c after variant i. At least one variant and label.
 * @throws InvalidOptionError when there is no variant or label, variants have different numbers of labels, a value is not a
 * log-probability, or a variant finds every label impossible.
 * @example
 * variantVote([[-0.2, -1.7], [-0.4, -1.1], [-0.9, -0.5]]).majority; // 0
 */
export function variantVote(logprobs: readonly (readonly number[])[]): VariantVote {
  const [first = []] = logprobs;
  if (first.length === 0)
    throw new InvalidOptionError('logprobs', 'logprobs must have a variant and a label, received none.');
  const normalised = logprobs.map((row, i) => normalise(row, { variant: i, labels: first.length }));
  const labels = normalised.map(largest);
  const counts = first.map((_, label) => labels.filter((one) => one === label).length);
  const leader = largest(counts);
  const probabilities = first.map((_, label) => mean(normalised.map((row) => row[label] ?? 0)));
  return {
    labels,
    counts,
    majority: 2 * (counts[leader] ?? 0) > labels.length ? leader : undefined,
    probabilities,
    average: largest(probabilities),
  };
}

function normalise(
  row: readonly number[],
  { variant, labels }: { readonly variant: number; readonly labels: number },
): readonly number[] {
  if (row.length !== labels) {
    throw new InvalidOptionError(
      'logprobs',
      `logprobs[${variant}] must have ${labels} labels as the first variant has, received ${row.length}.`,
    );
  }
  for (const [label, value] of row.entries()) {
    if (value < Infinity) continue;
    throw new InvalidOptionError('logprobs', `logprobs[${variant}][${label}] must be a number, received ${value}.`);
  }
  const total = logSumExp(row);
  if (total === -Infinity) {
    throw new InvalidOptionError('logprobs', `logprobs[${variant}] must make a label possible; all are -Infinity.`);
  }
  return row.map((value) => Math.exp(value - total));
}

/** Index of the largest value, the first on a tie. */
function largest(values: readonly number[]): number {
  return values.reduce((best, value, i) => (value > (values[best] ?? -Infinity) ? i : best), 0);
}
