/** A scored answer of which somebody knows whether it is right. */
export interface LabelledScore {
  /** Higher is better; any scale. Finite. */
  readonly score: number;
  readonly correct: boolean;
  /** What it shares with others, for example its task: of each group one label counts, because the rest is no independent evidence. */
  readonly group?: string;
}
