import { AbortedError } from '../errors/aborted-error.ts';
import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import { type CallFailure, ModelCallError } from '../errors/model-call-error.ts';
import { afterEarlier } from '../leaf/after-earlier.ts';
import { childContext, rootContext } from '../leaf/call-context.ts';
import { flat } from '../leaf/flat.ts';
import { askModel, isContent, type Push } from '../leaf/model-calls.ts';
import { createModelStream } from '../leaf/model-stream.ts';
import { withOneStart } from '../leaf/one-start.ts';
import { wrapModel } from '../leaf/wrap-model.ts';
import type { CallContext } from '../spec/context.ts';
import type { Model } from '../spec/model.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { Charge, GenerateResult } from '../spec/result.ts';
import { abortedUnanswered } from './aborted-unanswered.ts';
import { partByPart } from './part-by-part.ts';

/** How failed calls are tried again. */
export interface RetryOptions {
  /** Tries altogether, the first one included. Range [1, ∞). @defaultValue 3 */
  readonly attempts?: number;
  /** Longest wait before the second try; it doubles from try to try. Range [0, 2³¹). @defaultValue 500 */
  readonly baseDelayMs?: number;
  /** Longest wait at all. An engine that asks for more is not waited for. Range [0, 2³¹). @defaultValue 30000 */
  readonly maxDelayMs?: number;
  /** Also try again when nobody knows what the engine did with the last try, which may then be paid for twice. @defaultValue false */
  readonly retryUnknown?: boolean;
}

/**
 * Tries a call again when the engine could not be reached or refused it for the moment. Every try is an attempt of its
 * own: held, settled, traced and charged, so a result's charges include those of the tries that failed.
 *
 * Samples that the model would ask for in several attempts are tried each on its own, so that one refusal is no lost vote.
 *
 * Never tried again: what the caller has to mend (a wrong request, key or model), a refusal by a budget, and a stream of which
 * anything was delivered. Waits are random between 0 and the delay (full jitter), and at least what the engine asked for. A
 * wait that would pass the deadline, or a wish of the engine longer than `maxDelayMs`, ends the trying.
 *
 * @throws InvalidOptionError for options out of range.
 * @example
 * const steady = withRetry(model, { attempts: 5, maxDelayMs: 10_000 });
 */
export function withRetry(model: Model, options: RetryOptions = {}): Model {
  const checkedOptions = checked(options);
  return wrapModel(model, (inner) => {
    const retrier = new Retrier(inner, checkedOptions);
    return {
      generate: (request) => retrier.run(request, () => undefined),
      stream: (request) =>
        createModelStream((push, signal) => {
          const pushOnce = withOneStart(push);
          return retrier.run({ ...request, signal }, () => new Delivery(pushOnce));
        }, request.signal),
    };
  });
}

function checked({
  attempts = 3,
  baseDelayMs = 500,
  maxDelayMs = 30_000,
  retryUnknown = false,
}: RetryOptions): Required<RetryOptions> {
  if (!Number.isInteger(attempts) || attempts < 1) {
    throw new InvalidOptionError(
      'attempts',
      `attempts must be a whole number 1 or more, received ${attempts}. 1 tries once.`,
    );
  }
  for (const [option, value] of Object.entries({ baseDelayMs, maxDelayMs })) {
    if (value >= 0 && value < 2 ** 31) continue;
    throw new InvalidOptionError(option, `${option} must be in [0, 2^31), received ${value}.`);
  }
  return { attempts, baseDelayMs, maxDelayMs, retryUnknown };
}

const none: readonly Charge[] = [];

const callersFault: readonly CallFailure[] = ['auth', 'bad-request', 'not-found', 'context-length', 'content-filter'];

/** Passes a stream's parts on, and remembers whether any of them was an answer. */
class Delivery {
  readonly #push: Push;
  delivered = false;

  constructor(push: Push) {
    this.#push = push;
  }

  readonly push: Push = (part) => {
    this.delivered ||= isContent(part);
    this.#push(part);
  };
}

/** A call that is being tried. */
interface Tried {
  readonly asked: GenerateRequest & { readonly context: CallContext };
  readonly delivery: Delivery | undefined;
  readonly tried: number;
  /** Of the tries before. */
  readonly charges: readonly Charge[];
}

