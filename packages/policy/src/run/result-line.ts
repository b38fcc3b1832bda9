import type { Decision, JsonObject } from '@tollgate/sdk';

/** How a task ended: what the strategy decided, or why it did not get to decide. */
export type TaskStatus = Decision['status'] | 'failed' | 'aborted';

/** One strategy's result on one task: a line of the results file. */
export interface ResultLine {
  readonly kind: 'result';
  readonly strategy: string;
  readonly task: string;
  /** Hash of the task's content, so that a changed task is noticed on resume. */
  readonly taskHash: string;
  readonly status: TaskStatus;
  /** The check that grades said yes. Always false where there is no answer. */
  readonly passed: boolean;
  /** The answer as it was compared, for example a number. */
  readonly answer?: string;
  readonly text?: string;
  readonly confidence?: number;
  readonly signal?: string;
  readonly reason: string;
  /** US dollars of this line's attempts. */
  readonly costUsd: number;
  readonly attempts: number;
  readonly outputTokens: number;
  /** Milliseconds this task took. */
  readonly wallMs: number;
  /** The strategy chose by the check that grades. */
  readonly oracle?: boolean;
  readonly class?: string;
}

/** The first line of a results file: which run it belongs to. */
export interface RunHeader {
  readonly kind: 'run';
  readonly version: 1;
  /** The run's id in its ledger. */
  readonly runId: string;
  /** The request defaults its tasks were asked with. @defaultValue none */
  readonly defaults?: JsonObject;
}

/** A line that stands: the strategy had its say. Failed and aborted tasks are tried again on resume. */
export function isFinal(line: ResultLine): boolean {
  return line.status !== 'failed' && line.status !== 'aborted';
}
