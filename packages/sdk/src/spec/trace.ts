import type { JsonPrimitive } from './json.ts';
import type { Money } from './money.ts';
import type { UsageKnown } from './usage.ts';

/** What kind of work a node stands for. */
export type TraceKind =
  | 'root'
  | 'leaf'
  | 'retry'
  | 'strategy'
  | 'draw'
  | 'score'
  | 'agent'
  | 'turn'
  | 'tool'
  | 'wrapper';

/** Something a strategy could have asked and did not. */
export interface NotAsked {
  readonly name: string;
  readonly reason: string;
  /** About what it would have cost, where a price is known. */
  readonly savedUsd?: number;
}

/** What an attempt cost, as the trace shows it. */
export interface TraceCharge {
  readonly attemptId: string;
  readonly cost?: Money;
  readonly usageKnown: UsageKnown;
}

/**
 * A node of the tree of decisions. Plain JSON: ids, rules, values, thresholds, charges, what was not asked.
 * Never content. Past 1,000 nodes a tree is capped and says how many it left out.
 */
export interface TraceNode {
  readonly id: string;
  readonly kind: TraceKind;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  /** How it ended, in one word: `accepted`, `abstained`, `failed`, `aborted`, … */
  readonly status?: string;
  /** The rule that decided, in words a user knows. */
  readonly rule?: string;
  /** Measured values and thresholds by name. */
  readonly values?: { readonly [name: string]: JsonPrimitive };
  readonly charges?: readonly TraceCharge[];
  readonly notAsked?: readonly NotAsked[];
  readonly children: readonly TraceNode[];
  /** Nodes below this one that were left out because the tree was full. */
  readonly omitted?: number;
  /** What the omitted nodes cost together, where priced. */
  readonly omittedCost?: Money;
}

/** What a span can still learn before it ends. */
export interface SpanFacts {
  readonly status?: string;
  readonly rule?: string;
  readonly values?: { readonly [name: string]: JsonPrimitive };
  readonly charge?: TraceCharge;
  readonly notAsked?: NotAsked;
}

/** Writes one node of the trace. */
export interface Span {
  readonly id: string;
  /** Opens a node below this one. */
  child(kind: TraceKind, name: string): Span;
  /** Adds facts; may be called often. Later values of the same name replace earlier ones. */
  add(facts: SpanFacts): void;
  end(status?: string): void;
  /** The node and all below it, as data. */
  toNode(): TraceNode;
}
