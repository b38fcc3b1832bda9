import { createRandom } from '@tollgate/stats';
import { AbortedError } from '../errors/aborted-error.ts';
import { TollgateError } from '../errors/tollgate-error.ts';
import { childContext } from '../leaf/call-context.ts';
import type { CallContext } from '../spec/context.ts';
import type { Model } from '../spec/model.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { Candidate, Charge, Decision, GenerateResult, Warning } from '../spec/result.ts';
import type { Action, SourceView, StrategyEvent } from '../spec/strategy-core.ts';
import type { StreamPart } from '../spec/stream.ts';
import { candidateView } from './candidate-view.ts';
import { drawFailure, maxActions } from './draw-failure.ts';
import { pushWhole } from './push-whole.ts';
import { acceptStatus } from './replay-strategy.ts';
import { type StrategyPlan, strategyOf } from './strategy-plan.ts';
import { textOf } from './whole-text.ts';

type DrawAction = Extract<Action, { type: 'draw' }>;
type ExtendAction = Extract<Action, { type: 'extend' }>;
type AcceptAction = Extract<Action, { type: 'accept' }>;

/** What came of asking a source once. */
interface Asked {
  readonly from: number;
  readonly outcome: { readonly result: GenerateResult } | { readonly error: unknown };
}

/** One run of a strategy on one request. */
export class StrategyRun {
  readonly #plan: StrategyPlan;
  readonly #request: GenerateRequest;
  readonly #context: CallContext;
  readonly #signal: AbortSignal | undefined;
  readonly #push: ((part: StreamPart) => void) | undefined;
  /** Aborts what is in flight once the core has decided. */
  readonly #decided = new AbortController();
  readonly #inFlight = new Set<Promise<void>>();
  readonly #arrived: Asked[] = [];
  readonly #candidates = new Map<string, Candidate>();
  readonly #charges: Charge[] = [];
  readonly #warnings: Warning[] = [];
  readonly #drawnFrom: number[];
  #asked = 0;
  #streamed: string | undefined;
  #failure: unknown;
  #outOfMoney = false;

  constructor(run: {
    readonly plan: StrategyPlan;
    readonly request: GenerateRequest;
    readonly context: CallContext;
    readonly signal: AbortSignal | undefined;
    readonly push: ((part: StreamPart) => void) | undefined;
  }) {
    this.#plan = run.plan;
    this.#request = run.request;
    this.#context = run.context;
    this.#signal = run.signal;
    this.#push = run.push;
    this.#drawnFrom = run.plan.sources.map(() => 0);
  }

  async decide(): Promise<GenerateResult> {
    this.#push?.({ type: 'start', warnings: [] });
    try {
      return await this.#loop();
    } catch (error) {
      await this.#abandonInFlight();
      this.#context.span.end('failed');
      if (TollgateError.isInstance(error)) error.charges = this.#charges;
      throw error;
    }
  }

