import type { CallContext } from './context.ts';
import type { JsonValue } from './json.ts';
import type { GenerateRequest } from './request.ts';
import type { Candidate, Charge } from './result.ts';

/** What is to be judged. `request` holds the evidence, `context` bounds and traces a scorer that calls a model. */
export interface ScoreInput {
  readonly request: GenerateRequest;
  readonly candidates: readonly Candidate[];
  readonly context: CallContext;
}

/** What a scorer says about one candidate. */
export interface Verdict {
  readonly candidateId: string;
  /** `abstain`: the scorer has no opinion (also when it ran out of money). `timeout` and `error` are not rejections. */
  readonly status: 'accept' | 'reject' | 'tie' | 'abstain' | 'timeout' | 'error';
  /** Higher is better; the scale is the scorer's own. */
  readonly score?: number;
  readonly evidence?: JsonValue;
}

/** Verdicts in the order of the candidates, and what they cost. Charges belong to attempts, not to verdicts. */
export interface ScoreResult {
  readonly verdicts: readonly Verdict[];
  readonly charges: readonly Charge[];
}

/** Judges a set of candidates at once: votes, batched reward heads and judges need the set. */
export interface Scorer {
  readonly name: string;
  /**
   * What a rejection rests on: the `form` of an answer (it does not parse), its `behaviour` (it was run, or compared with
   * what is known), or an `opinion` (a judge, a reward model). Nothing is pruned to one lineage by an opinion alone.
   * @defaultValue 'opinion'
   */
  readonly basis?: 'form' | 'behaviour' | 'opinion';
  /** The scorer sees what grades the task. Runs that use it are labelled `oracle verifier` wherever they are shown. */
  readonly oracle?: boolean;
  score(input: ScoreInput): Promise<ScoreResult>;
}
