import { AbortedError } from '../errors/aborted-error.ts';
import { ModelCallError } from '../errors/model-call-error.ts';
import { TollgateError } from '../errors/tollgate-error.ts';
import type { Capabilities } from '../spec/capabilities.ts';
import type { CallContext } from '../spec/context.ts';
import type { ModelRef } from '../spec/pricing.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { Candidate, Charge, Warning } from '../spec/result.ts';
import type { Permit, Settled, SpendAsk } from '../spec/spend-guard.ts';
import type { StreamPart } from '../spec/stream.ts';
import type { Usage, UsageBound, UsageKnown } from '../spec/usage.ts';
import { admit } from './admit.ts';
import { checkOutput } from './check-output.ts';
import type { ModelDefinition } from './model-definition.ts';
import { inputTokenBound } from './input-bound.ts';
import type { LeafCall, LeafOutcome } from './leaf-call.ts';
import { CutOff } from './cut-off.ts';
import { type AnsweredPart, messageOf } from './result-of-parts.ts';
import { candidateId, SampleStream } from './sample-stream.ts';

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

/** Fit, admit, send, settle, trace: the way of every attempt, in this order. */
export function runAttempt(definition: ModelDefinition, options: AttemptOptions): Promise<AnsweredPart> {
  return new Attempt(definition, options).run();
}

/** All that stays in memory while an attempt is under way, so it is little: one object and one waiting function. */
class Attempt {
  readonly #definition: ModelDefinition;
  readonly #options: AttemptOptions;
  readonly #model: ModelRef;
  #permit: Permit | undefined;
  #cutOff: CutOff | undefined;
  #stream: SampleStream | undefined;

  constructor(definition: ModelDefinition, options: AttemptOptions) {
    this.#definition = definition;
    this.#options = options;
    this.#model = { provider: definition.provider, modelId: definition.modelId };
  }

  async run(): Promise<AnsweredPart> {
    refuseLate(this.#model, this.#options.context, this.#options.signal);
    if (this.#options.context.guards.length > 0) await this.#admit();
    let outcome: LeafOutcome;
    let candidates: readonly Candidate[];
    try {
      outcome = await this.#definition.call(this.#call());
      candidates = this.#candidates(outcome);
    } catch (error) {
      throw await this.#failure(error);
    } finally {
      this.#cutOff?.stop();
    }
    return this.#permit === undefined ? this.#answered(outcome, candidates) : this.#settled(outcome, candidates);
  }

  async #admit(): Promise<void> {
    const { context, signal } = this.#options;
    this.#permit = await admit(context.guards, askOf(this.#definition, { ...this.#options, model: this.#model }));
    try {
      // A budget may have let it wait.
      refuseLate(this.#model, context, signal);
    } catch (error) {
      await this.#release('too late');
      throw error;
    }
    const { deadlineMs } = this.#permit ?? {};
    if (deadlineMs !== undefined) this.#cutOff = new CutOff(deadlineMs, context.clock, signal);
  }

  #call(): LeafCall {
    const { request, original, attemptId, firstSample, context, signal, push } = this.#options;
    if (push !== undefined) this.#stream = new SampleStream(push, { attemptId, firstSample });
    return {
      request: this.#permit?.request ?? request,
      original,
      attemptId,
      firstSample,
      context,
      signal: this.#cutOff?.signal ?? signal,
      emit: this.#stream?.emit,
    };
  }

  #candidates(outcome: LeafOutcome): readonly Candidate[] {
    const { attemptId, firstSample, signal } = this.#options;
    const isFitted = this.#permit?.fitted === true;
    return outcome.candidates.map((candidate, i): Candidate => {
      const isLate = this.#cutOff?.isOver === true && candidate.finish.by === 'aborted' && signal?.aborted !== true;
      const cut = (isFitted && candidate.finish.by === 'length') || isLate;
      return {
        ...candidate,
        id: candidateId(attemptId, firstSample + i),
        attemptId,
        producedBy: this.#model,
        ...(cut && { finish: { ...candidate.finish, unified: 'length', by: 'budget' } }),
      };
    });
  }

