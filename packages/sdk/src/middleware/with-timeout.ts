import { AbortedError } from '../errors/aborted-error.ts';
import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import { ModelCallError } from '../errors/model-call-error.ts';
import { childContext, rootContext } from '../leaf/call-context.ts';
import { usageOf } from '../leaf/held-as-leaf.ts';
import { askModel, callsOf, isContent, type Push } from '../leaf/model-calls.ts';
import { wrapModel } from '../leaf/wrap-model.ts';
import type { CallContext } from '../spec/context.ts';
import type { Model } from '../spec/model.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { GenerateResult } from '../spec/result.ts';

/** How long a call may take. At least one of the two is needed. */
export interface TimeoutOptions {
  /** Milliseconds for the whole call, its retries and waits included. Range [1, 2³¹). @defaultValue no limit */
  readonly timeoutMs?: number;
  /** Milliseconds until anything of an answer is there, reasoning included. Calls are then streamed underneath. Range [1, 2³¹). @defaultValue no limit */
  readonly firstTokenMs?: number;
}

/**
 * Ends a call that takes too long: what runs below is aborted and settled, and the call fails with a ModelCallError of
 * failure `timeout`. The error has the charges, and what had been written in `partial`. A caller's abort stays an AbortedError.
 *
 * `timeoutMs` is also a deadline for what is below: no attempt starts after it, and a retry that would have to wait past it
 * gives the failure it has instead of waiting.
 *
 * @throws InvalidOptionError for an option out of range, or none.
 * @example
 * const prompt = withTimeout(model, { timeoutMs: 60_000, firstTokenMs: 5_000 });
 */
export function withTimeout(model: Model, options: TimeoutOptions): Model {
  const { timeoutMs, firstTokenMs } = checked(options);
  const name = `${model.provider}/${model.modelId}`;
  return wrapModel(model, (inner) => {
    const answer = async (request: GenerateRequest, push: Push | undefined): Promise<GenerateResult> => {
      const above = request.context ?? rootContext();
      const context = childContext(above, {
        kind: 'wrapper',
        label: `timeout ${name}`,
        ...(timeoutMs !== undefined && { deadline: above.clock.now() + timeoutMs }),
      });
      const watch = new Watch(context, request.signal);
      if (timeoutMs !== undefined) watch.start(timeoutMs, 'the whole call');
      const first = firstTokenMs === undefined ? undefined : watch.start(firstTokenMs, 'the first token');
      let delivered = false;
      const watched: Push = (part) => {
        // What an aborted answer still says of itself is not for a caller who may be given another one.
        if (watch.late !== undefined) return;
        if (isContent(part)) {
          first?.abort();
          delivered = push !== undefined;
        }
        push?.(part);
      };
      const streamed = push !== undefined || first !== undefined;
      try {
        const result = await askModel(
          inner,
          { ...request, context, signal: watch.signal },
          streamed ? watched : undefined,
        );
        context.span.end('answered');
        return { ...result, trace: context.span.toNode() };
      } catch (error) {
        const late = watch.late !== undefined && request.signal?.aborted !== true && AbortedError.isInstance(error);
        context.span.end(late ? 'timeout' : AbortedError.isInstance(error) ? 'aborted' : 'failed');
        throw late ? timeoutError(`${name} was given ${watch.late}, and it was over.`, error, delivered) : error;
      } finally {
        watch.stop();
      }
    };
    return callsOf(answer);
  });
}

function checked(options: TimeoutOptions): TimeoutOptions {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  if (given.length === 0) {
    throw new InvalidOptionError('timeoutMs', 'withTimeout needs timeoutMs, firstTokenMs, or both, received neither.');
  }
  for (const [option, value] of given) {
    if (value >= 1 && value < 2 ** 31) continue;
    throw new InvalidOptionError(option, `${option} must be in [1, 2^31), received ${value}.`);
  }
  return options;
}

/** The timers of one call. */
class Watch {
  readonly signal: AbortSignal;
  /** The limit that was passed, in words. */
  late: string | undefined;
  readonly #context: CallContext;
  readonly #expiry = new AbortController();
  readonly #timers: AbortController[] = [];

  constructor(context: CallContext, callerSignal: AbortSignal | undefined) {
    this.#context = context;
    this.signal =
      callerSignal === undefined ? this.#expiry.signal : AbortSignal.any([callerSignal, this.#expiry.signal]);
  }

  /** Starts a timer, which an abort of what it gives takes away. */
  start(ms: number, what: string): AbortController {
    const timer = new AbortController();
    this.#timers.push(timer);
    const expire = (): void => {
      this.late ??= `${ms} ms for ${what}`;
      this.#expiry.abort(new TooLate(this.late));
    };
    this.#context.clock.sleep(ms, timer.signal).then(expire, () => undefined);
    return timer;
  }

  stop(): void {
    for (const timer of this.#timers) timer.abort();
  }
}

function timeoutError(message: string, aborted: AbortedError, contentDelivered: boolean): ModelCallError {
  const { partial, charges } = aborted;
  const error = new ModelCallError(message, {
    failure: 'timeout',
    dispatch: charges.length === 0 ? 'not-sent' : 'unknown',
    ...(partial !== undefined && { partial: { candidates: partial.candidates, ...usageOf(charges) } }),
    contentDelivered,
    cause: aborted,
  });
  error.charges = charges;
  return error;
}

class TooLate extends Error {
  override readonly name = 'TooLate';
}
