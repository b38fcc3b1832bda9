import { TollgateError } from '../errors/tollgate-error.ts';
import { AbortedError } from '../errors/aborted-error.ts';
import { childContext } from '../leaf/call-context.ts';
import { pushWhole } from '../leaf/push-whole.ts';
import { abortedError, chargedError, partOfError } from '../leaf/result-of-parts.ts';
import type { CallContext } from '../spec/context.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { Candidate, Charge, Decision, GenerateResult, Warning } from '../spec/result.ts';
import type { Action, CandidateView, StrategyEvent } from '../spec/strategy-core.ts';
import type { StreamPart } from '../spec/stream.ts';
import { candidateView } from './candidate-view.ts';
import { acceptStatus, confidenceOf } from './decision-of.ts';
import { failureEvent, maxActions } from './draw-failure.ts';
import { type Drawn, drawnEvents } from './drawn-events.ts';
import { Arrivals } from './arrivals.ts';
import { scoringCost } from './scoring-cost.ts';
import type { SourcePrices } from './source-prices.ts';
import { type Asked, SourceCalls } from './source-calls.ts';
import type { StrategyPlan } from './strategy-plan.ts';
import { taskView } from './task-view.ts';
import { textOf } from './whole-text.ts';

type AskAction = Extract<Action, { type: 'draw' | 'extend' | 'score' | 'wait' }>;
type DrawAction = Extract<Action, { type: 'draw' }>;
type ExtendAction = Extract<Action, { type: 'extend' }>;
type ScoreAction = Extract<Action, { type: 'score' }>;
type AcceptAction = Extract<Action, { type: 'accept' }>;

/** What came of something that was launched: candidates of a source, or a scorer's verdicts. */
type Arrival = Asked | { readonly scored: StrategyEvent } | { readonly error: unknown };

/** What a strategy is run with, once. */
export interface StrategyRunOptions {
  readonly plan: StrategyPlan;
  readonly request: GenerateRequest;
  readonly context: CallContext;
  readonly signal: AbortSignal | undefined;
  readonly push: ((part: StreamPart) => void) | undefined;
  /** What calls have cost in this and earlier runs. */
  readonly prices: SourcePrices;
}

/** One run of a strategy on one request. */
export class StrategyRun {
  readonly #run: StrategyRunOptions;
  readonly #calls: SourceCalls;
  readonly #arrivals = new Arrivals<Arrival>();
  readonly #candidates = new Map<string, Candidate>();
  readonly #charges: Charge[] = [];
  readonly #warnings: Warning[] = [];
  /** Steps of the partial answers made by `extend`. */
  readonly #steps = new Map<string, number>();
  #scorings = 0;
  /** The candidate that was shown while it was written. */
  #streamed: string | undefined;
  #failure: TollgateError | undefined;
  /** What the core knows, once it has begun. */
  #state: unknown;
  #outOfMoney = false;

  constructor(run: StrategyRunOptions) {
    this.#run = run;
    const { plan, request, context, signal } = run;
    this.#calls = new SourceCalls({ sources: plan.sources, request, context, signal });
  }

