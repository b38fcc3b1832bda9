import type { AssistantPart } from './content.ts';
import type { JsonValue } from './json.ts';
import type { Money } from './money.ts';
import type { ModelRef, PriceKnown } from './pricing.ts';
import type { TraceNode } from './trace.ts';
import type { Usage, UsageKnown } from './usage.ts';

/** Why generation ended, in words that mean the same for every engine. */
export type FinishReason =
  | 'stop'
  | 'length'
  | 'tool-calls'
  | 'content-filter'
  | 'refusal'
  | 'aborted'
  | 'error'
  | 'other';

/** What ended it: the model itself, a stop string, the asked output cap, a cap lowered by a budget, or an abort. */
export type FinishedBy = 'eos' | 'stop' | 'length' | 'budget' | 'aborted';

/** How one candidate ended. */
export interface Finish {
  readonly unified: FinishReason;
  /** The engine's own word. */
  readonly raw?: string;
  readonly by: FinishedBy;
  /** The stop string that was met, where the engine says. */
  readonly stopString?: string;
}

/** One generated token. */
export interface TokenLogprob {
  readonly text: string;
  /** Natural logarithm of the model's own probability (before temperature and filters). Range (−∞, 0]. */
  readonly logprob: number;
  /** Alternatives at this position, best first, where asked for. */
  readonly top?: readonly { readonly text: string; readonly logprob: number }[];
}

/** One answer. An aborted sample stays as a candidate that says so. */
export interface Candidate {
  readonly id: string;
  /** The attempt that made it; its cost is in the charge of that id. */
  readonly attemptId: string;
  readonly producedBy: ModelRef;
  readonly content: readonly AssistantPart[];
  readonly finish: Finish;
  readonly logprobs?: readonly TokenLogprob[];
  /** The answer as the schema of the request wants it: parsed, and checked. Absent where none was asked for or it was not met. */
  readonly object?: JsonValue;
  /** How an answer that ended by itself misses the schema of the request. */
  readonly schemaIssue?: string;
  /** Tokens of this candidate, where the engine counts them one by one. A length, not a charge. */
  readonly outputTokens?: number;
  /** Seconds of a local engine spent on this candidate alone (its share of a batch). A part of its attempt's `engineSeconds`. */
  readonly engineSeconds?: number;
  /** Where a strategy made this candidate: what it decided about it. */
  readonly decision?: Decision;
}

/**
 * What one attempt on the wire cost. Sums over models with different prices are sums of money, never of tokens.
 * An attempt without candidates (failed, aborted before the first token, a judge) is a charge all the same.
 */
export interface Charge {
  readonly attemptId: string;
  readonly model: ModelRef;
  readonly usage: Usage;
  readonly usageKnown: UsageKnown;
  /** Absent where nothing that prices was in the context. Never 0 for lack of knowledge. */
  readonly cost?: Money;
  readonly priceKnown?: PriceKnown;
  readonly candidateIds: readonly string[];
}

/** How sure a decision is entitled to be: the sample and the method behind a threshold. */
export interface CalibrationClaim {
  /** For example `clopper-pearson`, `split-conformal`. */
  readonly method: string;
  /** Labelled calls the threshold was chosen on. Range [1, ∞). */
  readonly sampleSize: number;
  /** The error rate that is promised. Range (0, 1). */
  readonly risk: number;
  /**
   * Which error `risk` bounds: `falseDiscoveryRate` = P(wrong | accepted), `falseAcceptRate` = P(accepted | wrong). Never
   * called a false positive rate, which is used for both.
   */
  readonly controls?: 'falseDiscoveryRate' | 'falseAcceptRate';
  /** The chance that the promise itself fails, for bad luck with the labels. Range (0, 1). Absent where `risk` is an average over that luck. */
  readonly delta?: number;
}

/**
 * What was decided about a result.
 *
 * `accepted`: a rule was met. `unverified`: an answer that nothing checked (every bare model). `rejected`: the best there
 * is, and a rule says it is not good enough. `abstained`: no answer is given. `budget`: money ended the search; outer
 * strategies stop too.
 */
export interface Decision {
  readonly status: 'accepted' | 'unverified' | 'rejected' | 'abstained' | 'budget';
  /** Id of the candidate that is the answer. */
  readonly chosen?: string;
  /** Range [0, 1] by convention of the signal; a share of votes, a calibrated probability, … */
  readonly confidence?: number;
  /** Which measure `confidence` is, for example `vote-share`. */
  readonly signal?: string;
  /** One sentence for people. */
  readonly reason: string;
  readonly calibration?: CalibrationClaim;
}

/** Something that was asked and could not be honoured, or was changed on the way. */
export interface Warning {
  readonly code: 'unsupported' | 'fitted' | 'assumed' | 'short' | 'fallback' | 'other';
  /** The option concerned, for example `temperature`. */
  readonly option?: string;
  readonly message: string;
}

/** What a provider itself answered to one attempt. */
export interface RawReply {
  readonly attemptId: string;
  /** The body of the answer; of a streamed one, the list of its events. */
  readonly reply: JsonValue;
}

/** What a model answers. Plain JSON throughout. */
export interface GenerateResult {
  readonly candidates: readonly Candidate[];
  readonly charges: readonly Charge[];
  readonly decision: Decision;
  readonly warnings: readonly Warning[];
  readonly trace: TraceNode;
  /** What the provider itself answered, attempt by attempt, where the caller asked for it by `includeRaw`. */
  readonly raw?: readonly RawReply[];
}
