import { InvalidOptionError, type ModelRef, type Ranker } from '@tollgate/sdk';
import { type EntropyNormalization, tallyVotes, weightedVote } from '@tollgate/stats';
import { answerRanker, type Voter, type VoteRankerOptions } from './answer-ranker.ts';

/** What the votes of a model weigh. Both multiply where both are given. */
export interface ModelWeights {
  /** Trust in each model by `provider/modelId`, at least 0, for example its measured accuracy. Every model must be listed. */
  readonly external?: { readonly [model: string]: number };
  /**
   * Weigh each model by how much its own candidates agree, and measure disagreement so. `distinct` reproduces the authors'
   * numbers.
   */
  readonly entropy?: EntropyNormalization;
}

/** Options of `weightedRanker`. */
export interface WeightedRankerOptions extends VoteRankerOptions {
  readonly weights: ModelWeights;
}

// Source: ModelSwitch, arXiv 2504.00762, analysis code. Rule: score(a) = Σ over models of external · consistency · count(a).
/**
 * Ranks candidates of several models by votes, each model's weighted by trust in it, by its own consistency, or by both.
 *
 * @throws InvalidOptionError when no weights are given or an external one is negative; when ranking, for a model that has none.
 *
 * @example
 * const ranker = weightedRanker({ answer: finalNumber(), weights: { entropy: 'samples', external: { 'openai/gpt-5': 2, 'llama-cpp/small': 1 } } });
 */
export function weightedRanker({ answer, weights }: WeightedRankerOptions): Ranker {
  const { external, entropy } = weights;
  if (external === undefined && entropy === undefined) {
    throw new InvalidOptionError(
      'weights',
      'weights must have external or entropy, received neither. Without weights take majorityRanker.',
    );
  }
  for (const [model, weight] of Object.entries(external ?? {})) {
    if (weight >= 0 && weight < Infinity) continue;
    throw new InvalidOptionError(
      'weights.external',
      `weights.external["${model}"] must be a finite number of at least 0, received ${weight}.`,
    );
  }
  const trust = (voter: Voter): number => (external === undefined ? 1 : trustIn(external, voter.candidate.producedBy));
  return answerRanker('weighted-majority', answer, (voters) => {
    if (entropy === undefined)
      return tallyVotes(
        voters.map((voter) => voter.answer),
        voters.map(trust),
      ).counts;
    const models = Map.groupBy(voters, ({ candidate }) => nameOf(candidate.producedBy));
    const groups = [...models.values()].map((own) => ({
      answers: own.map((voter) => voter.answer),
      externalWeight: own[0] === undefined ? 1 : trust(own[0]),
    }));
    return weightedVote(groups, { normalization: entropy }).scores;
  });
}

function trustIn(external: NonNullable<ModelWeights['external']>, model: ModelRef): number {
  const name = nameOf(model);
  const weight = Object.hasOwn(external, name) ? external[name] : undefined;
  if (weight !== undefined) return weight;
  throw new InvalidOptionError(
    'weights.external',
    `weights.external has no weight for "${name}", which made a candidate. Give it one; 0 silences it.`,
  );
}

function nameOf({ provider, modelId }: ModelRef): string {
  return `${provider}/${modelId}`;
}
