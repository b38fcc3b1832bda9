import { AbortedError } from '../errors/aborted-error.ts';
import { ModelCallError } from '../errors/model-call-error.ts';
import { TollgateError } from '../errors/tollgate-error.ts';
import type { Capabilities } from '../spec/capabilities.ts';
import type { CallContext } from '../spec/context.ts';
import type { ModelRef } from '../spec/pricing.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { Candidate, GenerateResult, Warning } from '../spec/result.ts';
import type { Permit, SpendAsk } from '../spec/spend-guard.ts';
import type { StreamPart } from '../spec/stream.ts';
import type { Usage, UsageBound, UsageKnown } from '../spec/usage.ts';
import { admit } from './admit.ts';
import { checkOutput } from './check-output.ts';
import type { ModelDefinition } from './model-definition.ts';
import { inputTokenBound } from './input-bound.ts';
import type { LeafCall, LeafOutcome } from './leaf-call.ts';
import { CutOff } from './cut-off.ts';
import { type AnsweredPart, messageOf, resultOfParts } from './result-of-parts.ts';
import { candidateId, SampleStream } from './sample-stream.ts';
import { type Chargeable, giveBack, priced, type PricedCharge, settle } from './settle-attempt.ts';
import { unverified } from './unverified.ts';

/** What one attempt is run with. */
export interface AttemptOptions {
  readonly request: GenerateRequest;
  readonly original: GenerateRequest;
  readonly attemptId: string;
  readonly firstSample: number;
  readonly capabilities: Capabilities;
  readonly context: CallContext;
  readonly signal: AbortSignal | undefined;
  readonly push: ((part: StreamPart) => void) | undefined;
}

/** Fit, admit, send, settle, trace: the way of every attempt, in this order. Resolves also where it failed. */
export function runAttempt(
  definition: ModelDefinition,
  options: AttemptOptions,
): Promise<PromiseSettledResult<AnsweredPart>> {
  return new Attempt(definition, options).run(options.capabilities, partOf);
}

/** The same for a request of one attempt, up to its result. A promise fewer is held for each call in flight. */
export function runOnlyAttempt(definition: ModelDefinition, options: AttemptOptions): Promise<GenerateResult> {
  return new Attempt(definition, options).run(options.capabilities, resultOf);
}

type End<Result> = (attempt: Attempt, part: PromiseSettledResult<AnsweredPart>) => Result;

const partOf: End<PromiseSettledResult<AnsweredPart>> = (_, part) => part;
const resultOf: End<GenerateResult> = (attempt, part) => attempt.resultOf(part);

/** All that stays in memory while an attempt is under way, so it is little: one object, which the adapter is called with as well. */
class Attempt implements LeafCall {
  readonly original: GenerateRequest;
  readonly attemptId: string;
  readonly firstSample: number;
  readonly context: CallContext;
  readonly emit: LeafCall['emit'];
  request: GenerateRequest;
  signal: AbortSignal | undefined;
  readonly #definition: ModelDefinition;
  readonly #callerSignal: AbortSignal | undefined;
  readonly #stream: SampleStream | undefined;
  #permit: Permit | undefined;
  #cutOff: CutOff | undefined;

  constructor(definition: ModelDefinition, options: AttemptOptions) {
    const { request, original, attemptId, firstSample, context, signal, push } = options;
    this.#definition = definition;
    this.request = request;
    this.original = original;
    this.attemptId = attemptId;
    this.firstSample = firstSample;
    this.context = context;
    this.signal = signal;
    this.#callerSignal = signal;
    this.#stream = push === undefined ? undefined : new SampleStream(push, { attemptId, firstSample });
    this.emit = this.#stream?.emit;
  }

  // By hand and not async, as is every step that has nothing to wait for: what waits is held for each call in flight.
  run<Result>(capabilities: Capabilities, end: End<Result>): Promise<Result> {
    try {
      refuseLate(this.#definition, this.context, this.#callerSignal);
    } catch (reason) {
      return Promise.resolve(reason).then(() => end(this, { status: 'rejected', reason }));
    }
    return this.context.guards.length === 0 ? this.#send(end) : this.#admitAndSend(capabilities, end);
  }

  resultOf(part: PromiseSettledResult<AnsweredPart>): GenerateResult {
    const { provider, modelId } = this.#definition;
    return resultOfParts([part], {
      name: `${provider}/${modelId}`,
      samples: this.original.samples ?? 1,
      signal: this.#callerSignal,
      span: this.context.span,
      decide: unverified,
    });
  }

  async #admitAndSend<Result>(capabilities: Capabilities, end: End<Result>): Promise<Result> {
    try {
      await this.#admit(capabilities);
    } catch (reason) {
      return end(this, { status: 'rejected', reason });
    }
    return this.#send(end);
  }