/** The result of the try that was answered, as that of all tries. */
function answered(result: GenerateResult, { tried, charges, asked }: Tried): GenerateResult {
  const { context } = asked;
  context.span.end('answered');
  if (tried > 1) context.span.add({ values: { tries: tried } });
  const all = charges.length === 0 ? result.charges : [...charges, ...result.charges];
  return { ...result, charges: all, trace: context.span.toNode() };
}

class Retrier {
  readonly #model: Model;
  readonly #name: string;
  readonly #options: Required<RetryOptions>;

  constructor(model: Model, options: Required<RetryOptions>) {
    this.#model = model;
    this.#name = flat(`${model.provider}/${model.modelId}`);
    this.#options = options;
  }

  /** Tries the request. What the model would split into several attempts is split here, so that each is tried on its own. */
  run(request: GenerateRequest, startTry: () => Delivery | undefined): Promise<GenerateResult> {
    return partByPart(this.#model, request, { kind: 'retry', ask: (part) => this.#persist(part, startTry()) });
  }

  #persist(request: GenerateRequest, delivery: Delivery | undefined): Promise<GenerateResult> {
    const context = childContext(request.context ?? rootContext(), {
      kind: 'retry',
      label: request.firstSample === undefined ? this.#name : `${this.#name} ${request.firstSample}`,
    });
    return this.#try({ asked: { ...request, context }, delivery, tried: 1, charges: none });
  }

  // By hand and not async: a function that waits costs each call in flight twice as much.
  #try(call: Tried): Promise<GenerateResult> {
    return askModel(this.#model, call.asked, call.delivery?.push).then(
      (result) => answered(result, call),
      (error: unknown) => this.#again(error, call),
    );
  }

  /** Waits and tries again; throws where there is no next try. */
  async #again(error: unknown, call: Tried): Promise<GenerateResult> {
    const { asked, delivery, tried } = call;
    const { context } = asked;
    const delayMs = delivery?.delivered === true ? undefined : this.#delayMs(error, tried, context);
    if (delayMs === undefined || !ModelCallError.isInstance(error)) throw ended(error, call.charges, context);
    const charges = [...call.charges, ...error.charges];
    context.span.add({
      values: { [`try ${tried}`]: `${error.failure}, ${error.dispatch}`, [`wait ${tried}`]: delayMs },
    });
    await pause(delayMs, { context, signal: asked.signal, charges });
    return this.#try({ ...call, tried: tried + 1, charges });
  }

  /** How long to wait before the next try, or undefined where there is none. */
  #delayMs(error: unknown, tried: number, context: CallContext): number | undefined {
    const { attempts, baseDelayMs, maxDelayMs } = this.#options;
    if (tried >= attempts || !ModelCallError.isInstance(error) || !this.#mayPass(error)) return undefined;
    const { retryAfterMs = 0 } = error;
    if (retryAfterMs > maxDelayMs) return undefined;
    const ceilingMs = Math.min(maxDelayMs, baseDelayMs * 2 ** (tried - 1));
    const delayMs = Math.max(retryAfterMs, Math.floor(context.random.next() * (ceilingMs + 1)));
    const { deadline } = context;
    return deadline !== undefined && context.clock.now() + delayMs >= deadline ? undefined : delayMs;
  }

  #mayPass(error: ModelCallError): boolean {
    if (error.contentDelivered || callersFault.includes(error.failure)) return false;
    if (error.dispatch === 'unknown') return this.#options.retryUnknown;
    // What a server or an engine does wrong by habit it does wrong again.
    return error.failure !== 'protocol' && error.failure !== 'engine';
  }
}

async function pause(
  delayMs: number,
  wait: {
    readonly context: CallContext;
    readonly signal: AbortSignal | undefined;
    readonly charges: readonly Charge[];
  },
): Promise<void> {
  const { context, signal } = wait;
  try {
    await context.clock.sleep(delayMs, signal);
    signal?.throwIfAborted();
  } catch (cause) {
    const message = 'The call was aborted while it waited to be tried again.';
    throw abortedUnanswered(message, { span: context.span, charges: wait.charges, cause });
  }
}

/** Ends the trying with its last error. */
function ended(error: unknown, earlier: readonly Charge[], context: CallContext): unknown {
  context.span.end(AbortedError.isInstance(error) ? 'aborted' : 'failed');
  return afterEarlier(error, earlier);
}
