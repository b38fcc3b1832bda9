import { createRandom } from '@tollgate/stats';
import type { CallContext, Clock, RandomSource, Scopes } from '../spec/context.ts';
import type { SpendGuard } from '../spec/spend-guard.ts';
import type { Span, TraceKind } from '../spec/trace.ts';
import { createRootSpan } from './span.ts';
import { systemClock } from './system-clock.ts';

/** What contexts hand down: mostly the same from the root to the leaf, and so one object for all of them. */
interface Surroundings {
  readonly guards: readonly SpendGuard[];
  readonly scopes: Scopes;
  readonly clock: Clock;
  readonly deadline: number | undefined;
  readonly places: readonly unknown[] | undefined;
}

/** Where chance comes from: the seed of a source of its own, or a context whose source is shared or, with a label, forked. */
interface Chance {
  readonly source: number | string | CallContext;
  readonly fork?: string;
}

const nowhere: Surroundings = {
  guards: [],
  scopes: {},
  clock: systemClock,
  deadline: undefined,
  places: undefined,
};

// The random source is made when it is first read: most calls never draw a number.
class LazyContext implements CallContext {
  readonly span: Span;
  declare readonly deadline?: number;
  declare readonly places?: readonly unknown[];
  readonly #around: Surroundings;
  readonly #source: Chance['source'];
  readonly #fork: string | undefined;
  #random: RandomSource | undefined;

  constructor(around: Surroundings, span: Span, { source, fork }: Chance) {
    this.#around = around;
    this.span = span;
    this.#source = source;
    this.#fork = fork;
    if (around.deadline !== undefined) this.deadline = around.deadline;
    if (around.places !== undefined) this.places = around.places;
  }

  get guards(): readonly SpendGuard[] {
    return this.#around.guards;
  }

  get scopes(): Scopes {
    return this.#around.scopes;
  }

  get clock(): Clock {
    return this.#around.clock;
  }

  get random(): RandomSource {
    return (this.#random ??= this.#makeRandom());
  }

  #makeRandom(): RandomSource {
    if (typeof this.#source !== 'object') return createRandom(this.#source);
    return this.#fork === undefined ? this.#source.random : this.#source.random.fork(this.#fork);
  }

  /** What a context is surrounded by: of one of ours, without a copy. */
  static around(context: CallContext): Surroundings {
    if (#around in context) return context.#around;
    const { guards, scopes, clock, deadline, places } = context;
    return { guards, scopes, clock, deadline, places };
  }
}

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
  const { guards, scopes, clock = systemClock, deadline, name = 'call' } = options;
  const isPlain = guards === undefined && scopes === undefined && clock === systemClock && deadline === undefined;
  const around = isPlain
    ? nowhere
    : { ...nowhere, guards: guards ?? nowhere.guards, scopes: scopes ?? nowhere.scopes, clock, deadline };
  const span = createRootSpan(name, clock);
  return new LazyContext(around, span, { source: options.seed ?? span.id });
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
  const around = LazyContext.around(context);
  const { guard, scopes, deadline, kind, label } = options;
  const isSame = guard === undefined && scopes === undefined && deadline === undefined;
  const below = isSame
    ? around
    : {
        ...around,
        guards: guard === undefined ? around.guards : [...around.guards, guard],
        scopes: scopes === undefined ? around.scopes : { ...around.scopes, ...scopes },
        deadline: earlier(around.deadline, deadline),
      };
  return new LazyContext(below, context.span.child(kind, label), { source: context, fork: label });
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

function changedContext(context: CallContext, changes: Partial<Surroundings>): CallContext {
  return new LazyContext({ ...LazyContext.around(context), ...changes }, context.span, { source: context });
}
