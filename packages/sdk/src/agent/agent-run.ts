import { chosenCandidate } from '../ask/text-result.ts';
import { withNote } from '../ask/with-note.ts';
import { AbortedError } from '../errors/aborted-error.ts';
import { BudgetExceededError } from '../errors/budget-errors.ts';
import { InvalidOutputError } from '../errors/invalid-output-error.ts';
import { ModelCallError } from '../errors/model-call-error.ts';
import { TollgateError } from '../errors/tollgate-error.ts';
import { childContext } from '../leaf/call-context.ts';
import { messageOf, partOfError } from '../leaf/result-of-parts.ts';
import { totalUsd } from '../leaf/total-usd.ts';
import type { CacheBreakpoint, Message, ToolCallPart, ToolResultPart } from '../spec/content.ts';
import type { CallContext } from '../spec/context.ts';
import type { JsonValue } from '../spec/json.ts';
import type { Model } from '../spec/model.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { Candidate, Charge, GenerateResult, Warning } from '../spec/result.ts';
import type { TurnDecision, TurnPolicy } from '../spec/turn-policy.ts';
import { textOf } from '../strategy/whole-text.ts';
import { countTurn, leftUsd } from './agent-budgets.ts';
import type { AgentEvent, AgentOutcome, AgentState, AgentStatus } from './agent-outcome.ts';
import { answerWarning, callsToRun, isPaused, whyNotRun } from './answer-end.ts';
import type { AgentTool } from './define-tool.ts';
import type { AssessTurn, TurnAssessment } from './assess-turn.ts';
import { moreTurnsName } from './more-turns-tool.ts';
import { NewCalls } from './new-calls.ts';
import { newestText } from './newest-text.ts';
import { notRun, ToolRunner, type ToolRunnerOptions } from './tool-runner.ts';
import { withCacheMarks } from './with-cache-marks.ts';

/** What an agent is run with, checked. */
export interface AgentRunOptions {
  readonly model: Model;
  readonly request: Omit<GenerateRequest, 'messages'>;
  readonly policy: TurnPolicy;
  readonly tools: readonly AgentTool[];
  readonly cache: CacheBreakpoint | undefined;
  readonly context: CallContext;
  readonly start: Omit<AgentState, 'policy'> & { readonly policy: unknown };
  readonly runner: Pick<ToolRunnerOptions, 'maxParallelTools' | 'toolTimeoutMs' | 'maxToolOutputCharacters'>;
  readonly assess: AssessTurn | undefined;
  readonly onEvent: ((event: AgentEvent) => void) | undefined;
}

type OpenDecision = Exclude<TurnDecision, { type: 'stop' }>;

interface Ending {
  readonly status: AgentStatus;
  readonly reason: string;
  readonly error?: TollgateError;
}

/** One run of an agent: turns until one of them ends it. */
export class AgentRun {
  readonly #options: AgentRunOptions;
  readonly #runner: ToolRunner;
  readonly #charges: Charge[] = [];
  readonly #warnings = new Map<string, Warning>();
  readonly #newCalls: NewCalls;
  #messages: readonly Message[];
  #policyState: unknown;
  #turns: number;
  #answer: string | undefined;
  #last: Candidate | undefined;
  /** What a listener threw, to be thrown where nothing is lost by it. */
  #listenerError: { readonly error: unknown } | undefined;