  async #settled(outcome: LeafOutcome, candidates: readonly Candidate[]): Promise<AnsweredPart> {
    this.#finish(candidates);
    const { usage, usageKnown = 'exact' } = outcome;
    return this.#part(outcome, candidates, await settle(this.#charged(usage, usageKnown, idsOf(candidates))));
  }

  // Nobody holds anything for it, so its price is known at once.
  #answered(outcome: LeafOutcome, candidates: readonly Candidate[]): AnsweredPart | Promise<AnsweredPart> {
    this.#finish(candidates);
    const { usage, usageKnown = 'exact' } = outcome;
    return this.#part(outcome, candidates, priced(this.#charged(usage, usageKnown, idsOf(candidates))));
  }

  #finish(candidates: readonly Candidate[]): void {
    if (this.#stream === undefined) return;
    for (const candidate of candidates) this.#stream.finish(candidate);
  }

  #part(
    outcome: LeafOutcome,
    candidates: readonly Candidate[],
    { charge, warning }: PricedCharge,
  ): AnsweredPart | Promise<AnsweredPart> {
    const warnings = outcome.warnings === undefined ? [] : [...outcome.warnings];
    if (this.#permit?.fitted === true) warnings.push(...fittedWarnings(this.#permit.request, this.#options.request));
    if (this.#cutOff?.isOver === true) warnings.push(cutOffWarning);
    if (warning !== undefined) warnings.push(warning);
    const { raw: reply } = outcome;
    const raw = reply === undefined ? undefined : [{ attemptId: this.#options.attemptId, reply }];
    const { output } = this.#options.request;
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
    const failure = ModelCallError.isInstance(error) ? error : unknownFailure(error, this.#model, this.#options.signal);
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
    const { context, attemptId } = this.#options;
    return {
      definition: this.#definition,
      context,
      permit: this.#permit,
      model: this.#model,
      attemptId,
      usage,
      usageKnown,
      candidateIds,
    };
  }

  #release(reason: string): Promise<void> {
    return giveBack(this.#permit, { reason, context: this.#options.context });
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

function askOf(definition: ModelDefinition, attempt: AttemptOptions & { readonly model: ModelRef }): SpendAsk {
  return {
    attemptId: attempt.attemptId,
    model: attempt.model,
    request: attempt.request,
    bound: boundOf(definition, attempt),
    scopes: attempt.context.scopes,
    ...(definition.pricing !== undefined && { pricing: definition.pricing }),
    label: attempt.context.span.id,
    ...(attempt.context.deadline !== undefined && { deadlineMs: attempt.context.deadline }),
  };
}

function boundOf(definition: ModelDefinition, { request, capabilities }: AttemptOptions): UsageBound {
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

interface PricedCharge {
  readonly charge: Charge;
  readonly warning?: Warning;
}

/** What is charged for an attempt, and to whom. */
interface Chargeable {
  readonly definition: Pick<ModelDefinition, 'pricing'>;
  readonly context: CallContext;
  readonly permit: Permit | undefined;
  readonly model: ModelRef;
  readonly attemptId: string;
  readonly usage: Usage;
  readonly usageKnown: UsageKnown;
  readonly candidateIds: readonly string[];
}

/** Charges an attempt, in the ledger where it was held and in the trace. */
export async function settle(attempt: Chargeable): Promise<PricedCharge> {
  const { permit, usage, usageKnown, candidateIds } = attempt;
  if (permit === undefined) return priced(attempt);
  try {
    return charged(attempt, await permit.settle({ usage, usageKnown, candidateIds }));
  } catch (error) {
    return unrecorded(attempt, error);
  }
}

/** Charges an attempt that nothing was held for, by the model's own price. */
function priced(attempt: Chargeable): PricedCharge {
  try {
    return charged(attempt, priceWithout(attempt));
  } catch (error) {
    return unrecorded(attempt, error);
  }
}

// The answer is there and is not thrown away; the hold stays at its upper bound, so the cap still holds.
function unrecorded(attempt: Chargeable, error: unknown): PricedCharge {
  const message = `The ledger could not record this attempt; its hold stays at the upper bound. ${messageOf(error)}`;
  return { ...charged(attempt, undefined), warning: { code: 'other', message } };
}

function charged(attempt: Chargeable, settled: Settled | undefined): PricedCharge {
  const { context, model, attemptId, usage, usageKnown, candidateIds } = attempt;
  if (settled === undefined) {
    context.span.add({ charge: { attemptId, usageKnown } });
    return { charge: { attemptId, model, usage, usageKnown, candidateIds } };
  }
  const { cost, priceKnown } = settled;
  context.span.add({ charge: { attemptId, usageKnown, cost } });
  return { charge: { attemptId, model, usage, usageKnown, cost, priceKnown, candidateIds } };
}

function priceWithout(attempt: {
  readonly definition: Pick<ModelDefinition, 'pricing'>;
  readonly context: CallContext;
  readonly model: ModelRef;
  readonly usage: Usage;
}): Settled | undefined {
  const { pricing } = attempt.definition;
  if (pricing === undefined) return undefined;
  try {
    const price = pricing.priceOf(attempt.usage, attempt.model, attempt.context.clock.now());
    return { cost: price.amount, priceKnown: price.known };
  } catch (error) {
    if (TollgateError.isInstance(error) && error.code === 'unknown-price') return undefined;
    throw error;
  }
}

/** Returns the hold. A ledger that cannot do so keeps it, so the cap holds, and its error does not hide the one that matters. */
export async function giveBack(
  permit: Permit | undefined,
  { reason, context }: { readonly reason: string; readonly context: CallContext },
): Promise<void> {
  try {
    await permit?.release(reason);
  } catch (error) {
    context.span.add({ values: { 'hold not returned': messageOf(error) } });
  }
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
