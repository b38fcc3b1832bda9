import pLimit from 'p-limit';
import { AbortedError } from '../errors/aborted-error.ts';
import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import { type CallFailure, ModelCallError } from '../errors/model-call-error.ts';
import { TollgateError } from '../errors/tollgate-error.ts';
import { asTokenModel, withTokenModel } from '../leaf/as-token-model.ts';
import { childContext, rootContext } from '../leaf/call-context.ts';
import { carriesContext, doesCarryContext } from '../leaf/carries-context.ts';
import { createModelStream } from '../leaf/model-stream.ts';
import { withOneStart } from '../leaf/one-start.ts';
import { resultOfParts } from '../leaf/result-of-parts.ts';
import { unverified } from '../leaf/unverified.ts';
import type { Capabilities } from '../spec/capabilities.ts';
import type { CallContext } from '../spec/context.ts';
import type { Model } from '../spec/model.ts';
import type { Pricing } from '../spec/pricing.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { Charge, GenerateResult } from '../spec/result.ts';
import type { ModelStream, StreamPart } from '../spec/stream.ts';
import { strategyOf, withPlan } from '../strategy/strategy-plan.ts';

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
  const retrying = new RetryingModel(model, checked(options));
  const plan = strategyOf(model);
  return plan === undefined ? retrying : withPlan<Model>(retrying, plan);
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

/** As many attempts at once as a leaf makes of one request. */
const partsAtOnce = 8;

const callersFault: readonly CallFailure[] = ['auth', 'bad-request', 'not-found', 'context-length', 'content-filter'];

/** One try: what it is asked with, and whether the caller has been given anything of it. */
interface Try {
  readonly run: (request: GenerateRequest) => Promise<GenerateResult>;
  readonly delivered: () => boolean;
}

class RetryingModel implements Model {
  readonly specVersion = 1;
  readonly [carriesContext]: boolean;
  readonly provider: string;
  readonly modelId: string;
  readonly pricing?: Pricing;
  readonly close?: () => Promise<void>;
  readonly #model: Model;
  readonly #options: Required<RetryOptions>;

  constructor(model: Model, options: Required<RetryOptions>) {
    this.#model = model;
    this.#options = options;
    this.provider = model.provider;
    this.modelId = model.modelId;
    this[carriesContext] = doesCarryContext(model);
    if (model.pricing !== undefined) this.pricing = model.pricing;
    if (model.close !== undefined) this.close = async () => model.close?.();
    withTokenModel(this, () => asTokenModel(model));
  }

  capabilitiesFor(request?: GenerateRequest): Capabilities {
    return this.#model.capabilitiesFor(request);
  }

  async generate(request: GenerateRequest): Promise<GenerateResult> {
    return this.#run(request, () => ({ run: async (tried) => this.#model.generate(tried), delivered: () => false }));
  }

  stream(request: GenerateRequest): ModelStream {
    return createModelStream((push, signal) => {
      const pushOnce = withOneStart(push);
      return this.#run({ ...request, signal }, () => streamed(this.#model, pushOnce));
    }, request.signal);
  }

  /** Tries the request; one that the model would split into several attempts is split here, so that each is tried on its own. */
  async #run(request: GenerateRequest, startTry: () => Try): Promise<GenerateResult> {
    const { samples = 1, firstSample = 0, signal } = request;
    const perPart = this.capabilitiesFor(request).samples.nativeMax;
    if (samples <= perPart || strategyOf(this.#model) !== undefined) return this.#persist(request, startTry());
    const name = `${this.provider}/${this.modelId}`;
    const context = childContext(request.context ?? rootContext(), { kind: 'retry', label: `${name} x${samples}` });
    const limit = pLimit(partsAtOnce);
    const offsets = Array.from({ length: Math.ceil(samples / perPart) }, (_, i) => i * perPart);
    const parts = offsets.map((offset) => {
      const part = {
        ...request,
        context,
        samples: Math.min(perPart, samples - offset),
        firstSample: firstSample + offset,
      };
      return limit(() => this.#persist(part, startTry()));
    });
    return resultOfParts(await Promise.allSettled(parts), {
      name,
      samples,
      signal,
      span: context.span,
      decide: unverified,
    });
  }

  async #persist(request: GenerateRequest, { run, delivered }: Try): Promise<GenerateResult> {
    const context = childContext(request.context ?? rootContext(), {
      kind: 'retry',
      label: `${this.provider}/${this.modelId}${request.firstSample === undefined ? '' : ` ${request.firstSample}`}`,
    });
    const charges: Charge[] = [];
    for (let tried = 1; ; tried += 1) {
      try {
        const result = await run({ ...request, context });
        context.span.end('answered');
        if (tried > 1) context.span.add({ values: { tries: tried } });
        return { ...result, charges: [...charges, ...result.charges], trace: context.span.toNode() };
      } catch (error) {
        const delayMs = delivered() ? undefined : this.#delayMs(error, tried, context);
        if (delayMs === undefined || !(error instanceof ModelCallError)) throw ended(error, charges, context);
        charges.push(...error.charges);
        context.span.add({
          values: { [`try ${tried}`]: `${error.failure}, ${error.dispatch}`, [`wait ${tried}`]: delayMs },
        });
        await pause(delayMs, { context, signal: request.signal, charges });
      }
    }
  }

  /** How long to wait before the next try, or undefined where there is none. */
  #delayMs(error: unknown, tried: number, context: CallContext): number | undefined {
    const { attempts, baseDelayMs, maxDelayMs } = this.#options;
    if (tried >= attempts || !(error instanceof ModelCallError) || !this.#mayPass(error)) return undefined;
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

/** Passes a stream's parts on, and remembers whether any of them was an answer. */
function streamed(model: Model, push: (part: StreamPart) => void): Try {
  let delivered = false;
  return {
    delivered: () => delivered,
    run: async (request) => {
      const stream = model.stream(request);
      for await (const part of stream) {
        if (part.type === 'finish') continue;
        delivered ||= part.type !== 'start' && part.type !== 'ping';
        push(part);
      }
      return stream.result;
    },
  };
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
    context.span.end('aborted');
    const error = new AbortedError('The call was aborted while it waited to be tried again.', {
      cause,
      partial: {
        candidates: [],
        charges: wait.charges,
        decision: { status: 'unverified', reason: 'the call was aborted before anything was answered' },
        warnings: [],
        trace: context.span.toNode(),
      },
    });
    error.charges = wait.charges;
    throw error;
  }
}

/** The error to throw: the last one, charged with what all tries cost. */
function ended(error: unknown, earlier: readonly Charge[], context: CallContext): unknown {
  context.span.end(error instanceof AbortedError ? 'aborted' : 'failed');
  if (earlier.length === 0 || !TollgateError.isInstance(error)) return error;
  const charges = [...earlier, ...error.charges];
  if (!(error instanceof AbortedError) || error.partial === undefined) {
    error.charges = charges;
    return error;
  }
  const whole = new AbortedError(error.message, { partial: { ...error.partial, charges }, cause: error.cause });
  whole.charges = charges;
  return whole;
}
