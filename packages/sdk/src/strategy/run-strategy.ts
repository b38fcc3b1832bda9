import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import { rootContext, childContext } from '../leaf/call-context.ts';
import { carriesContext } from '../leaf/carries-context.ts';
import { checkRequest } from '../leaf/check-request.ts';
import { createModelStream } from '../leaf/model-stream.ts';
import type { AnswerKey } from '../spec/answer-key.ts';
import type { Capabilities } from '../spec/capabilities.ts';
import type { Model } from '../spec/model.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { GenerateResult } from '../spec/result.ts';
import type { Scorer } from '../spec/scorer.ts';
import type { StrategyCore } from '../spec/strategy-core.ts';
import type { ModelStream, StreamPart } from '../spec/stream.ts';
import { combineCapabilities } from './combine-capabilities.ts';
import { type StrategyPlan, withPlan } from './strategy-plan.ts';
import { StrategyRun } from './strategy-run.ts';
import { wholeText } from './whole-text.ts';

/** What a core is run with. */
export interface RunStrategyOptions {
  /** Models to draw from, in the order the core knows them. Strategies are models, so they nest. */
  readonly sources: readonly Model[];
  /** In the order the core knows them. @defaultValue none */
  readonly scorers?: readonly Scorer[];
  /** Which answers are the same. @defaultValue `wholeText()` */
  readonly answer?: AnswerKey;
  /** @defaultValue the core's name */
  readonly modelId?: string;
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
export function runStrategy<State>(core: StrategyCore<State>, options: RunStrategyOptions): Model {
  if (options.sources.length === 0) {
    throw new InvalidOptionError('sources', `"${core.name}" needs at least one model to ask, received none.`);
  }
  const plan: StrategyPlan = {
    core,
    sources: options.sources,
    scorers: options.scorers ?? [],
    answer: options.answer ?? wholeText(),
  };
  return withPlan(new StrategyModel(plan, options.modelId ?? core.name), plan);
}

class StrategyModel implements Model {
  readonly specVersion = 1;
  readonly [carriesContext] = true;
  readonly provider = 'router';
  readonly modelId: string;
  readonly #plan: StrategyPlan;

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
      return new StrategyRun({ plan: this.#plan, request, context: own, signal, push }).decide();
    }
    push?.({ type: 'start', warnings: [] });
    const above = childContext(context, { kind: 'strategy', label: `${this.modelId} x${samples}` });
    const runs = await Promise.all(
      Array.from({ length: samples }, (_, i) => {
        const own = childContext(above, { kind: 'strategy', label: `${this.modelId} ${i + 1}` });
        const one = { ...request, samples: 1, ...(request.seed !== undefined && { seed: own.random.int(2 ** 32) }) };
        return new StrategyRun({ plan: this.#plan, request: one, context: own, signal, push: undefined }).decide();
      }),
    );
    above.span.end('answered');
    return mergeRuns(runs, above.span.toNode());
  }
}

/** Independent runs as one result: the answer of each, in order, with what its run decided. */
function mergeRuns(runs: readonly GenerateResult[], trace: GenerateResult['trace']): GenerateResult {
  const candidates = runs.flatMap((run) =>
    run.candidates
      .filter((candidate) => candidate.id === run.decision.chosen)
      .map((candidate) => ({ ...candidate, decision: run.decision })),
  );
  const first = candidates[0];
  return {
    candidates,
    charges: runs.flatMap((run) => run.charges),
    decision: {
      status: runs.some((run) => run.decision.status === 'budget') ? 'budget' : 'unverified',
      ...(first !== undefined && { chosen: first.id }),
      reason: `${runs.length} independent runs`,
    },
    warnings: runs.flatMap((run) => run.warnings),
    trace,
  };
}
