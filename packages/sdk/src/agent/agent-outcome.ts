import type { TollgateError } from '../errors/tollgate-error.ts';
import type { Message, ToolCallPart, ToolResultPart } from '../spec/content.ts';
import type { JsonValue } from '../spec/json.ts';
import type { Charge, Finish, Warning } from '../spec/result.ts';
import type { TraceNode } from '../spec/trace.ts';

/**
 * How an agent ended. `finished`: the model gave an answer and called no more tools. `turn-limit`: the turn policy ended it.
 * `budget`: money ended it. `aborted`: the caller's signal. `failed`: a call failed for good; `error` says how.
 */
export type AgentStatus = 'finished' | 'turn-limit' | 'budget' | 'aborted' | 'failed';

/** What an agent goes on from. Plain JSON: it can be saved, and handed to `runAgent` as `resume`. */
export interface AgentState {
  /** The conversation. Every tool call in it has its result. */
  readonly messages: readonly Message[];
  /** Turns finished so far. */
  readonly turns: number;
  /** US dollars spent so far, where all of it is priced. */
  readonly spentUsd?: number;
  /** The turn policy's own. */
  readonly policy: JsonValue;
}

/** What came of an agent. */
export interface AgentOutcome {
  readonly status: AgentStatus;
  /** Why it ended, in one sentence. */
  readonly reason: string;
  /** The newest text the model wrote. Absent only where it wrote none at all; a part where an abort or a failure cut it. */
  readonly answer?: string;
  /** The answer as the schema of the request wants it, where one was asked for and met. */
  readonly object?: JsonValue;
  /** How the last answer of the model ended. */
  readonly finish?: Finish;
  /** The conversation, to read or to go on from. Every tool call in it has its result. */
  readonly messages: readonly Message[];
  /** What to go on from: `resume`. */
  readonly state: AgentState;
  /** Turns finished, those before a resume included. */
  readonly turns: number;
  /** Every attempt of this run, those of failed calls and of models asked by tools included. */
  readonly charges: readonly Charge[];
  /** US dollars of this run, or undefined where one of its attempts has no price. */
  readonly costUsd: number | undefined;
  readonly warnings: readonly Warning[];
  readonly trace: TraceNode;
  /** What ended it, where it is `failed`, `aborted`, or out of money before an answer. */
  readonly error?: TollgateError;
}

/** What an agent does, as it does it. */
export type AgentEvent =
  | { readonly type: 'turn-start'; readonly turn: number; readonly closing: boolean }
  | { readonly type: 'text-delta'; readonly turn: number; readonly text: string }
  | { readonly type: 'tool-call'; readonly turn: number; readonly call: ToolCallPart }
  | { readonly type: 'tool-result'; readonly turn: number; readonly result: ToolResultPart }
  /** `state` is what a crash after this point can be resumed from. */
  | { readonly type: 'turn-end'; readonly turn: number; readonly state: AgentState };
