/** Options of `yesNo`. */
export interface YesNoOptions {
  /** What is asked about a candidate; "Answer Yes or No." is added. @defaultValue 'Is the proposed answer correct?' */
  readonly question?: string;
  /**
   * The least score that is accepted: a difference of log-probabilities in nats, 0 where both are equally likely. What is
   * below is rejected. Raw models lean to one side: calibrate before you set it. @defaultValue none: a verdict is a `tie` with its score
   */
  readonly accept?: number;
  /** How often a model without log-probabilities is asked. Whole number in [1, 100]. @defaultValue 5 */
  readonly samples?: number;
  /** Candidates asked about at once. Whole number in [1, 1000]. @defaultValue 8 */
  readonly concurrency?: number;
  /** Tokens of a reply where samples vote, thoughts included. Range [1, ∞). @defaultValue 16, or 1024 for a model with levels of effort */
  readonly maxOutputTokens?: number;
}
