/** What a program finds beside the language itself, made inside of the sandbox before the program is there. */
export interface Prelude {
  /** Handed to tests, so that a program cannot put its own in place. */
  readonly assert: unknown;
  readonly require: unknown;
  /** Runs the timer that is due next, at once: time passes only here. False where there is none. */
  readonly nextTimer: () => boolean;
}

/**
 * Runs inside of QuickJS, as text: it sees nothing of this file. Whatever it needs later it takes before the program runs.
 *
 * `console` prints; `assert` is the part of Node's that tests use, `require` gives it, and `module.exports` may be set.
 */
export function prelude(print: (text: string) => void): Prelude {
  const { is, keys, getPrototypeOf, hasOwn } = Object;
  const { isArray } = Array;
  const { stringify } = JSON;
  const text = String;
  const { apply } = Reflect;
  const eachOf = { map: Reflect.get(Map.prototype, 'forEach'), set: Reflect.get(Set.prototype, 'forEach') };

  const show = (value: unknown): string => {
    if (typeof value === 'string') return value;
    try {
      return stringify(value) ?? text(value);
    } catch {
      return typeof value === 'object' ? '[object]' : text(value);
    }
  };
  const log = (...values: unknown[]): void => print(`${values.map(show).join(' ')}\n`);

  class AssertionError extends Error {
    override name = 'AssertionError';
  }
  const fail = (message: unknown, otherwise: string): never => {
    if (message instanceof Error) throw message;
    throw new AssertionError(message === undefined ? otherwise : text(message));
  };
  const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
  const isSame = (a: unknown, b: unknown): boolean => a === b || is(a, b);
  const membersOf = (collection: Map<unknown, unknown> | Set<unknown>): unknown[] => {
    const members: unknown[] = [];
    const add = (value: unknown, key: unknown): void => {
      members[members.length] = [key, value];
    };
    apply(collection instanceof Map ? eachOf.map : eachOf.set, collection, [add]);
    return members;
  };
  // Loops, and no methods: a program may have put its own in place.
  const isDeepSame = (a: unknown, b: unknown, strict: boolean): boolean => {
    if (!isObject(a) || !isObject(b)) return strict ? is(a, b) : isSame(a, b);
    if (a === b) return true;
    if (isArray(a) !== isArray(b) || (strict && getPrototypeOf(a) !== getPrototypeOf(b))) return false;
    if (a instanceof Date && b instanceof Date) return is(+a, +b);
    if (a instanceof Map || a instanceof Set) {
      const isAlike = a instanceof Map ? b instanceof Map : b instanceof Set;
      return isAlike && isDeepSame(membersOf(a), membersOf(b as Set<unknown> & typeof b), strict);
    }
    const names = keys(a);
    if (names.length !== keys(b).length) return false;
    for (let i = 0; i < names.length; i += 1) {
      const name = names[i] as string;
      if (!hasOwn(b, name) || !isDeepSame(a[name], b[name], strict)) return false;
    }
    return true;
  };
  const check =
    (agree: (a: unknown, b: unknown) => boolean, word: string) =>
    (actual: unknown, expected: unknown, message?: unknown): void => {
      if (!agree(actual, expected)) fail(message, `${show(actual)} ${word} ${show(expected)}`);
    };
  const assert = (value: unknown, message?: unknown): void => {
    if (!value) fail(message, `${show(value)} is not true`);
  };
  const members = {
    ok: assert,
    equal: check(isSame, 'is not'),
    notEqual: check((a, b) => !isSame(a, b), 'is'),
    strictEqual: check(is, 'is not'),
    notStrictEqual: check((a, b) => !is(a, b), 'is'),
    deepEqual: check((a, b) => isDeepSame(a, b, false), 'is not'),
    notDeepEqual: check((a, b) => !isDeepSame(a, b, false), 'is'),
    deepStrictEqual: check((a, b) => isDeepSame(a, b, true), 'is not'),
    notDeepStrictEqual: check((a, b) => !isDeepSame(a, b, true), 'is'),
    throws: (run: () => unknown, ...rest: unknown[]): void => {
      try {
        run();
      } catch {
        return;
      }
      fail(rest.at(-1), 'nothing was thrown');
    },
    fail: (message?: unknown): never => fail(message, 'failed'),
    AssertionError,
  };
  Object.assign(assert, members, { strict: assert });
  Object.freeze(assert);

  const require = (name: string): unknown => {
    if (/^(?:node:)?assert(?:\/strict)?$/.test(name)) return assert;
    throw new Error(`Cannot find module '${name}'`);
  };

  interface Timer {
    readonly id: number;
    readonly atMs: number;
    readonly run: () => unknown;
  }
  let nowMs = 0;
  let lastId = 0;
  let timers: readonly Timer[] = [];
  const setTimeout = (run: (...args: unknown[]) => unknown, delayMs: unknown = 0, ...args: unknown[]): number => {
    lastId += 1;
    timers = [...timers, { id: lastId, atMs: nowMs + Math.max(0, Number(delayMs) || 0), run: () => run(...args) }];
    return lastId;
  };
  const clearTimeout = (id: unknown): void => {
    timers = timers.filter((timer) => timer.id !== id);
  };
  const nextTimer = (): boolean => {
    const next = timers.reduce<Timer | undefined>((a, b) => (a !== undefined && a.atMs <= b.atMs ? a : b), undefined);
    if (next === undefined) return false;
    clearTimeout(next.id);
    nowMs = next.atMs;
    next.run();
    return true;
  };

  const module = { exports: {} };
  Object.assign(globalThis, {
    console: { log, info: log, debug: log, warn: log, error: log, assert },
    require,
    module,
    exports: module.exports,
    setTimeout,
    clearTimeout,
  });
  return { assert, require, nextTimer };
}
