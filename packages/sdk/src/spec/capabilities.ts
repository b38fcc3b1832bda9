/** A level of effort a request may ask for. Providers offer subsets. */
export type EffortLevel = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';

/** How several samples of one prompt are had. */
export interface SamplesCapability {
  /** Samples in one call on the wire, at most. More are split into several attempts. Range [1, ∞). */
  readonly nativeMax: number;
  /** One call with n samples bills the prompt once. */
  readonly promptBilledOnce: boolean;
  /** One sample can be stopped while the others go on. */
  readonly cancelOne: boolean;
}

/**
 * What a model can do, as data. Strategies ask for capabilities, never for provider names.
 *
 * Several depend on the request (temperature only at effort `none`), so `Model.capabilitiesFor(request)` gives them.
 * A field says what the engine honours; a request that asks for more gets a warning in the result, never a crash.
 */
export interface Capabilities {
  readonly samples: SamplesCapability;
  /** Log-probabilities of generated tokens. `full` is the whole vocabulary. */
  readonly logprobs: 'none' | 'chosen' | 'top-k' | 'full';
  /** How many alternatives a position can report, where `logprobs` is `top-k`. */
  readonly maxTopLogprobs?: number;
  /** Going on from a partial answer: token-exact, by prefilling the assistant's turn, or not at all. */
  readonly continuation: 'exact' | 'prefill' | 'none';
  readonly tools: boolean;
  /**
   * The tool choice may change between the turns of a conversation without losing its cached prefix. Where it may not, an
   * agent's closing turn leaves it as it was. @defaultValue true
   */
  readonly toolChoiceKeepsCache?: boolean;
  /** Output held to a JSON schema by the engine. */
  readonly schema: boolean;
  /** Sampling parameters that are honoured. Most hosted models of 2026 refuse `temperature`. */
  readonly sampling: {
    readonly temperature: boolean;
    readonly topP: boolean;
    readonly topK: boolean;
    readonly seed: boolean;
  };
  readonly stop: boolean;
  /** Effort levels in rising order; empty where there is no such lever. */
  readonly efforts: readonly EffortLevel[];
  /** The engine ends reasoning at `maxReasoningTokens`, and answers then. @defaultValue false */
  readonly reasoningCap?: boolean;
  readonly limits: {
    /** Tokens of prompt and answer together. */
    readonly contextTokens?: number;
    /** Tokens of one answer, reasoning included. What a request without `maxOutputTokens` may use. */
    readonly maxOutputTokens?: number;
  };
  /** Media types accepted in file parts, for example `image/*`. */
  readonly files: readonly string[];
  /** The model gives next-token distributions (`asTokenModel` works). */
  readonly tokenLevel: boolean;
  /** The model gives a reward for an answer. */
  readonly rewardScores: boolean;
  readonly hiddenStates: boolean;
  /** How well the numbers above are known. @defaultValue 'declared' */
  readonly known?: 'declared' | 'assumed';
}
