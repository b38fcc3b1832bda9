import { AbortedError } from '../errors/aborted-error.ts';
import { TollgateError } from '../errors/tollgate-error.ts';
import { childContext, placedContext, rootContext } from '../leaf/call-context.ts';
import { askModel, callsOf, type Push } from '../leaf/model-calls.ts';
import { withOneStart } from '../leaf/one-start.ts';
import { refuseLate } from '../leaf/run-attempt.ts';
import { wrapModel } from '../leaf/wrap-model.ts';
import type { CallContext } from '../spec/context.ts';
import type { Model } from '../spec/model.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { GenerateResult } from '../spec/result.ts';
import { abortedUnanswered } from './aborted-unanswered.ts';
import { Limiter } from './limiter.ts';
import { partByPart } from './part-by-part.ts';

/** How many calls run at once: a number for this model alone, or a limiter that several models share. */
export type ConcurrencyOptions = { readonly max: number } | { readonly limiter: Limiter };

/**
 * Runs a limited number of calls at once; others wait in the order in which they came. Waiting costs nothing: no money is
 * held, and nothing is sent. A call that is aborted or meets its deadline while it waits leaves the queue at once.
 *
 * Each attempt of a model is a call of its own, also where one request asks for more samples than the model takes at once. A
 * strategy is one call, whatever it asks below. Sessions of `asTokenModel` are not counted.
 *
 * @throws InvalidOptionError when `max` is not a whole number 1 or more.
 * @example
 * const limiter = new Limiter(4);
 * const [small, big] = [withConcurrency(luna, { limiter }), withConcurrency(sol, { limiter })];
 */
export function withConcurrency(model: Model, options: ConcurrencyOptions): Model {
  const limiter = 'limiter' in options ? options.limiter : new Limiter(options.max);
  const name = `${model.provider}/${model.modelId}`;
  return wrapModel(model, (inner) => {
    const ask = async (request: GenerateRequest, push: Push | undefined): Promise<GenerateResult> => {
      const part = request.firstSample === undefined ? '' : ` ${request.firstSample}`;
      const context = childContext(request.context ?? rootContext(), {
        kind: 'wrapper',
        label: `queue ${name}${part}`,
      });
      const { span } = context;
      try {
        const place =
          limiter.tryTake(context.places) ?? (await queue(limiter, inner, { context, signal: request.signal }));
        try {
          const result = await askModel(inner, { ...request, context: placedContext(context, place) }, push);
          span.end('answered');
          return { ...result, trace: span.toNode() };
        } finally {
          limiter.free(place);
        }
      } catch (error) {
        span.end(AbortedError.isInstance(error) ? 'aborted' : 'failed');
        throw error;
      }
    };
    return callsOf((request, push) => {
      const pushOnce = push === undefined ? undefined : withOneStart(push);
      return partByPart(inner, request, { kind: 'wrapper', ask: (part) => ask(part, pushOnce) });
    });
  });
}

type Taken = NonNullable<ReturnType<Limiter['tryTake']>>;

/** Waits for a place, until the call is aborted or its deadline is there. */
async function queue(
  limiter: Limiter,
  model: Model,
  { context, signal }: { readonly context: CallContext; readonly signal: AbortSignal | undefined },
): Promise<Taken> {
  const { clock, deadline, places, span } = context;
  const joinedAtMs = clock.monotonic();
  const waiter = limiter.queue(places);
  const over = new AbortController();
  signal?.addEventListener('abort', waiter.leave, { once: true, signal: over.signal });
  if (signal?.aborted === true) waiter.leave();
  // A timer cannot run longer.
  const leftMs = deadline === undefined ? Number.POSITIVE_INFINITY : deadline - clock.now();
  if (leftMs < 2 ** 31) clock.sleep(leftMs, over.signal).then(waiter.leave, () => undefined);
  const place = await waiter.place;
  over.abort();
  span.add({ values: { queuedMs: Math.round(clock.monotonic() - joinedAtMs) } });
  if (place !== undefined) return place;
  if (signal?.aborted === true) {
    const message = 'The call was aborted while it waited for its turn.';
    throw abortedUnanswered(message, { span, charges: [], cause: signal.reason });
  }
  refuseLate(model, context, signal);
  throw new TollgateError('internal', 'A call left its queue without a reason.');
}
