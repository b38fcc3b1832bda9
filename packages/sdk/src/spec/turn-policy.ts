/** What is known before a turn of an agent. A turn is one model response and all its tool runs. */
export interface TurnView {
  /** Names the turn, so that asking twice about the same turn changes nothing. */
  readonly turnKey: string;
  /** Turns finished so far. Range [0, ∞). */
  readonly used: number;
  /** US dollars spent by this agent so far, where priced. */
  readonly spentUsd?: number;
  /** US dollars that the budgets around this agent still allow, where one of them limits dollars. Range [0, ∞). */
  readonly leftUsd?: number;
  /** Milliseconds since the epoch, where the loop has a clock. */
  readonly atMs?: number;
  /** The loop is ours: policies may offer tools of their own. */
  readonly owned: boolean;
}

/** What a turn did. */
export interface TurnObservation {
  readonly turnKey: string;
  readonly toolCalls: number;
  /** The agent said it is done. */
  readonly finished: boolean;
  /** Files changed, tests fixed, new tool calls: whatever the caller counts as progress. */
  readonly progress?: boolean;
  /** There is something to hand in. */
  readonly artifact?: boolean;
  /** The agent asked for more turns. */
  readonly requestedMore?: boolean;
}

/** What to do with the next turn. */
export type TurnDecision =
  | { readonly type: 'proceed'; readonly reminder?: string }
  /** The last turn: tools are off, the directive asks for what there is. */
  | { readonly type: 'closing'; readonly directive: string; readonly reason: string }
  | { readonly type: 'stop'; readonly reason: string };

/** A limit on turns: a pure state machine with plain JSON state, so that a loop can be resumed and replayed. */
export interface TurnPolicy<State = unknown> {
  readonly name: string;
  /** Turns may be added when the agent asks: a loop of ours offers it the tool `request_more_turns`. @defaultValue false */
  readonly mayExtend?: boolean;
  start(): State;
  /** Idempotent per `turnKey`. */
  before(state: State, turn: TurnView): { readonly state: State; readonly decision: TurnDecision };
  after(state: State, observation: TurnObservation): State;
}
