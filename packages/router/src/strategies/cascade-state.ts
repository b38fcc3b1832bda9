import type { Action, CandidateView } from '@tollgate/sdk';
import type { WithAction } from './decided.ts';

/** What a stage that was asked came to. */
export interface SeenStage {
  readonly from: number;
  readonly ids: readonly string[];
  readonly answer?: string;
  readonly confidence?: number;
}

/** State of `cascadeCore`. */
export interface CascadeState extends WithAction {
  /** Index of the stage being asked. */
  readonly stage: number;
  readonly stages: number;
  /** Stages asked so far. */
  readonly asked: readonly number[];
  /** Stages that are passed over, because they never accepted. */
  readonly skipped: readonly number[];
  /** The stage whose confidence was enough. */
  readonly acceptedAt?: number;
  /** What the stage gave, while its scorer is asked. */
  readonly drawn?: readonly CandidateView[];
  /** Every stage is to be asked, to see what the last one says: the answer is the one that was accepted first. */
  readonly shadow?: boolean;
  /** What was accepted, while a shadowed run goes on. */
  readonly accepted?: Extract<Action, { type: 'accept' }>;
  /** Thresholds in force, where a memory sets them; null never accepts. */
  readonly thresholds?: readonly (number | null)[];
  /** What each stage asked came to, where a memory learns thresholds. */
  readonly seen?: readonly SeenStage[];
  /** The best answer of the stages that were not confident enough. */
  readonly best?: { readonly candidate: string; readonly confidence?: number; readonly signal: string };
}

/** A state without what is to be done next. */
export type CascadePosition = Omit<CascadeState, 'action' | 'drawn'>;
