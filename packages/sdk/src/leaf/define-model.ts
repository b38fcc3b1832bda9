import pLimit from 'p-limit';
import { TollgateError } from '../errors/tollgate-error.ts';
import type { Capabilities } from '../spec/capabilities.ts';
import type { CallContext } from '../spec/context.ts';
import type { Model } from '../spec/model.ts';
import type { Pricing } from '../spec/pricing.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { GenerateResult } from '../spec/result.ts';
import type { ModelStream, StreamPart } from '../spec/stream.ts';
import { withTokenModel } from './as-token-model.ts';
import { childContext, rootContext } from './call-context.ts';
import { carriesContext } from './carries-context.ts';
import { checkRequest } from './check-request.ts';
import { flat } from './flat.ts';
import type { ModelDefinition } from './model-definition.ts';
import { createModelStream } from './model-stream.ts';
import { type AnsweredPart, resultOfParts } from './result-of-parts.ts';
import { runAttempt, runOnlyAttempt } from './run-attempt.ts';
import { unverified } from './unverified.ts';

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
  /** Every trace holds it. */
  readonly #name: string;
  #closed = false;

  constructor(definition: ModelDefinition) {
    this.#definition = definition;
    this.provider = definition.provider;
    this.modelId = definition.modelId;
    this.#name = flat(`${definition.provider}/${definition.modelId}`);
    if (definition.pricing !== undefined) this.pricing = definition.pricing;
    if (definition.tokenModel !== undefined) withTokenModel(this, definition.tokenModel);
  }

  capabilitiesFor(request?: GenerateRequest): Capabilities {
    const { capabilities } = this.#definition;
    return typeof capabilities === 'function' ? capabilities(request) : capabilities;
  }

  generate(request: GenerateRequest): Promise<GenerateResult> {
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

  #run(request: GenerateRequest, signal: AbortSignal | undefined, push: Push | undefined): Promise<GenerateResult> {
    try {
      if (this.#closed)
        throw new TollgateError('closed', `${this.provider}/${this.modelId} is closed. Make a new model.`);
      checkRequest(request);
      const capabilities = this.capabilitiesFor(request);
      const context = childContext(request.context ?? rootContext(), { kind: 'leaf', label: this.#name });
      push?.({ type: 'start', warnings: [] });
      const run = { request, original: request, capabilities, context, signal, push };
      if ((request.samples ?? 1) > capabilities.samples.nativeMax) return this.#runAttempts(run);
      const attempt = { ...run, attemptId: context.span.id, firstSample: request.firstSample ?? 0 };
      return runOnlyAttempt(this.#definition, attempt);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Several attempts, a few at a time, where the engine does not take all samples in one call. */
  async #runAttempts(run: Run): Promise<GenerateResult> {
    const { request, context, signal } = run;
    const { samples = 1, firstSample = 0 } = request;
    const perAttempt = run.capabilities.samples.nativeMax;
    const limit = pLimit(this.#definition.maxParallelAttempts ?? 8);
    const attempt = (first: number): Promise<PromiseSettledResult<AnsweredPart>> =>
      runAttempt(this.#definition, {
        ...run,
        request: { ...request, samples: Math.min(perAttempt, samples - first) },
        attemptId: `${context.span.id}/${first}`,
        firstSample: firstSample + first,
      });
    const firsts = Array.from({ length: Math.ceil(samples / perAttempt) }, (_, i) => i * perAttempt);
    const parts = await Promise.all(firsts.map((first) => limit(() => attempt(first))));
    return resultOfParts(parts, { name: this.#name, samples, signal, span: context.span, decide: unverified });
  }
}

interface Run {
  readonly request: GenerateRequest;
  readonly original: GenerateRequest;
  readonly capabilities: Capabilities;
  readonly context: CallContext;
  readonly signal: AbortSignal | undefined;
  readonly push: Push | undefined;
}
