import { createRandom } from '@tollgate/stats';
import type { CallContext, Clock, RandomSource, Scopes } from '../spec/context.ts';
import type { SpendGuard } from '../spec/spend-guard.ts';
import type { Span, TraceKind } from '../spec/trace.ts';
import { createRootSpan } from './span.ts';
import { systemClock } from './system-clock.ts';

interface ContextParts {
  readonly guards: readonly SpendGuard[];
  readonly scopes: Scopes;
  readonly span: Span;
  readonly clock: Clock;
  readonly deadline: number | undefined;
  readonly places: readonly unknown[] | undefined;
  /** Where chance comes from: the seed of a source of its own, or a context whose source is shared or, with a label, forked. */
  readonly chance: number | string | CallContext;
  readonly fork?: string;
}

// The random source is made when it is first read: most calls never draw a number.
class LazyContext implements CallContext {
  readonly guards: readonly SpendGuard[];
  readonly scopes: Scopes;
  readonly span: Span;
  readonly clock: Clock;
  readonly deadline?: number;
  readonly places?: readonly unknown[];
  readonly #chance: number | string | CallContext;
  readonly #fork: string | undefined;
  #random: RandomSource | undefined;

  constructor(parts: ContextParts) {
    this.guards = parts.guards;
    this.scopes = parts.scopes;
    this.span = parts.span;
    this.clock = parts.clock;
    if (parts.deadline !== undefined) this.deadline = parts.deadline;
    if (parts.places !== undefined) this.places = parts.places;
    this.#chance = parts.chance;
    this.#fork = parts.fork;
  }

  get random(): RandomSource {
    return (this.#random ??= this.#makeRandom());
  }

  #makeRandom(): RandomSource {
    if (typeof this.#chance !== 'object') return createRandom(this.#chance);
    return this.#fork === undefined ? this.#chance.random : this.#chance.random.fork(this.#fork);
  }
}

const none: readonly SpendGuard[] = [];
const nowhere: Scopes = {};

/** What a root context may be given. */
export interface RootContextOptions {
  readonly scopes?: Scopes;
  readonly guards?: readonly SpendGuard[];
  /** @defaultValue the machine's clock */
  readonly clock?: Clock;
  /** Seeds every random choice below. @defaultValue a fresh one */
  readonly seed?: number | string;
  /** Milliseconds since the epoch after which no new attempt starts. */
  readonly deadline?: number;
  /** Name of the trace. @defaultValue 'call' */
  readonly name?: string;
}

/**
 * The context of a call that has none yet.
 *
 * @example
 * const context = rootContext({ scopes: { user: 'ada' }, seed: 7 });
 * await model.generate({ messages, context });
 */
export function rootContext(options: RootContextOptions = {}): CallContext {
  const clock = options.clock ?? systemClock;
  const span = createRootSpan(options.name ?? 'call', clock);
  return new LazyContext({
    guards: options.guards ?? none,
    scopes: options.scopes ?? nowhere,
    span,
    clock,
    deadline: options.deadline,
    places: undefined,
    chance: options.seed ?? span.id,
  });
}

/** What a child context changes. Guards and scopes are added to the parent's; the earlier deadline holds. */
export interface ChildContextOptions {
  readonly kind: TraceKind;
  readonly label: string;
  readonly guard?: SpendGuard;
  readonly scopes?: Scopes;
  /** Milliseconds since the epoch after which no new attempt starts. */
  readonly deadline?: number;
}

/** A context one level down: a new span, a fork of the random source, and whatever the wrapper adds. */
export function childContext(context: CallContext, options: ChildContextOptions): CallContext {
  return new LazyContext({
    guards: options.guard === undefined ? context.guards : [...context.guards, options.guard],
    scopes: options.scopes === undefined ? context.scopes : { ...context.scopes, ...options.scopes },
    span: context.span.child(options.kind, options.label),
    clock: context.clock,
    deadline: earlier(context.deadline, options.deadline),
    places: context.places,
    chance: context,
    fork: options.label,
  });
}

function earlier(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}

/** The same context with one more guard: no new span, the same chance. What `withBudget` hands down. */
export function guardedContext(context: CallContext, guard: SpendGuard, scopes?: Scopes): CallContext {
  return changedContext(context, {
    guards: [...context.guards, guard],
    scopes: scopes === undefined ? context.scopes : { ...context.scopes, ...scopes },
  });
}

/** The same context without guards. For a model that is held as a whole: what it does inside is not held again. */
export function unguardedContext(context: CallContext): CallContext {
  return changedContext(context, { guards: [] });
}

/** The same context, holding one more place in a queue. What `withConcurrency` hands down. */
export function placedContext(context: CallContext, place: unknown): CallContext {
  return changedContext(context, { places: [...(context.places ?? []), place] });
}

function changedContext(context: CallContext, changes: Partial<ContextParts>): CallContext {
  return new LazyContext({
    guards: context.guards,
    scopes: context.scopes,
    span: context.span,
    clock: context.clock,
    deadline: context.deadline,
    places: context.places,
    chance: context,
    ...changes,
  });
}