  constructor(options: AgentRunOptions) {
    this.#options = options;
    this.#messages = options.start.messages;
    this.#policyState = options.start.policy;
    this.#turns = options.start.turns;
    if (options.start.turns > 0) this.#answer = newestText(options.start.messages);
    this.#newCalls = new NewCalls(options.start.messages);
    this.#runner = new ToolRunner({
      ...options.runner,
      tools: options.tools,
      signal: options.request.signal,
      charge: (charges) => void this.#charges.push(...charges),
    });
  }

  async run(): Promise<AgentOutcome> {
    try {
      return this.#outcome(await this.#loop());
    } catch (error) {
      return this.#outcome(this.#endingBy(error));
    }
  }

  async #loop(): Promise<Ending> {
    const { policy, request, context } = this.#options;
    for (;;) {
      request.signal?.throwIfAborted();
      const turnKey = `turn-${this.#turns + 1}`;
      const spentUsd = this.#spentUsd();
      const left = await leftUsd(context);
      const { state, decision } = policy.before(this.#policyState, {
        turnKey,
        used: this.#turns,
        ...(spentUsd !== undefined && { spentUsd }),
        ...(left !== undefined && { leftUsd: left }),
        atMs: context.clock.now(),
        owned: true,
      });
      this.#policyState = state;
      if (decision.type === 'stop') return { status: 'turn-limit', reason: decision.reason };
      await countTurn(context, this.#turns + 1);
      const turn = childContext(context, { kind: 'turn', label: `turn ${this.#turns + 1}` });
      try {
        const ending = await this.#turn(decision, { turnKey, context: turn });
        turn.span.end(ending?.status ?? 'answered');
        if (ending !== undefined) return ending;
      } catch (error) {
        turn.span.end(request.signal?.aborted === true ? 'aborted' : 'failed');
        throw error;
      }
    }
  }

  async #turn(
    decision: OpenDecision,
    { turnKey, context }: { readonly turnKey: string; readonly context: CallContext },
  ): Promise<Ending | undefined> {
    const closing = decision.type === 'closing';
    this.#emit({ type: 'turn-start', turn: this.#turns + 1, closing });
    const note = closing ? decision.directive : decision.reminder;
    const messages = this.#noted(this.#messages, note);
    const result = await this.#ask(this.#noted(this.#marked(), note), { context, closing });
    this.#keep(result);
    const candidate = chosenCandidate(result);
    if (candidate === undefined) return this.#withoutAnswer(result);
    this.#last = candidate;
    const text = textOf(candidate);
    if (text !== '') this.#answer = text;
    const calls = candidate.content.filter((part) => part.type === 'tool-call');
    const isOutOfMoney = result.decision.status === 'budget' || candidate.finish.by === 'budget';
    const results = await this.#results(callsToRun(candidate, calls), {
      context,
      why: whyNotRun(candidate, { closing, isOutOfMoney }),
    });
    this.#messages = [
      ...messages,
      ...(candidate.content.length === 0 ? [] : [{ role: 'assistant' as const, content: candidate.content }]),
      ...(results.length === 0 ? [] : [{ role: 'tool' as const, content: results }]),
    ];
    const goesOn = calls.length > 0 || isPaused(candidate);
    this.#policyState = this.#options.policy.after(this.#policyState, {
      turnKey,
      toolCalls: calls.length,
      finished: !goesOn,
      ...(await this.#assessed(calls, results)),
      requestedMore: calls.some((call) => call.toolName === moreTurnsName),
    });
    this.#turns += 1;
    this.#emit({ type: 'turn-end', turn: this.#turns, state: this.#state() });
    if (this.#listenerError !== undefined) throw this.#listenerError.error;
    return this.#endOf(candidate, { decision, isOutOfMoney, goesOn, text });
  }

  /** What the turn came to: as far as tool calls show it, then what the caller says. */
  async #assessed(calls: readonly ToolCallPart[], results: readonly ToolResultPart[]): Promise<TurnAssessment> {
    const progress = this.#newCalls.anyWorked(calls, results);
    const { assess, context } = this.#options;
    return { progress, ...(await assess?.({ turn: this.#turns + 1, calls, results, context })) };
  }

  /** How a turn ends the run, or undefined where another one follows. */
  #endOf(
    candidate: Candidate,
    turn: {
      readonly decision: OpenDecision;
      readonly isOutOfMoney: boolean;
      readonly goesOn: boolean;
      readonly text: string;
    },
  ): Ending | undefined {
    const { unified, raw = unified } = candidate.finish;
    if (unified === 'error' || unified === 'aborted') {
      const message = `The model broke off its answer: ${raw}.`;
      const error = new ModelCallError(message, { failure: 'engine', dispatch: 'unknown' });
      return { status: 'failed', reason: message, error };
    }
    if (turn.isOutOfMoney) return { status: 'budget', reason: 'the budget cut the last answer or ended its search' };
    if (turn.decision.type === 'closing') {
      // A closing answer of nothing but tool calls is not one: the policy says whether there is another chance.
      return turn.goesOn && turn.text === '' ? undefined : { status: 'turn-limit', reason: turn.decision.reason };
    }
    if (turn.goesOn && unified !== 'refusal' && unified !== 'content-filter') return undefined;
    const warning = answerWarning(candidate);
    if (warning !== undefined) this.#warn(warning);
    return { status: 'finished', reason: warning?.message ?? 'the model called no more tools' };
  }

  #withoutAnswer(result: GenerateResult): Ending {
    const { reason, status } = result.decision;
    if (status === 'budget') return { status: 'budget', reason };
    const issue = `there is no answer: ${reason}`;
    const error = new InvalidOutputError(`${this.#options.model.modelId} gave no answer: ${reason}.`, {
      result,
      issue,
    });
    return { status: 'failed', reason: issue, error };
  }

  /** The conversation with what the policy has to say. An answer that paused must stay the last message to go on. */
  #noted(messages: readonly Message[], note: string | undefined): readonly Message[] {
    const isOpen = this.#last !== undefined && isPaused(this.#last) && messages.at(-1)?.role === 'assistant';
    return note === undefined || isOpen ? messages : withNote(messages, note);
  }

  /** The conversation as it is sent: a note comes after the last cache mark. */
  #marked(): readonly Message[] {
    const { cache } = this.#options;
    return cache === undefined ? this.#messages : withCacheMarks(this.#messages, cache);
  }

  async #ask(
    messages: readonly Message[],
    { context, closing }: { readonly context: CallContext; readonly closing: boolean },
  ): Promise<GenerateResult> {
    const { model, tools } = this.#options;
    const open: GenerateRequest = {
      ...this.#options.request,
      messages,
      context,
      ...(tools.length > 0 && {
        tools: tools.map(({ name, description, input }) => ({
          name,
          input,
          ...(description !== undefined && { description }),
        })),
      }),
    };
    // The tools stay in the request, so that the cached prefix does too.
    const off = closing && tools.length > 0 && model.capabilitiesFor(open).toolChoiceKeepsCache !== false;
    const request: GenerateRequest = off ? { ...open, toolChoice: 'none' } : open;
    if (this.#options.onEvent === undefined) return model.generate(request);
    const stream = model.stream(request);
    for await (const part of stream) {
      if (part.type === 'text-delta') this.#emit({ type: 'text-delta', turn: this.#turns + 1, text: part.text });
    }
    return stream.result;
  }

  async #results(
    calls: readonly ToolCallPart[],
    { context, why }: { readonly context: CallContext; readonly why: string | undefined },
  ): Promise<readonly ToolResultPart[]> {
    if (why !== undefined) return notRun(calls, why);
    const turn = this.#turns + 1;
    return this.#runner.run(calls, {
      context,
      onCall: (call) => this.#emit({ type: 'tool-call', turn, call }),
      onResult: (result) => this.#emit({ type: 'tool-result', turn, result }),
    });
  }

  #emit(event: AgentEvent): void {
    if (this.#listenerError !== undefined) return;
    try {
      this.#options.onEvent?.(event);
    } catch (error) {
      this.#listenerError = { error };
    }
  }

  #keep({ charges, warnings }: Pick<GenerateResult, 'charges' | 'warnings'>): void {
    this.#charges.push(...charges);
    for (const warning of warnings) this.#warn(warning);
  }

  /** Every turn warns of the same; said once is enough. */
  #warn(warning: Warning): void {
    this.#warnings.set(`${warning.code} ${warning.option} ${warning.message}`, warning);
  }

  /** How an error ends the run. What it had paid for and written is kept. */
  #endingBy(thrown: unknown): Ending {
    const part = partOfError(thrown);
    this.#keep(part);
    const [cut] = ModelCallError.isInstance(thrown) ? (thrown.partial?.candidates ?? []) : part.candidates;
    const written = cut === undefined ? '' : textOf(cut);
    if (written !== '') this.#answer = written;
    const { signal } = this.#options.request;
    if (signal?.aborted === true || AbortedError.isInstance(thrown)) {
      const error = AbortedError.isInstance(thrown)
        ? thrown
        : new AbortedError('The agent was aborted.', { cause: signal?.reason });
      return { status: 'aborted', reason: error.message, error };
    }
    if (!TollgateError.isInstance(thrown)) {
      const error = new TollgateError('internal', `The agent failed: ${messageOf(thrown)}`, { cause: thrown });
      return { status: 'failed', reason: error.message, error };
    }
    if (thrown instanceof BudgetExceededError && thrown.refusal.dimension === 'turns') {
      return { status: 'turn-limit', reason: thrown.message, error: thrown };
    }
    const isMoney = thrown.code === 'budget-exceeded' || thrown.code === 'budget-busy';
    return { status: isMoney ? 'budget' : 'failed', reason: thrown.message, error: thrown };
  }

  #spentUsd(): number | undefined {
    const { start } = this.#options;
    const now = totalUsd(this.#charges);
    if (now === undefined || (start.spentUsd === undefined && start.turns > 0)) return undefined;
    // In whole nano-dollars, which do not round.
    return Math.round(((start.spentUsd ?? 0) + now) * 1e9) / 1e9;
  }

  #state(): AgentState {
    const spentUsd = this.#spentUsd();
    return {
      messages: this.#messages,
      turns: this.#turns,
      ...(spentUsd !== undefined && { spentUsd }),
      // The state of a policy is plain JSON: its contract says so.
      policy: this.#policyState as JsonValue,
    };
  }

  #outcome(ending: Ending): AgentOutcome {
    const { span } = this.#options.context;
    span.add({ values: { turns: this.#turns } });
    span.end(ending.status);
    return {
      ...ending,
      ...(this.#answer !== undefined && { answer: this.#answer }),
      ...(this.#last?.object !== undefined && { object: this.#last.object }),
      ...(this.#last !== undefined && { finish: this.#last.finish }),
      messages: this.#messages,
      state: this.#state(),
      turns: this.#turns,
      charges: this.#charges,
      costUsd: totalUsd(this.#charges),
      warnings: [...this.#warnings.values()],
      trace: span.toNode(),
    };
  }
}
