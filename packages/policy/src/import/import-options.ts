import type { OutcomeLine } from '../outcomes/outcome-line.ts';

/** How the log of another tool is read. */
export interface ImportOptions {
  /** What messages call the file, for example its path. */
  readonly source: string;
  /** The model that answered, where the log does not say. */
  readonly model?: string;
  /** The score, metric or property that says whether an answer is right. @defaultValue the tool's own verdict, else its first score */
  readonly score?: string;
  /** An answer is right from this score up. @defaultValue 1 */
  readonly correctFrom?: number;
  /** What a sample cost in US dollars, where the log has neither its cost nor its tokens. Range [0, ∞). */
  readonly costUsd?: number;
}

/** A log as lines of an outcomes table. */
export interface ImportedOutcomes {
  readonly lines: readonly OutcomeLine[];
  /** What was left out, taken for granted, or is still missing, one sentence each. */
  readonly notes: readonly string[];
}
