import type { ToolCallPart, ToolResultPart } from '../spec/content.ts';
import type { CallContext } from '../spec/context.ts';
import type { TurnObservation } from '../spec/turn-policy.ts';

/** What a turn did. */
export interface AssessedTurn {
  /** Its number, from 1. */
  readonly turn: number;
  readonly calls: readonly ToolCallPart[];
  /** In the order of the calls. */
  readonly results: readonly ToolResultPart[];
  /** For models that are asked about it: handed to them, it bounds and traces what they do. */
  readonly context: CallContext;
}

/** What a turn came to. */
export type TurnAssessment = Pick<TurnObservation, 'progress' | 'artifact'>;

/** Says what a turn came to. */
export type AssessTurn = (turn: AssessedTurn) => TurnAssessment | Promise<TurnAssessment>;