  async decide(): Promise<GenerateResult> {
    const { plan, context, signal, push } = this.#run;
    push?.({ type: 'start', warnings: [] });
    try {
      return await this.#loop();
    } catch (error) {
      await this.#abandon();
      if (signal?.aborted === true) throw this.#aborted(signal);
      context.span.end('failed');
      throw chargedError(error, { name: plan.core.name, charges: this.#charges });
    }
  }

  async #loop(): Promise<GenerateResult> {
    const { plan, request, context, signal, push } = this.#run;
    const { core } = plan;
    context.span.add({ rule: core.name, ...(core.parameters !== undefined && { values: core.parameters }) });
    this.#state = core.start(taskView(plan, request));
    for (let i = 0; i < maxActions; i += 1) {
      signal?.throwIfAborted();
      const action: Action = core.next(this.#state);
      switch (action.type) {
        case 'draw':
        case 'extend':
        case 'score':
        case 'wait':
          push?.({ type: 'ping' });
          for (const event of await this.#perform(action)) {
            if (event.type === 'budget') this.#outOfMoney = true;
            this.#state = core.observe(this.#state, event);
          }
          break;
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

  async #perform(action: AskAction): Promise<readonly StrategyEvent[]> {
    switch (action.type) {
      case 'draw':
        return this.#draw(action);
      case 'wait':
        return this.#arrival();
      case 'extend':
        return this.#extend(action);
      case 'score':
        return this.#judge(action);
      default:
        return action satisfies never;
    }
  }

  async #draw({ from, count, deliver, commit }: DrawAction): Promise<readonly StrategyEvent[]> {
    if (deliver === 'each' || deliver === 'later') {
      for (let i = 0; i < count; i += 1) this.#arrivals.launch(this.#calls.ask(this.#calls.prepare(from, 1)));
      return deliver === 'later' ? [{ type: 'launched', action: 'draw', from }] : this.#arrival();
    }
    const { push } = this.#run;
    if (commit === true && count === 1 && push !== undefined) return this.#streamThrough(from, push);
    return this.#drawnEvents(from, await this.#calls.askTogether(from, count));
  }

  async #arrival(): Promise<readonly StrategyEvent[]> {
    const arrival = await this.#arrivals.next();
    if ('scored' in arrival) return [arrival.scored];
    if ('error' in arrival) throw arrival.error;
    return this.#drawnEvents(arrival.from, [arrival]);
  }

  async #streamThrough(from: number, push: (part: StreamPart) => void): Promise<readonly StrategyEvent[]> {
    const asked = await this.#calls.stream(from, (part) => {
      if (part.type === 'commit') this.#streamed = part.candidateId;
      push(part);
    });
    // What was shown cannot be taken back, so no other source may answer after it.
    if ('error' in asked.outcome && this.#streamed !== undefined) {
      this.#keep(asked);
      throw asked.outcome.error;
    }
    return this.#drawnEvents(from, [asked]);
  }

  #drawnEvents(from: number, asked: readonly Asked[]): readonly StrategyEvent[] {
    // Everything is kept before anything may throw: an error of one run must not lose the charges of the others.
    return drawnEvents(
      from,
      asked.map((one) => this.#keep(one)),
    );
  }

  /** Keeps what a call came to, and gives the candidates that count. */
  #keep({ from, outcome }: Asked, complete: (candidate: Candidate) => Candidate = (candidate) => candidate): Drawn {
    const part = 'result' in outcome ? outcome.result : partOfError(outcome.error);
    this.#charges.push(...part.charges);
    if ('result' in outcome) this.#run.prices.add(from, part.charges);
    this.#warnings.push(...part.warnings);
    const candidates = ('result' in outcome ? chosenOf(outcome.result) : part.candidates).map(complete);
    for (const candidate of candidates) this.#candidates.set(candidate.id, candidate);
    if ('error' in outcome) {
      if (TollgateError.isInstance(outcome.error)) this.#failure = outcome.error;
      return outcome;
    }
    return {
      candidates: candidates.map((candidate) => candidateView(candidate, from, this.#run.plan)),
      budget: outcome.result.decision.status === 'budget',
    };
  }

  async #judge({ scorer, candidates, deliver }: ScoreAction): Promise<readonly StrategyEvent[]> {
    if (deliver !== 'each' && deliver !== 'later') return [await this.#score(scorer, candidates)];
    for (const candidate of candidates) {
      const scoring = this.#score(scorer, [candidate]);
      this.#arrivals.launch(
        scoring.then(
          (scored) => ({ scored }),
          (error: unknown) => ({ error }),
        ),
      );
    }
    return deliver === 'later' ? [{ type: 'launched', action: 'score', from: scorer }] : this.#arrival();
  }

  async #score(index: number, ids: readonly string[]): Promise<StrategyEvent> {
    const { plan, request, context: parent } = this.#run;
    const scorer = plan.scorers[index];
    if (scorer === undefined) {
      throw new TollgateError('internal', `The core scored with scorer ${index}; there are ${plan.scorers.length}.`);
    }
    this.#scorings += 1;
    const candidates = ids.map((id) => this.#candidate(id));
    const context = childContext(parent, { kind: 'score', label: `${scorer.name} ${this.#scorings}` });
    const { clock, span } = context;
    const startedMs = clock.monotonic();
    try {
      const { verdicts, charges } = await scorer.score({
        request: { ...request, signal: this.#calls.signal },
        candidates,
        context,
      });
      this.#charges.push(...charges);
      const accepted = verdicts.filter((verdict) => verdict.status === 'accept').length;
      span.add({ values: { accepted, of: ids.length } });
      span.end();
      const seconds = Math.max(0, clock.monotonic() - startedMs) / 1000;
      return { type: 'scored', scorer: index, verdicts, cost: scoringCost(seconds, charges) };
    } catch (error) {
      span.end(AbortedError.isInstance(error) ? 'aborted' : 'failed');
      // A scorer's own answers are not candidates; what they cost is a charge all the same.
      this.#charges.push(...partOfError(error).charges);
      if (TollgateError.isInstance(error)) this.#failure = error;
      return failureEvent(error, index, 'score', ids);
    }
  }

  async #extend(action: ExtendAction): Promise<readonly StrategyEvent[]> {
    const { from, base } = action;
    const written = base === undefined ? '' : textOf(this.#candidate(base));
    const steps = 1 + (base === undefined ? 0 : (this.#steps.get(base) ?? 0));
    const call = this.#calls.prepare(from, action.count);
    const { messages, stop = [] } = call.request;
    const asked = await this.#calls.ask({
      ...call,
      request: {
        ...call.request,
        messages: written === '' ? messages : [...messages, { role: 'assistant', content: written }],
        stop: [...stop, ...action.stop],
        maxOutputTokens: action.maxTokens,
      },
    });
    const complete = new Set<string>();
    const drawn = this.#keep(asked, (step) => {
      const { by, stopString = '' } = step.finish;
      // The caller's own stop strings end the answer, not the step.
      if (by === 'stop' && stop.includes(stopString)) complete.add(step.id);
      const boundary = by === 'stop' && !complete.has(step.id) ? stopString : '';
      this.#steps.set(step.id, steps);
      // A step alone is no answer that a schema could be held against.
      const { object: _object, schemaIssue: _issue, ...rest } = step;
      return { ...rest, content: [{ type: 'text', text: written + textOf(step) + boundary }] };
    });
    if ('error' in drawn) return [failureEvent(drawn.error, from, 'extend')];
    const candidates = drawn.candidates.map((view): CandidateView => {
      return { ...view, steps, ...(complete.has(view.id) && { finish: 'eos' }) };
    });
    return [{ type: 'extended', from, candidates }, ...(drawn.budget ? [{ type: 'budget', from } as const] : [])];
  }

  async #accept(action: AcceptAction): Promise<GenerateResult> {
    const { context, push } = this.#run;
    const chosen = this.#candidate(action.candidate);
    for (const index of action.notAsked ?? []) {
      const savedUsd = this.#run.prices.meanOf(index);
      context.span.add({
        notAsked: {
          name: this.#calls.source(index).modelId,
          reason: action.reason,
          ...(savedUsd !== undefined && { savedUsd }),
        },
      });
    }
    if (this.#streamed !== undefined && this.#streamed !== chosen.id) {
      throw new TollgateError('internal', 'The core said that it would accept one candidate, and accepted another.');
    }
    if (push !== undefined && this.#streamed === undefined) pushWhole(push, chosen);
    return this.#finish({
      status: acceptStatus(action, this.#outOfMoney),
      chosen: chosen.id,
      ...confidenceOf(action),
      reason: action.reason,
      ...(action.calibration !== undefined && { calibration: action.calibration }),
    });
  }

  async #stop(reason: string): Promise<GenerateResult> {
    if (this.#candidates.size === 0 && this.#failure !== undefined) throw this.#failure;
    return this.#finish({ status: this.#outOfMoney ? 'budget' : 'abstained', reason });
  }

  async #finish(decision: Decision): Promise<GenerateResult> {
    await this.#abandon();
    const { plan, request, context } = this.#run;
    const { span } = context;
    span.add({
      rule: decision.reason,
      ...(decision.confidence !== undefined && { values: { confidence: decision.confidence } }),
    });
    span.end(decision.status);
    const result = this.#result(decision);
    plan.memory?.learn({ request, state: this.#state, result });
    return result;
  }

  #result(decision: Decision): GenerateResult {
    return {
      candidates: [...this.#candidates.values()],
      charges: this.#charges,
      decision,
      warnings: this.#warnings,
      trace: this.#run.context.span.toNode(),
    };
  }

  async #abandon(): Promise<void> {
    this.#calls.abort();
    for (const arrival of await this.#arrivals.rest()) if ('outcome' in arrival) this.#keep(arrival);
  }

  #aborted(signal: AbortSignal): AbortedError {
    this.#run.context.span.end('aborted');
    const [first] = this.#candidates.keys();
    const partial = this.#result({
      status: 'rejected',
      ...(first !== undefined && { chosen: first }),
      reason: 'aborted before the strategy decided',
    });
    return abortedError(signal, partial);
  }

  #candidate(id: string): Candidate {
    const candidate = this.#candidates.get(id);
    if (candidate !== undefined) return candidate;
    throw new TollgateError('internal', `The core named candidate "${id}", which was never drawn.`);
  }
}

/** The candidates that count: all of a model's, of a strategy the one it chose, with what it decided. */
export function chosenOf({ candidates, decision }: GenerateResult): readonly Candidate[] {
  if (decision.status === 'unverified') return candidates;
  return candidates.filter(({ id }) => id === decision.chosen).map((candidate) => ({ ...candidate, decision }));
}
