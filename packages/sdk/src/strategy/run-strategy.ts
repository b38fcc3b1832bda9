import { createRandom } from '@tollgate/stats';
import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import { rootContext, childContext } from '../leaf/call-context.ts';
import { carriesContext } from '../leaf/carries-context.ts';
import { checkRequest } from '../leaf/check-request.ts';
import { heldAsLeaf } from '../leaf/held-as-leaf.ts';
import { createModelStream } from '../leaf/model-stream.ts';
import { pushWhole } from '../leaf/push-whole.ts';
import { resultOfParts } from '../leaf/result-of-parts.ts';
import type { AnswerKey } from '../spec/answer-key.ts';
import type { Capabilities } from '../spec/capabilities.ts';
import type { CallContext } from '../spec/context.ts';
import type { Model } from '../spec/model.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { GenerateResult } from '../spec/result.ts';
import type { Scorer } from '../spec/scorer.ts';
import type { Signal } from '../spec/signal.ts';
import type { StrategyCore } from '../spec/strategy-core.ts';
import type { ModelStream, StreamPart } from '../spec/stream.ts';
import { combineCapabilities } from './combine-capabilities.ts';
import type { StrategyMemory } from './strategy-memory.ts';
import { SourcePrices } from './source-prices.ts';
import { type StrategyPlan, withPlan } from './strategy-plan.ts';
import { chosenOf, StrategyRun } from './strategy-run.ts';
import { wholeText } from './whole-text.ts';

/** What a core is run with. */
export interface RunStrategyOptions<State = unknown> {
  /** Models to draw from, in the order the core knows them. Strategies are models, so they nest. */
  readonly sources: readonly Model[];
  /** In the order the core knows them. @defaultValue none */
  readonly scorers?: readonly Scorer[];
  /** Which answers are the same. @defaultValue `wholeText()` */
  readonly answer?: AnswerKey;
  /** Read off every candidate for the core, beside `meanLogprob`, which is there where logprobs are. @defaultValue none */
  readonly signals?: readonly Signal[];
  /** @defaultValue the core's name */
  readonly modelId?: string;
  /** What runs learn from one another. @defaultValue none */
  readonly memory?: StrategyMemory<State>;
}

/**
 * Makes a model of a strategy core: asks the sources and scorers what the core wants, tells it what came, returns what it
 * decides. Abort at any point settles what ran.
 *
 * A request for several samples runs the strategy that many times, independently.
 *
 * @throws InvalidOptionError when there is no source.
 *
 * @example
 * const model = runStrategy(voteCore({ samples: 5 }), { sources: [small], answer: finalNumber() });
 */
export function runStrategy<State>(core: StrategyCore<State>, options: RunStrategyOptions<State>): Model {
  if (options.sources.length === 0) {
    throw new InvalidOptionError('sources', `"${core.name}" needs at least one model to ask, received none.`);
  }
  const plan: StrategyPlan = {
    core,
    sources: options.sources.map(heldAsLeaf),
    scorers: options.scorers ?? [],
    answer: options.answer ?? wholeText(),
    signals: options.signals ?? [],
    ...(options.memory !== undefined && { memory: options.memory }),
  };
  return withPlan(new StrategyModel(plan, options.modelId ?? core.name), plan);
}

class StrategyModel implements Model {
  readonly specVersion = 1;
  readonly [carriesContext] = true;
  readonly provider = 'router';
  readonly modelId: string;
  readonly #plan: StrategyPlan;
  readonly #prices = new SourcePrices();

  constructor(plan: StrategyPlan, modelId: string) {
    this.#plan = plan;
    this.modelId = modelId;
  }

  capabilitiesFor(request?: GenerateRequest): Capabilities {
    return combineCapabilities(this.#plan.sources.map((source) => source.capabilitiesFor(request)));
  }

  async generate(request: GenerateRequest): Promise<GenerateResult> {
    return this.#run(request, request.signal, undefined);
  }

  stream(request: GenerateRequest): ModelStream {
    return createModelStream((push, signal) => this.#run(request, signal, push), request.signal);
  }

  async #run(
    request: GenerateRequest,
    signal: AbortSignal | undefined,
    push: ((part: StreamPart) => void) | undefined,
  ): Promise<GenerateResult> {
    checkRequest(request);
    const samples = request.samples ?? 1;
    const context = request.context ?? rootContext();
    if (samples === 1) {
      const own = childContext(context, { kind: 'strategy', label: this.modelId });
      const prices = this.#prices;
      return new StrategyRun({
        plan: this.#plan,
        request: sampleOf(request, 0),
        context: own,
        signal,
        push,
        prices,
      }).decide();
    }
    return this.#runEach(request, { samples, context, signal, push });
  }

  async #runEach(
    request: GenerateRequest,
    {
      samples,
      context,
      signal,
      push,
    }: {
      readonly samples: number;
      readonly context: CallContext;
      readonly signal: AbortSignal | undefined;
      readonly push: ((part: StreamPart) => void) | undefined;
    },
  ): Promise<GenerateResult> {
    push?.({ type: 'start', warnings: [] });
    push?.({ type: 'ping' });
    const above = childContext(context, { kind: 'strategy', label: `${this.modelId} x${samples}` });
    const runs = Array.from({ length: samples }, async (_, i) => {
      const own = childContext(above, { kind: 'strategy', label: `${this.modelId} ${i + 1}` });
      const one = sampleOf(request, i);
      const run = new StrategyRun({
        plan: this.#plan,
        request: one,
        context: own,
        signal,
        push: undefined,
        prices: this.#prices,
      });
      const result = await run.decide();
      return { ...result, candidates: chosenOf(result) };
    });
    const result = resultOfParts(await Promise.allSettled(runs), {
      name: this.modelId,
      samples,
      signal,
      span: above.span,
      decide: (candidates) => ({
        status: candidates.some(({ decision }) => decision?.status === 'budget') ? 'budget' : 'unverified',
        ...(candidates[0] !== undefined && { chosen: candidates[0].id }),
        reason: `${samples} independent runs`,
      }),
    });
    if (push !== undefined) for (const candidate of result.candidates) pushWhole(push, candidate);
    return result;
  }
}

/** The request of one sample alone: its seed follows from the seed of all and its index among them. */
function sampleOf({ firstSample = 0, seed, ...request }: GenerateRequest, offset: number): GenerateRequest {
  const index = firstSample + offset;
  if (seed === undefined) return { ...request, samples: 1 };
  return { ...request, samples: 1, seed: index === 0 ? seed : createRandom(`${seed}/${index}`).int(2 ** 32) };
}
