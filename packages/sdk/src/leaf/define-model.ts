import pLimit from 'p-limit';
import { AbortedError } from '../errors/aborted-error.ts';
import { ModelCallError } from '../errors/model-call-error.ts';
import { TollgateError } from '../errors/tollgate-error.ts';
import type { Capabilities } from '../spec/capabilities.ts';
import type { CallContext } from '../spec/context.ts';
import type { Model } from '../spec/model.ts';
import type { ModelRef, Pricing } from '../spec/pricing.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { Candidate, Charge, GenerateResult, Warning } from '../spec/result.ts';
import type { ModelStream, StreamPart } from '../spec/stream.ts';
import { childContext, rootContext } from './call-context.ts';
import { carriesContext } from './carries-context.ts';
import { checkRequest } from './check-request.ts';
import type { LeafCall, LeafOutcome } from './leaf-call.ts';
import { createModelStream } from './model-stream.ts';
import { type Attempt, runAttempt } from './run-attempt.ts';

/** What makes a leaf. */
export interface ModelDefinition {
  readonly provider: string;
  readonly modelId: string;
  readonly capabilities: Capabilities | ((request?: GenerateRequest) => Capabilities);
  /**
   * Sends one attempt and reads the answer, for `generate` and `stream` alike.
   *
   * On abort it returns what there is, with `finish.by: 'aborted'`. It throws `ModelCallError` for everything else that
   * goes wrong, with `dispatch` telling how far the attempt got and `partial` what had arrived.
   */
  readonly call: (call: LeafCall) => Promise<LeafOutcome>;
  /** The model's own declared price. */
  readonly pricing?: Pricing;
  /** Exact prompt tokens, where the engine can count them before it is asked. Tightens holds. */
  readonly countInputTokens?: (request: GenerateRequest) => number;
  /** Attempts on the wire at once for one request with more samples than one call takes. Range [1, ∞). @defaultValue 8 */
  readonly maxParallelAttempts?: number;
  readonly close?: () => Promise<void>;
}

/**
 * Makes a leaf: a model that talks to an engine. The one place where an attempt is fitted, admitted, sent, settled and traced.
 *
 * @example
 * const echo = defineModel({
 *   provider: 'test',
 *   modelId: 'echo',
 *   capabilities: textOnly,
 *   call: async ({ request }) => ({
 *     candidates: [{ content: [{ type: 'text', text: lastText(request) }], finish: { unified: 'stop', by: 'eos' } }],
 *     usage: { inputUncached: 3, outputText: 3 },
 *   }),
 * });
 */
export function defineModel(definition: ModelDefinition): Model {
  return new LeafModel(definition);
}

type Push = (part: StreamPart) => void;

class LeafModel implements Model {
  readonly specVersion = 1;
  readonly [carriesContext] = true;
  readonly provider: string;
  readonly modelId: string;
  readonly pricing?: Pricing;
  readonly #definition: ModelDefinition;
  #closed = false;

  constructor(definition: ModelDefinition) {
    this.#definition = definition;
    this.provider = definition.provider;
    this.modelId = definition.modelId;
    if (definition.pricing !== undefined) this.pricing = definition.pricing;
  }

  capabilitiesFor(request?: GenerateRequest): Capabilities {
    const { capabilities } = this.#definition;
    return typeof capabilities === 'function' ? capabilities(request) : capabilities;
  }

  async generate(request: GenerateRequest): Promise<GenerateResult> {
    return this.#run(request, request.signal, undefined);
  }

