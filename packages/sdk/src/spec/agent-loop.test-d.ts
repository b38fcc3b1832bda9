// An agent under a turn policy: a loop of our own, and an agent of somebody else's behind a gateway.
import type { Message, ToolCallPart, ToolResultPart } from './content.ts';
import type { JsonValue } from './json.ts';
import type { Model } from './model.ts';
import type { GenerateRequest } from './request.ts';
import type { Candidate, GenerateResult } from './result.ts';
import type { TurnPolicy } from './turn-policy.ts';

declare function answerOf(result: GenerateResult): Candidate | undefined;
declare function callTool(call: ToolCallPart): Promise<ToolResultPart>;
declare function addToNewestMessage(messages: readonly Message[], text: string): readonly Message[];
declare function withoutTools(request: GenerateRequest, directive: string): GenerateRequest;

interface Fixed {
  readonly limit: number;
  readonly seen: readonly string[];
  readonly extended: boolean;
}

/** A limit that is extended once on demand, and closes with a turn of its own. */
export const twenty: TurnPolicy<Fixed> = {
  name: 'twenty',
  start: () => ({ limit: 20, seen: [], extended: false }),
  before: (state, { turnKey, used, owned }) => {
    const known = state.seen.includes(turnKey);
    const next = known ? state : { ...state, seen: [...state.seen, turnKey] };
    if (used < state.limit - 5) return { state: next, decision: { type: 'proceed' } };
    if (used < state.limit) {
      const ask = owned ? ' Call request_more_turns if that is not enough.' : '';
      return { state: next, decision: { type: 'proceed', reminder: `${state.limit - used} turns left.${ask}` } };
    }
    if (used > state.limit) return { state: next, decision: { type: 'stop', reason: 'the closing turn is over' } };
    return { state: next, decision: { type: 'closing', directive: 'Hand in what you have.', reason: 'turn limit' } };
  },
  after: (state, { requestedMore, progress }) =>
    requestedMore === true && progress !== false && !state.extended
      ? { ...state, limit: state.limit + 10, extended: true }
      : state,
};

type Status = 'finished' | 'turn-limit';

/** Our own loop. The state of any policy is JSON, so a loop is resumed from what was saved. */
export async function runAgent(
  model: Model,
  start: GenerateRequest,
  options: { readonly turns: TurnPolicy; readonly saved?: JsonValue; readonly save: (state: unknown) => void },
): Promise<{ readonly status: Status; readonly answer: Candidate | undefined }> {
  const { turns, save } = options;
  let state: unknown = options.saved ?? turns.start();
  let messages = start.messages;
  let spentUsd = 0;
  let answer: Candidate | undefined;
  for (let used = 0; ; used += 1) {
    const turnKey = `turn-${used}`;
    const before = turns.before(state, { turnKey, used, spentUsd, owned: true });
    const { decision } = before;
    if (decision.type === 'stop') return { status: 'turn-limit', answer };
    const reminded =
      decision.type === 'proceed' && decision.reminder !== undefined
        ? addToNewestMessage(messages, decision.reminder)
        : messages;
    const open: GenerateRequest = { ...start, messages: reminded };
    const result = await model.generate(decision.type === 'closing' ? withoutTools(open, decision.directive) : open);
    spentUsd += result.charges.reduce((sum, charge) => sum + (charge.cost?.usd ?? 0), 0);
    answer = answerOf(result) ?? answer;
    const calls = answer?.content.filter((part) => part.type === 'tool-call') ?? [];
    state = turns.after(before.state, {
      turnKey,
      toolCalls: calls.length,
      finished: calls.length === 0,
      requestedMore: calls.some((call) => call.toolName === 'request_more_turns'),
    });
    save(state);
    if (calls.length === 0 || answer === undefined)
      return { status: decision.type === 'closing' ? 'turn-limit' : 'finished', answer };
    messages = [
      ...reminded,
      { role: 'assistant', content: answer.content },
      { role: 'tool', content: await Promise.all(calls.map(callTool)) },
    ];
  }
}

/** Somebody else's loop, seen one request at a time: asking twice about one request changes nothing. */
export class ForeignAgent {
  readonly #turns: TurnPolicy;
  #state: unknown;
  #used = 0;

  constructor(turns: TurnPolicy) {
    this.#turns = turns;
    this.#state = turns.start();
  }

  /** The request to send in place of the agent's, or undefined to refuse it. */
  admit(request: GenerateRequest, turnKey: string): GenerateRequest | undefined {
    const { state, decision } = this.#turns.before(this.#state, { turnKey, used: this.#used, owned: false });
    this.#state = state;
    switch (decision.type) {
      case 'proceed':
        if (decision.reminder === undefined) return request;
        return { ...request, messages: addToNewestMessage(request.messages, decision.reminder) };
      case 'closing':
        return withoutTools(request, decision.directive);
      case 'stop':
        return undefined;
      default:
        return decision satisfies never;
    }
  }

  answered(turnKey: string, answer: Candidate): void {
    const toolCalls = answer.content.filter((part) => part.type === 'tool-call').length;
    this.#state = this.#turns.after(this.#state, { turnKey, toolCalls, finished: toolCalls === 0 });
    this.#used += 1;
  }
}

export const assignable: TurnPolicy = twenty;
