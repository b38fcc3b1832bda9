import { type Verdict, verdictScore } from '@tollgate/sdk';

/** A candidate that a scorer had a score for. */
export interface JudgedCandidate {
  readonly candidate: string;
  /** On the scorer's own scale; 1 for `accept` and 0 for `reject` where it gave no number. */
  readonly score: number;
  readonly passed: boolean;
}

/** What `bestByVerdict` compares with. */
export interface VerdictRule {
  /** The best so far. */
  readonly best: JudgedCandidate | undefined;
  /** Scores must be above this; undefined leaves it to the verdict's status. */
  readonly accept: number | undefined;
}

/**
 * The best candidate of those judged so far and now: one that passed before one that did not, then the higher score, then
 * the earlier one. Verdicts without a score (abstained, timed out, failed) do not take part.
 */
export function bestByVerdict(verdicts: readonly Verdict[], rule: VerdictRule): JudgedCandidate | undefined {
  let { best } = rule;
  for (const verdict of verdicts) {
    const { candidateId, status } = verdict;
    const score = verdictScore(verdict);
    if (score === undefined) continue;
    const passed = rule.accept === undefined ? status === 'accept' : score > rule.accept;
    if (best === undefined || (passed && !best.passed) || (passed === best.passed && score > best.score)) {
      best = { candidate: candidateId, score, passed };
    }
  }
  return best;
}