  async #admit(capabilities: Capabilities): Promise<void> {
    const { context } = this;
    const ask = askOf(this.#definition, { attempt: this, capabilities, model: this.#model });
    this.#permit = await admit(context.guards, ask);
    try {
      // A budget may have let it wait.
      refuseLate(this.#definition, context, this.#callerSignal);
    } catch (error) {
      await this.#release('too late');
      throw error;
    }
    if (this.#permit === undefined) return;
    const { request, deadlineMs } = this.#permit;
    this.request = request;
    if (deadlineMs === undefined) return;
    this.#cutOff = new CutOff(deadlineMs, context.clock, this.#callerSignal);
    this.signal = this.#cutOff.signal;
  }

  #send<Result>(end: End<Result>): Promise<Result> {
    return this.#called().then(
      (outcome) => this.#succeed(outcome, end),
      (error: unknown) => this.#fail(error, end),
    );
  }

  #called(): Promise<LeafOutcome> {
    try {
      return this.#definition.call(this);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #succeed<Result>(outcome: LeafOutcome, end: End<Result>): Result | Promise<Result> {
    let candidates: readonly Candidate[];
    try {
      candidates = this.#candidates(outcome);
    } catch (error) {
      return this.#fail(error, end);
    }
    this.#cutOff?.stop();
    let part: AnsweredPart | Promise<AnsweredPart>;
    try {
      part = this.#answered(outcome, candidates);
    } catch (reason) {
      return end(this, { status: 'rejected', reason });
    }
    if (!(part instanceof Promise)) return end(this, { status: 'fulfilled', value: part });
    return part.then(
      (value) => end(this, { status: 'fulfilled', value }),
      (reason: unknown) => end(this, { status: 'rejected', reason }),
    );
  }

  async #fail<Result>(error: unknown, end: End<Result>): Promise<Result> {
    this.#cutOff?.stop();
    return end(this, { status: 'rejected', reason: await this.#failure(error) });
  }

  get #model(): ModelRef {
    const { provider, modelId } = this.#definition;
    return { provider, modelId };
  }

  #candidates(outcome: LeafOutcome): readonly Candidate[] {
    const { attemptId, firstSample } = this;
    const isFitted = this.#permit?.fitted === true;
    const producedBy = this.#model;
    return outcome.candidates.map((candidate, i): Candidate => {
      const isLate =
        this.#cutOff?.isOver === true && candidate.finish.by === 'aborted' && this.#callerSignal?.aborted !== true;
      const cut = (isFitted && candidate.finish.by === 'length') || isLate;
      return {
        ...candidate,
        id: candidateId(attemptId, firstSample + i),
        attemptId,
        producedBy,
        ...(cut && { finish: { ...candidate.finish, unified: 'length', by: 'budget' } }),
      };
    });
  }

  // Where nobody holds anything for it, its price is known at once.
  #answered(outcome: LeafOutcome, candidates: readonly Candidate[]): AnsweredPart | Promise<AnsweredPart> {
    if (this.#stream !== undefined) for (const candidate of candidates) this.#stream.finish(candidate);
    const { usage, usageKnown = 'exact' } = outcome;
    const charged = this.#charged(usage, usageKnown, idsOf(candidates));
    if (this.#permit === undefined) return this.#part(outcome, candidates, priced(charged));
    return settle(charged).then((settled) => this.#part(outcome, candidates, settled));
  }

  #part(
    outcome: LeafOutcome,
    candidates: readonly Candidate[],
    { charge, warning }: PricedCharge,
  ): AnsweredPart | Promise<AnsweredPart> {
    const warnings = outcome.warnings === undefined ? [] : [...outcome.warnings];
    if (this.#permit?.fitted === true) warnings.push(...fittedWarnings(this.#permit.request, this.original));
    if (this.#cutOff?.isOver === true) warnings.push(cutOffWarning);
    if (warning !== undefined) warnings.push(warning);
    const { raw: reply } = outcome;
    const raw = reply === undefined ? undefined : [{ attemptId: this.attemptId, reply }];
    const { output } = this.original;
    const charges = [charge];
    return output === undefined
      ? { candidates, charges, warnings, raw }
      : checkOutput(candidates, output).then((read) => ({ candidates: read, charges, warnings, raw }));
  }

  /** Charges a failed attempt by what is known of it, and gives the error to throw. */
  async #failure(error: unknown): Promise<TollgateError> {
    const isFree = ModelCallError.isInstance(error) ? error.dispatch !== 'unknown' : !AbortedError.isInstance(error);
    if (TollgateError.isInstance(error) && isFree) {
      await this.#release(ModelCallError.isInstance(error) ? error.failure : error.code);
      // An engine that cannot start gives one error to every call: what it cost another one is not this one's.
      error.charges = [];
      return error;
    }
    const failure = ModelCallError.isInstance(error) ? error : unknownFailure(error, this.#model, this.#callerSignal);
    const partial = ModelCallError.isInstance(failure) ? failure.partial : undefined;
    const { charge } = await settle(
      partial === undefined
        ? this.#charged({}, 'upper-bound', [])
        : this.#charged(partial.usage, partial.usageKnown ?? 'estimated', []),
    );
    failure.charges = [charge];
    return failure;
  }

  #charged(usage: Usage, usageKnown: UsageKnown, candidateIds: readonly string[]): Chargeable {
    return {
      definition: this.#definition,
      context: this.context,
      permit: this.#permit,
      model: this.#model,
      attemptId: this.attemptId,
      usage,
      usageKnown,
      candidateIds,
    };
  }

  #release(reason: string): Promise<void> {
    return giveBack(this.#permit, { reason, context: this.context });
  }
}

function idsOf(candidates: readonly Candidate[]): readonly string[] {
  return candidates.map((candidate) => candidate.id);
}

/** Refuses what would start after its abort or its deadline. */
export function refuseLate(model: ModelRef, context: CallContext, signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) {
    throw new AbortedError('The call was aborted before it was sent.', { cause: signal.reason });
  }
  if (context.deadline !== undefined && context.clock.now() >= context.deadline) {
    throw new ModelCallError(`${model.provider}/${model.modelId} was not asked: the deadline has passed.`, {
      failure: 'timeout',
      dispatch: 'not-sent',
    });
  }
}

