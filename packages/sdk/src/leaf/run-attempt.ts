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
import type { LeafOutcome } from './leaf-call.ts';
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
export async function runAttempt(definition: ModelDefinition, options: AttemptOptions): Promise<AnsweredPart> {
  const { context, attemptId, firstSample, signal } = options;
  const model: ModelRef = { provider: definition.provider, modelId: definition.modelId };
  refuseLate(model, context, signal);
  const permit =
    context.guards.length === 0 ? undefined : await admit(context.guards, askOf(definition, { ...options, model }));
  const settleWith = (usage: Usage, usageKnown: UsageKnown, candidateIds: readonly string[]): Promise<PricedCharge> =>
    settle({ definition, context, permit, model, attemptId, usage, usageKnown, candidateIds });
  const release = (reason: string): Promise<void> => giveBack(permit, { reason, context });
  try {
    // A budget may have let it wait.
    refuseLate(model, context, signal);
  } catch (error) {
    await release('too late');
    throw error;
  }

  const fitted = permit?.fitted === true;
  const stream = options.push === undefined ? undefined : new SampleStream(options.push, { attemptId, firstSample });
  const cutOff = permit?.deadlineMs === undefined ? undefined : new CutOff(permit.deadlineMs, context.clock, signal);
  let outcome: LeafOutcome;
  let candidates: readonly Candidate[];
  try {
    outcome = await definition.call({
      request: permit?.request ?? options.request,
      original: options.original,
      attemptId,
      firstSample,
      context,
      signal: cutOff?.signal ?? signal,
      emit: stream?.emit,
    });
    candidates = outcome.candidates.map((candidate, i): Candidate => {
      const isLate = cutOff?.isOver === true && candidate.finish.by === 'aborted' && signal?.aborted !== true;
      const cut = (fitted && candidate.finish.by === 'length') || isLate;
      return {
        ...candidate,
        id: candidateId(attemptId, firstSample + i),
        attemptId,
        producedBy: model,
        ...(cut && { finish: { ...candidate.finish, unified: 'length', by: 'budget' } }),
      };
    });
  } catch (error) {
    throw await settleFailure(error, { model, signal, settleWith, release });
  } finally {
    cutOff?.stop();
  }

  for (const candidate of candidates) stream?.finish(candidate);
  const priced = await settleWith(
    outcome.usage,
    outcome.usageKnown ?? 'exact',
    candidates.map((candidate) => candidate.id),
  );
  const { output } = options.request;
  return {
    candidates: output === undefined ? candidates : await checkOutput(candidates, output),
    charges: [priced.charge],
    warnings: [
      ...(outcome.warnings ?? []),
      ...(fitted ? fittedWarnings(permit.request, options.request) : []),
      ...(cutOff?.isOver === true ? [cutOffWarning] : []),
      ...(priced.warning === undefined ? [] : [priced.warning]),
    ],
    raw: outcome.raw === undefined ? undefined : [{ attemptId, reply: outcome.raw }],
  };
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

/** Charges an attempt, in the ledger where it was held and in the trace. */
export async function settle(attempt: {
  readonly definition: Pick<ModelDefinition, 'pricing'>;
  readonly context: CallContext;
  readonly permit: Permit | undefined;
  readonly model: ModelRef;
  readonly attemptId: string;
  readonly usage: Usage;
  readonly usageKnown: UsageKnown;
  readonly candidateIds: readonly string[];
}): Promise<PricedCharge> {
  const { context, permit, model, attemptId, usage, usageKnown, candidateIds } = attempt;
  let settled: Settled | undefined;
  let warning: Warning | undefined;
  try {
    settled = permit === undefined ? priceWithout(attempt) : await permit.settle({ usage, usageKnown, candidateIds });
  } catch (error) {
    // The answer is there and is not thrown away; the hold stays at its upper bound, so the cap still holds.
    warning = {
      code: 'other',
      message: `The ledger could not record this attempt; its hold stays at the upper bound. ${messageOf(error)}`,
    };
  }
  const charge: Charge = {
    attemptId,
    model,
    usage,
    usageKnown,
    ...(settled !== undefined && { cost: settled.cost, priceKnown: settled.priceKnown }),
    candidateIds,
  };
  context.span.add({ charge: { attemptId, usageKnown, ...(settled !== undefined && { cost: settled.cost }) } });
  return { charge, ...(warning !== undefined && { warning }) };
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

/** Charges a failed attempt by what is known of it, and gives the error to throw. */
async function settleFailure(
  error: unknown,
  attempt: {
    readonly model: ModelRef;
    readonly signal: AbortSignal | undefined;
    readonly settleWith: (usage: Usage, known: UsageKnown, ids: readonly string[]) => Promise<PricedCharge>;
    readonly release: (reason: string) => Promise<void>;
  },
): Promise<TollgateError> {
  const isFree = ModelCallError.isInstance(error) ? error.dispatch !== 'unknown' : !AbortedError.isInstance(error);
  if (TollgateError.isInstance(error) && isFree) {
    await attempt.release(ModelCallError.isInstance(error) ? error.failure : error.code);
    // An engine that cannot start gives one error to every call: what it cost another one is not this one's.
    error.charges = [];
    return error;
  }
  const failure = ModelCallError.isInstance(error) ? error : unknownFailure(error, attempt);
  const partial = ModelCallError.isInstance(failure) ? failure.partial : undefined;
  const priced =
    partial === undefined
      ? await attempt.settleWith({}, 'upper-bound', [])
      : await attempt.settleWith(partial.usage, partial.usageKnown ?? 'estimated', []);
  failure.charges = [priced.charge];
  return failure;
}

function unknownFailure(
  error: unknown,
  { model, signal }: { readonly model: ModelRef; readonly signal: AbortSignal | undefined },
): TollgateError {
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
