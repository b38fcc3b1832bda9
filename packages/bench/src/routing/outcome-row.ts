/** A recorded sample as `parseOutcomes` reads it. */
export interface OutcomeRow {
  readonly task: string;
  readonly model: string;
  readonly sample: number;
  readonly answer: string | null;
  readonly correct: boolean;
  readonly costUsd: number;
  readonly signals?: { readonly [name: string]: number };
  readonly class?: string;
  readonly features?: { readonly [name: string]: number };
  readonly prompt?: string;
}