/** What a hold is asked for. */
interface Asking {
  readonly attempt: LeafCall;
  readonly capabilities: Capabilities;
  readonly model: ModelRef;
}

function askOf(definition: ModelDefinition, asking: Asking): SpendAsk {
  const { attemptId, request, context } = asking.attempt;
  return {
    attemptId,
    model: asking.model,
    request,
    bound: boundOf(definition, request, asking.capabilities),
    scopes: context.scopes,
    ...(definition.pricing !== undefined && { pricing: definition.pricing }),
    label: context.span.id,
    ...(context.deadline !== undefined && { deadlineMs: context.deadline }),
  };
}

function boundOf(definition: ModelDefinition, request: GenerateRequest, capabilities: Capabilities): UsageBound {
  const { limits, samples } = capabilities;
  return {
    inputTokens: definition.countInputTokens?.(request) ?? inputTokenBound(request, capabilities),
    inputKnown: 'proved',
    outputTokensPerSample:
      request.maxOutputTokens ?? limits.maxOutputTokens ?? limits.contextTokens ?? Number.POSITIVE_INFINITY,
    samples: request.samples ?? 1,
    promptBilledOnce: samples.promptBilledOnce,
  };
}

function unknownFailure(error: unknown, model: ModelRef, signal: AbortSignal | undefined): TollgateError {
  if (signal?.aborted === true) return new AbortedError('The call was aborted.', { cause: error });
  return new ModelCallError(`${model.provider}/${model.modelId} failed: ${messageOf(error)}`, {
    failure: 'engine',
    dispatch: 'unknown',
    cause: error,
  });
}

const cutOffWarning: Warning = {
  code: 'fitted',
  option: 'seconds',
  message: 'The seconds that the budget left for this attempt were over before it was, and it was cut off.',
};

function fittedWarnings({ effort, maxOutputTokens }: GenerateRequest, asked: GenerateRequest): readonly Warning[] {
  const cap: Warning = {
    code: 'fitted',
    option: 'maxOutputTokens',
    message: `The budget left room for ${maxOutputTokens} output tokens; the request was lowered to that.`,
  };
  if (effort === asked.effort) return [cap];
  const level = asked.effort === undefined ? 'none was asked for' : `asked was "${asked.effort}"`;
  const message = `The budget has no room for the usual reasoning; the effort was lowered to "${effort}" (${level}).`;
  return [cap, { code: 'fitted', option: 'effort', message }];
}