  stream(request: GenerateRequest): ModelStream {
    return createModelStream((push, signal) => this.#run(request, signal, push), request.signal);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#definition.close?.();
  }

  async #run(request: GenerateRequest, signal: AbortSignal | undefined, push: Push | undefined): Promise<GenerateResult> {
    if (this.#closed) throw new TollgateError('closed', `${this.provider}/${this.modelId} is closed. Make a new model.`);
    checkRequest(request);
    const capabilities = this.capabilitiesFor(request);
    const context = childContext(request.context ?? rootContext(), { kind: 'leaf', label: `${this.provider}/${this.modelId}` });
    push?.({ type: 'start', warnings: [] });
    const attempts = await this.#runAttempts({ request, capabilities, context, signal, push });
    return this.#collect(attempts, context, request, signal);
  }

  /** One attempt where the engine takes all samples in one call; else several, a few at a time. */
  async #runAttempts(run: {
    readonly request: GenerateRequest;
    readonly capabilities: Capabilities;
    readonly context: CallContext;
    readonly signal: AbortSignal | undefined;
    readonly push: Push | undefined;
  }): Promise<readonly PromiseSettledResult<Attempt>[]> {
    const samples = run.request.samples ?? 1;
    const perAttempt = run.capabilities.samples.nativeMax;
    const attempt = (first: number): Promise<Attempt> =>
      runAttempt(this.#definition, {
        ...run,
        request: samples <= perAttempt ? run.request : { ...run.request, samples: Math.min(perAttempt, samples - first) },
        original: run.request,
        attemptId: samples <= perAttempt ? run.context.span.id : `${run.context.span.id}/${first}`,
        firstSample: first,
      });
    if (samples <= perAttempt) return Promise.allSettled([attempt(0)]);
    const limit = pLimit(this.#definition.maxParallelAttempts ?? 8);
    const firsts = Array.from({ length: Math.ceil(samples / perAttempt) }, (_, i) => i * perAttempt);
    return Promise.allSettled(firsts.map((first) => limit(() => attempt(first))));
  }

  #collect(
    settled: readonly PromiseSettledResult<Attempt>[],
    context: CallContext,
    request: GenerateRequest,
    signal: AbortSignal | undefined,
  ): GenerateResult {
    const candidates: Candidate[] = [];
    const charges: Charge[] = [];
    const warnings: Warning[] = [];
    const errors: unknown[] = [];
    let raw: GenerateResult['raw'];
    for (const outcome of settled) {
      if (outcome.status === 'fulfilled') {
        candidates.push(...outcome.value.candidates);
        charges.push(outcome.value.charge);
        warnings.push(...outcome.value.warnings);
        raw ??= outcome.value.raw;
      } else {
        errors.push(outcome.reason);
        if (TollgateError.isInstance(outcome.reason)) charges.push(...outcome.reason.charges);
      }
    }
    const aborted = signal?.aborted === true;
    const failure = errors[0];
    if (failure !== undefined && (candidates.length === 0 || !isShortfall(failure)) && !aborted) {
      context.span.end('failed');
      if (TollgateError.isInstance(failure)) failure.charges = charges;
      throw failure;
    }
    if (failure !== undefined && !aborted) {
      warnings.push({
        code: 'short',
        option: 'samples',
        message: `${candidates.length} of ${request.samples ?? 1} samples: ${failure instanceof Error ? failure.message : String(failure)}`,
      });
    }
    context.span.end(aborted ? 'aborted' : 'answered');
    const chosen = candidates[0];
    const result: GenerateResult = {
      candidates,
      charges,
      decision: {
        status: 'unverified',
        ...(chosen !== undefined && { chosen: chosen.id }),
        reason: 'a model was asked and nothing checked its answer',
      },
      warnings,
      trace: context.span.toNode(),
      ...(raw !== undefined && { raw }),
    };
    if (aborted) {
      const error = new AbortedError('The call was aborted.', { partial: result, cause: signal.reason });
      error.charges = charges;
      throw error;
    }
    return result;
  }
}

/** Failures after which the samples that did arrive are still worth having. */
function isShortfall(error: unknown): boolean {
  return error instanceof ModelCallError || (TollgateError.isInstance(error) && error.code.startsWith('budget-'));
}

/** The price-book name of a definition. */
export function modelRef(model: { readonly provider: string; readonly modelId: string }): ModelRef {
  return { provider: model.provider, modelId: model.modelId };
}

