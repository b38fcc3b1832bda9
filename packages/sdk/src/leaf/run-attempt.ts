import { AbortedError } from '../errors/aborted-error.ts';
import { UnknownPriceError } from '../errors/budget-errors.ts';
import { ModelCallError } from '../errors/model-call-error.ts';
import { TollgateError } from '../errors/tollgate-error.ts';
import type { Capabilities } from '../spec/capabilities.ts';
import type { CallContext } from '../spec/context.ts';
import type { JsonValue } from '../spec/json.ts';
import type { ModelRef } from '../spec/pricing.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { Candidate, Charge, Warning } from '../spec/result.ts';
import type { Permit, Settled } from '../spec/spend-guard.ts';
import type { StreamPart } from '../spec/stream.ts';
import type { Usage, UsageBound, UsageKnown } from '../spec/usage.ts';
import { admit } from './admit.ts';
import type { ModelDefinition } from './define-model.ts';
import { inputTokenBound } from './input-bound.ts';
import type { LeafOutcome, LeafPart } from './leaf-call.ts';

/** One attempt that ended in an answer, whole or cut. */
export interface Attempt {
  readonly candidates: readonly Candidate[];
  readonly charge: Charge;
  readonly warnings: readonly Warning[];
  readonly raw: JsonValue | undefined;
}

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
export async function runAttempt(definition: ModelDefinition, options: AttemptOptions): Promise<Attempt> {
  const { context, attemptId, signal } = options;
  const model: ModelRef = { provider: definition.provider, modelId: definition.modelId };
  refuseLate(model, context, signal);
  const permit = await admit(context.guards, {
    attemptId,
    model,
    request: options.request,
    bound: boundOf(definition, options),
    scopes: context.scopes,
    ...(definition.pricing !== undefined && { pricing: definition.pricing }),
    label: context.span.id,
  });
  const settleWith = (usage: Usage, usageKnown: UsageKnown, candidateIds: readonly string[]): Promise<PricedCharge> =>
    settle({ definition, context, permit, model, attemptId, usage, usageKnown, candidateIds });

  let outcome: LeafOutcome;
  try {
    signal?.throwIfAborted();
    outcome = await definition.call({
      request: permit?.request ?? options.request,
      original: options.original,
      attemptId,
      firstSample: options.firstSample,
      context,
      signal,
      emit: options.push === undefined ? undefined : emitter(options.push, attemptId, options.firstSample),
    });
  } catch (error) {
    throw await settleFailure(error, { model, permit, signal, settleWith });
  }

  const fitted = permit?.fitted === true;
  const candidates = outcome.candidates.map((candidate, i): Candidate => {
    const cut = fitted && candidate.finish.by === 'length';
    return {
      id: `${attemptId}#${options.firstSample + i}`,
      attemptId,
      producedBy: model,
      ...candidate,
      ...(cut && { finish: { ...candidate.finish, by: 'budget' } }),
    };
  });
  for (const candidate of candidates) {
    options.push?.({ type: 'candidate-finish', candidateId: candidate.id, attemptId, finish: candidate.finish });
  }
  const priced = await settleWith(
    outcome.usage,
    outcome.usageKnown ?? 'exact',
    candidates.map((candidate) => candidate.id),
  );
  return {
    candidates,
    charge: priced.charge,
    warnings: [
      ...(outcome.warnings ?? []),
      ...(fitted ? [fittedWarning(permit.request)] : []),
      ...(priced.warning === undefined ? [] : [priced.warning]),
    ],
    raw: outcome.raw,
  };
}

function refuseLate(model: ModelRef, context: CallContext, signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new AbortedError('The call was aborted before it was sent.', { cause: signal.reason });
  if (context.deadline !== undefined && context.clock.now() >= context.deadline) {
    throw new ModelCallError(`${model.provider}/${model.modelId} was not asked: the deadline has passed.`, {
      failure: 'timeout',
      dispatch: 'not-sent',
    });
  }
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

async function settle(attempt: {
  readonly definition: ModelDefinition;
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
    settled =
      permit === undefined ? priceWithout(attempt) : await permit.settle({ usage, usageKnown, candidateIds });
  } catch (error) {
    // The answer is there and is not thrown away; the hold stays at its upper bound, so the cap still holds.
    warning = {
      code: 'other',
      message: `The ledger could not record this attempt; its hold stays at the upper bound. ${error instanceof Error ? error.message : String(error)}`,
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
  readonly definition: ModelDefinition;
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
    if (error instanceof UnknownPriceError) return undefined;
    throw error;
  }
}

/** Charges a failed attempt by what is known of it, and gives the error to throw. */
async function settleFailure(
  error: unknown,
  attempt: {
    readonly model: ModelRef;
    readonly permit: Permit | undefined;
    readonly signal: AbortSignal | undefined;
    readonly settleWith: (usage: Usage, known: UsageKnown, ids: readonly string[]) => Promise<PricedCharge>;
  },
): Promise<Error> {
  if (error instanceof ModelCallError && error.dispatch !== 'unknown') {
    await attempt.permit?.release(error.failure);
    return error;
  }
  if (TollgateError.isInstance(error) && !(error instanceof ModelCallError) && error.code !== 'aborted') {
    await attempt.permit?.release(error.code);
    return error;
  }
  const aborted = attempt.signal?.aborted === true;
  const failure =
    error instanceof ModelCallError
      ? error
      : aborted
        ? new AbortedError('The call was aborted.', { cause: error })
        : new ModelCallError(
            `${attempt.model.provider}/${attempt.model.modelId} failed: ${error instanceof Error ? error.message : String(error)}`,
            { failure: 'engine', dispatch: 'unknown', cause: error },
          );
  const partial = failure instanceof ModelCallError ? failure.partial : undefined;
  const priced =
    partial === undefined
      ? await attempt.settleWith({}, 'upper-bound', [])
      : await attempt.settleWith(partial.usage, partial.usageKnown ?? 'estimated', []);
  failure.charges = [priced.charge];
  return failure;
}

function fittedWarning(request: GenerateRequest): Warning {
  return {
    code: 'fitted',
    option: 'maxOutputTokens',
    message: `The budget left room for ${request.maxOutputTokens} output tokens; the request was lowered to that.`,
  };
}

/** Turns an adapter's parts into stream parts; the first part of a candidate commits it. */
function emitter(push: (part: StreamPart) => void, attemptId: string, firstSample: number): (part: LeafPart) => void {
  const committed = new Set<number>();
  return (part) => {
    const candidateId = `${attemptId}#${firstSample + part.sample}`;
    if (!committed.has(part.sample)) {
      committed.add(part.sample);
      push({ type: 'commit', candidateId, attemptId });
    }
    const { sample: _, ...delta } = part;
    push({ ...delta, candidateId, attemptId });
  };
}
