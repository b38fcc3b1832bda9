import type { LeafOutcome } from '../leaf/leaf-call.ts';
import { TollgateError } from './tollgate-error.ts';

/** Why a call failed, in words that mean the same for every engine. */
export type CallFailure =
  | 'auth'
  | 'rate-limit'
  | 'overloaded'
  | 'context-length'
  | 'content-filter'
  | 'bad-request'
  | 'not-found'
  | 'server'
  | 'network'
  | 'timeout'
  | 'protocol'
  | 'engine';

/**
 * How far a failed attempt got, which decides what it costs and whether it may be tried again.
 *
 * `not-sent`: nothing reached the engine (free). `refused`: the engine answered and refused (free). `unknown`: it was
 * sent and nobody knows what the engine did (charged by the partial usage, else at the hold's upper bound).
 */
export type Dispatch = 'not-sent' | 'refused' | 'unknown';

/** Facts of a failed call. */
export interface ModelCallFailure {
  readonly failure: CallFailure;
  readonly dispatch: Dispatch;
  /** HTTP status, where there was one. */
  readonly status?: number;
  /** Milliseconds the engine asked to wait. */
  readonly retryAfterMs?: number;
  /** What had arrived. */
  readonly partial?: LeafOutcome;
  /** Content had already been delivered to the caller, so that a retry would repeat it. */
  readonly contentDelivered?: boolean;
  /** Id the provider gave the request. */
  readonly requestId?: string;
  readonly cause?: unknown;
}

/** A call to an engine that failed. Never holds a key. */
export class ModelCallError extends TollgateError {
  readonly failure: CallFailure;
  readonly dispatch: Dispatch;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly partial: LeafOutcome | undefined;
  readonly contentDelivered: boolean;
  readonly requestId: string | undefined;

  constructor(message: string, facts: ModelCallFailure, code: 'call-failed' | 'stream-truncated' = 'call-failed') {
    super(code, message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.failure = facts.failure;
    this.dispatch = facts.dispatch;
    this.status = facts.status;
    this.retryAfterMs = facts.retryAfterMs;
    this.partial = facts.partial;
    this.contentDelivered = facts.contentDelivered ?? false;
    this.requestId = facts.requestId;
  }

  static override isInstance(value: unknown): value is ModelCallError {
    return TollgateError.isInstance(value) && (value.code === 'call-failed' || value.code === 'stream-truncated');
  }
}

/** A stream that ended without its terminal event, also where the provider's SDK ends silently. */
export class StreamTruncatedError extends ModelCallError {
  constructor(message: string, facts: Omit<ModelCallFailure, 'failure' | 'dispatch'>) {
    super(message, { ...facts, failure: 'protocol', dispatch: 'unknown' }, 'stream-truncated');
  }
}