  async #loop(): Promise<GenerateResult> {
    const { core, sources, scorers } = this.#plan;
    this.#context.span.add({ rule: core.name, ...(core.parameters !== undefined && { values: core.parameters }) });
    let state: unknown = core.start({
      sources: sources.map((source) => sourceView(source, this.#request)),
      scorers: scorers.map((scorer) => scorer.name),
      promptCharacters: promptCharacters(this.#request),
    });
    for (let i = 0; i < maxActions; i += 1) {
      this.#throwIfAborted();
      const action: Action = core.next(state);
      switch (action.type) {
        case 'draw':
        case 'extend':
        case 'score':
        case 'wait': {
          this.#push?.({ type: 'ping' });
          for (const event of await this.#perform(action)) state = core.observe(state, event);
          break;
        }
        case 'accept':
          return this.#accept(action);
        case 'abstain':
          return this.#finish({ status: 'abstained', ...confidenceOf(action), reason: action.reason });
        case 'stop':
          return this.#stop(action.reason);
        default:
          action satisfies never;
      }
    }
    throw new TollgateError('internal', `"${core.name}" did not decide within ${maxActions} actions.`);
  }

  async #perform(
    action: Extract<Action, { type: 'draw' | 'extend' | 'score' | 'wait' }>,
  ): Promise<readonly StrategyEvent[]> {
    switch (action.type) {
      case 'draw': {
        if (action.deliver === 'each') {
          for (let i = 0; i < action.count; i += 1) this.#launch(action.from, 1);
          return this.#nextArrival();
        }
        if (action.commit === true && action.count === 1 && this.#push !== undefined) {
          return this.#drawnEvents([await this.#streamThrough(action.from)]);
        }
        return this.#drawnEvents(await this.#drawTogether(action));
      }
      case 'wait':
        return this.#nextArrival();
      case 'extend':
        return this.#extend(action);
      case 'score':
        return [await this.#score(action.scorer, action.candidates)];
      default:
        return action satisfies never;
    }
  }

  /** One call for a leaf, which shares the prompt's evaluation among its samples; a run each for a strategy. */
  async #drawTogether(action: DrawAction): Promise<readonly Asked[]> {
    if (strategyOf(this.#source(action.from)) === undefined) return [await this.#ask(action.from, action.count)];
    return Promise.all(Array.from({ length: action.count }, () => this.#ask(action.from, 1)));
  }

  #launch(from: number, count: number): void {
    const asking = this.#ask(from, count).then((asked) => {
      this.#inFlight.delete(asking);
      this.#arrived.push(asked);
    });
    this.#inFlight.add(asking);
  }

  async #nextArrival(): Promise<readonly StrategyEvent[]> {
    if (this.#arrived.length === 0) {
      if (this.#inFlight.size === 0) throw new TollgateError('internal', 'The core waits, and nothing is in flight.');
      await Promise.race(this.#inFlight);
    }
    const next = this.#arrived.shift();
    return next === undefined ? [] : this.#drawnEvents([next]);
  }

  async #ask(from: number, count: number): Promise<Asked> {
    const source = this.#source(from);
    const { request, context } = this.#drawRequest(from, count);
    try {
      const result = await source.generate(request);
      context.span.end();
      return { from, outcome: { result } };
    } catch (error) {
      context.span.end('failed');
      return { from, outcome: { error } };
    }
  }

  async #streamThrough(from: number): Promise<Asked> {
    const source = this.#source(from);
    const { request, context } = this.#drawRequest(from, 1);
    try {
      const stream = source.stream(request);
      for await (const part of stream) {
        if (part.type === 'start' || part.type === 'finish') continue;
        if (part.type === 'commit') this.#streamed = part.candidateId;
        this.#push?.(part);
      }
      return { from, outcome: { result: await stream.result } };
    } catch (error) {
      // What was shown cannot be taken back, so no other source may answer after it.
      if (this.#streamed !== undefined) throw error;
      return { from, outcome: { error } };
    } finally {
      context.span.end();
    }
  }

  #drawRequest(from: number, count: number): { readonly request: GenerateRequest; readonly context: CallContext } {
    const source = this.#source(from);
    this.#asked += 1;
    const context = childContext(this.#context, { kind: 'draw', label: `${source.modelId} ${this.#asked}` });
    context.span.add({ values: { samples: count } });
    const first = this.#drawnFrom[from] ?? 0;
    this.#drawnFrom[from] = first + count;
    const { seed } = this.#request;
    return {
      context,
      request: {
        ...this.#request,
        samples: count,
        context,
        signal: this.#callSignal(),
        // Later draws from the same source must not repeat the samples of earlier ones.
        ...(seed !== undefined && { seed: createRandom(`${seed}/${from}/${first}`).int(2 ** 32) }),
      },
    };
  }

  #drawnEvents(asked: readonly Asked[]): readonly StrategyEvent[] {
    const events: StrategyEvent[] = [];
    const from = asked[0]?.from ?? 0;
    const arrived: Candidate[] = [];
    for (const { outcome } of asked) {
      if ('error' in outcome) {
        events.push(this.#failed(outcome.error, from, 'draw'));
        continue;
      }
      arrived.push(...this.#keep(outcome.result));
      if (outcome.result.decision.status === 'budget') {
        this.#outOfMoney = true;
        events.push({ type: 'budget', from });
      }
    }
    if (arrived.length > 0 || events.length === 0) {
      const views = arrived.map((candidate) => candidateView(candidate, from, this.#plan.answer));
      events.unshift({ type: 'drawn', from, candidates: views });
    }
    return events;
  }

  /** Keeps what a result brought and gives the candidates that count: of a strategy, only the one it chose. */
  #keep(result: GenerateResult): readonly Candidate[] {
    this.#charges.push(...result.charges);
    this.#warnings.push(...result.warnings);
    const bare = result.decision.status === 'unverified';
    const candidates = bare
      ? result.candidates
      : result.candidates
          .filter((candidate) => candidate.id === result.decision.chosen)
          .map((candidate) => ({ ...candidate, decision: result.decision }));
    for (const candidate of candidates) this.#candidates.set(candidate.id, candidate);
    return candidates;
  }

  #failed(error: unknown, from: number, action: 'draw' | 'score' | 'extend'): StrategyEvent {
    if (TollgateError.isInstance(error)) this.#charges.push(...error.charges);
    this.#throwIfAborted();
    const meaning = drawFailure(error);
    if (meaning === 'not-for-cores') throw error;
    this.#failure = error;
    if (meaning === 'budget') {
      this.#outOfMoney = true;
      return { type: 'budget', from };
    }
    return { type: 'failed', from, action, code: (error as TollgateError).code };
  }

  async #score(index: number, ids: readonly string[]): Promise<StrategyEvent> {
    const scorer = this.#plan.scorers[index];
    if (scorer === undefined)
      throw new TollgateError(
        'internal',
        `The core scored with scorer ${index}; there are ${this.#plan.scorers.length}.`,
      );
    const candidates = ids.map((id) => this.#candidate(id));
    const context = childContext(this.#context, { kind: 'score', label: `${scorer.name} ${(this.#asked += 1)}` });
    try {
      const { verdicts, charges } = await scorer.score({ request: this.#request, candidates, context });
      this.#charges.push(...charges);
      context.span.add({
        values: { accepted: verdicts.filter((verdict) => verdict.status === 'accept').length, of: ids.length },
      });
      return { type: 'scored', scorer: index, verdicts };
    } catch (error) {
      return this.#failed(error, index, 'score');
    } finally {
      context.span.end();
    }
  }

  async #extend(action: ExtendAction): Promise<readonly StrategyEvent[]> {
    const base = action.base === undefined ? undefined : this.#candidate(action.base);
    const written = base === undefined ? '' : textOf(base);
    const { request, context } = this.#drawRequest(action.from, action.count);
    let result: GenerateResult;
    try {
      result = await this.#source(action.from).generate({
        ...request,
        messages: written === '' ? request.messages : [...request.messages, { role: 'assistant', content: written }],
        stop: [...(request.stop ?? []), ...action.stop],
        maxOutputTokens: action.maxTokens,
      });
    } catch (error) {
      return [this.#failed(error, action.from, 'extend')];
    } finally {
      context.span.end();
    }
    const extended = this.#keep(result).map((step): Candidate => {
      const ended = step.finish.by === 'stop' ? (step.finish.stopString ?? '') : '';
      const whole: Candidate = { ...step, content: [{ type: 'text', text: written + textOf(step) + ended }] };
      this.#candidates.set(whole.id, whole);
      return whole;
    });
    const views = extended.map((candidate) => candidateView(candidate, action.from, this.#plan.answer));
    return [{ type: 'extended', from: action.from, candidates: views }];
  }

  async #accept(action: AcceptAction): Promise<GenerateResult> {
    const chosen = this.#candidate(action.candidate);
    for (const index of action.notAsked ?? []) {
      this.#context.span.add({ notAsked: { name: this.#source(index).modelId, reason: action.reason } });
    }
    if (this.#push !== undefined && this.#streamed !== chosen.id) pushWhole(this.#push, chosen);
    return this.#finish({
      status: acceptStatus(action, this.#outOfMoney),
      chosen: chosen.id,
      ...confidenceOf(action),
      reason: action.reason,
    });
  }

  async #stop(reason: string): Promise<GenerateResult> {
    if (this.#candidates.size === 0 && this.#failure !== undefined) throw this.#failure;
    return this.#finish({ status: this.#outOfMoney ? 'budget' : 'abstained', reason });
  }

  async #finish(decision: Decision): Promise<GenerateResult> {
    await this.#abandonInFlight();
    const { span } = this.#context;
    span.add({
      rule: decision.reason,
      ...(decision.confidence !== undefined && { values: { confidence: decision.confidence } }),
    });
    span.end(decision.status);
    return this.#result(decision);
  }

  #result(decision: Decision): GenerateResult {
    return {
      candidates: [...this.#candidates.values()],
      charges: this.#charges,
      decision,
      warnings: this.#warnings,
      trace: this.#context.span.toNode(),
    };
  }

  /** Aborts what is in flight and waits for it: what it cost until then is charged, and what it wrote is kept. */
  async #abandonInFlight(): Promise<void> {
    this.#decided.abort(new AbortedError('The strategy has decided.'));
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
    for (const { outcome } of this.#arrived.splice(0)) {
      if ('result' in outcome) this.#keep(outcome.result);
      else if (outcome.error instanceof AbortedError && outcome.error.partial !== undefined)
        this.#keep(outcome.error.partial);
      else if (TollgateError.isInstance(outcome.error)) this.#charges.push(...outcome.error.charges);
    }
  }

  #throwIfAborted(): void {
    if (this.#signal?.aborted !== true) return;
    this.#context.span.end('aborted');
    const [first] = this.#candidates.keys();
    const partial = this.#result({
      status: 'rejected',
      ...(first !== undefined && { chosen: first }),
      reason: 'aborted before the strategy decided',
    });
    throw new AbortedError('The call was aborted.', { partial, cause: this.#signal.reason });
  }

  #callSignal(): AbortSignal {
    return this.#signal === undefined ? this.#decided.signal : AbortSignal.any([this.#signal, this.#decided.signal]);
  }

  #source(index: number): Model {
    const source = this.#plan.sources[index];
    if (source === undefined)
      throw new TollgateError('internal', `The core asked source ${index}; there are ${this.#plan.sources.length}.`);
    return source;
  }

  #candidate(id: string): Candidate {
    const candidate = this.#candidates.get(id);
    if (candidate === undefined)
      throw new TollgateError('internal', `The core named candidate "${id}", which was never drawn.`);
    return candidate;
  }
}

function sourceView(source: Model, request: GenerateRequest): SourceView {
  const { samples, logprobs, continuation } = source.capabilitiesFor(request);
  const model = { provider: source.provider, modelId: source.modelId };
  return { name: source.modelId, model, samples, logprobs, continuation };
}

function promptCharacters(request: GenerateRequest): number {
  let characters = 0;
  for (const { content } of request.messages) {
    if (typeof content === 'string') characters += content.length;
    else for (const part of content) if (part.type === 'text') characters += part.text.length;
  }
  return characters;
}

function confidenceOf(action: {
  readonly confidence?: number;
  readonly signal?: string;
}): Pick<Decision, 'confidence' | 'signal'> {
  return {
    ...(action.confidence !== undefined && { confidence: action.confidence }),
    ...(action.signal !== undefined && { signal: action.signal }),
  };
}
