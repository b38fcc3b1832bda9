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
import type { ModelDefinition } from './model-definition.ts';
import { createModelStream } from './model-stream.ts';
import { type AnsweredPart, resultOfParts } from './result-of-parts.ts';
import { runAttempt } from './run-attempt.ts';
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
  #closed = false;

  constructor(definition: ModelDefinition) {
    this.#definition = definition;
    this.provider = definition.provider;
    this.modelId = definition.modelId;
    if (definition.pricing !== undefined) this.pricing = definition.pricing;
    if (definition.tokenModel !== undefined) withTokenModel(this, definition.tokenModel);
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

  async #run(
    request: GenerateRequest,
    signal: AbortSignal | undefined,
    push: Push | undefined,
  ): Promise<GenerateResult> {
    if (this.#closed)
      throw new TollgateError('closed', `${this.provider}/${this.modelId} is closed. Make a new model.`);
    checkRequest(request);
    const capabilities = this.capabilitiesFor(request);
    const context = childContext(request.context ?? rootContext(), {
      kind: 'leaf',
      label: `${this.provider}/${this.modelId}`,
    });
    push?.({ type: 'start', warnings: [] });
    const attempts = await this.#runAttempts({ request, capabilities, context, signal, push });
    return resultOfParts(attempts, {
      name: `${this.provider}/${this.modelId}`,
      samples: request.samples ?? 1,
      signal,
      span: context.span,
      decide: unverified,
    });
  }

  /** One attempt where the engine takes all samples in one call; else several, a few at a time. */
  async #runAttempts(run: {
    readonly request: GenerateRequest;
    readonly capabilities: Capabilities;
    readonly context: CallContext;
    readonly signal: AbortSignal | undefined;
    readonly push: Push | undefined;
  }): Promise<readonly PromiseSettledResult<AnsweredPart>[]> {
    const samples = run.request.samples ?? 1;
    const perAttempt = run.capabilities.samples.nativeMax;
    const attempt = (first: number): Promise<AnsweredPart> =>
      runAttempt(this.#definition, {
        ...run,
        request:
          samples <= perAttempt ? run.request : { ...run.request, samples: Math.min(perAttempt, samples - first) },
        original: run.request,
        attemptId: samples <= perAttempt ? run.context.span.id : `${run.context.span.id}/${first}`,
        firstSample: (run.request.firstSample ?? 0) + first,
      });
    if (samples <= perAttempt) return [await settled(attempt(0))];
    const limit = pLimit(this.#definition.maxParallelAttempts ?? 8);
    const firsts = Array.from({ length: Math.ceil(samples / perAttempt) }, (_, i) => i * perAttempt);
    return Promise.allSettled(firsts.map((first) => limit(() => attempt(first))));
  }
}

/** `Promise.allSettled` of one, which nearly every call is: without a list and its bookkeeping. */
async function settled<Value>(promise: Promise<Value>): Promise<PromiseSettledResult<Value>> {
  try {
    return { status: 'fulfilled', value: await promise };
  } catch (reason) {
    return { status: 'rejected', reason };
  }
}
