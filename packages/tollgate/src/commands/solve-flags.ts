import type { ShowOptions } from '../output/show-run.ts';

/** Options of `tollgate solve`, as they were given. */
export interface SolveFlags extends ShowOptions {
  readonly strategy?: readonly string[];
  /** Runs the policy of this profile, beside the strategies that are named. */
  readonly profile?: string;
  /** The task whose decisions are shown. */
  readonly explain?: string;
  readonly budget?: number;
  readonly config?: string;
  readonly record?: string;
  readonly replay?: string;
  readonly out?: string;
  readonly concurrency: number;
  readonly seed?: number;
  readonly repeats?: number;
  readonly whenExhausted?: 'error' | 'drop';
  readonly skipInvalid?: boolean;
}
