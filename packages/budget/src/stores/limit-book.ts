import type { ScopePair } from '../ledger/scope-pair.ts';
import { windowAt, type WindowSpan } from '../ledger/window.ts';
import type { HoldAsk, LimitKey, StoredLimit } from './store.ts';

/** The id of a limit on every id of its kind. */
export const eachId = 'each';

/** A limit that an attempt of a moment is counted by. */
export interface Claim {
  readonly limit: StoredLimit;
  readonly scope: ScopePair;
  readonly span: WindowSpan;
}

/** Limits by scope. A limit on an id stands in for the one on `each` of the same dimension and window. */
export class LimitBook {
  /** By kind, then by dimension and window, then by id. */
  readonly #byKind = new Map<string, Map<string, Map<string, StoredLimit>>>();
  #version = 0;

  /** Rises with every change. */
  get version(): number {
    return this.#version;
  }

  constructor(limits: Iterable<StoredLimit> = []) {
    for (const limit of limits) this.set(limit);
  }

  set(limit: StoredLimit): void {
    this.#version += 1;
    let measures = this.#byKind.get(limit.kind);
    if (measures === undefined) this.#byKind.set(limit.kind, (measures = new Map()));
    const ids = measures.get(measureOf(limit));
    if (ids === undefined) measures.set(measureOf(limit), new Map([[limit.id, limit]]));
    else ids.set(limit.id, limit);
  }

  remove(key: LimitKey): boolean {
    const measures = this.#byKind.get(key.kind);
    const ids = measures?.get(measureOf(key));
    if (ids?.delete(key.id) !== true) return false;
    this.#version += 1;
    if (ids.size === 0) measures?.delete(measureOf(key));
    if (measures?.size === 0) this.#byKind.delete(key.kind);
    return true;
  }

  get(key: LimitKey): StoredLimit | undefined {
    return this.#byKind.get(key.kind)?.get(measureOf(key))?.get(key.id);
  }

  /** Whether an id is counted in a dimension and window: by a limit of its own or by the one on `each`. */
  counts(key: LimitKey): boolean {
    return this.get(key) !== undefined || this.get({ ...key, id: eachId }) !== undefined;
  }

  /** What an attempt with these scopes is counted by at a moment. */
  claims({ scopes, paid }: Pick<HoldAsk, 'scopes' | 'paid'>, atMs: number): readonly Claim[] {
    const claims: Claim[] = [];
    for (const scope of scopes) {
      for (const ids of this.#byKind.get(scope.kind)?.values() ?? []) {
        const limit = ids.get(scope.id) ?? ids.get(eachId);
        if (limit === undefined || (limit.dimension === 'usd' && isAmong(paid, scope))) continue;
        claims.push({ limit, scope, span: windowAt(limit.per, atMs) });
      }
    }
    return claims;
  }

  /** A kind that every call must name and that is not among `scopes`. */
  missingKind(scopes: readonly ScopePair[]): string | undefined {
    for (const [kind, measures] of this.#byKind) {
      if (scopes.some((scope) => scope.kind === kind)) continue;
      for (const ids of measures.values()) if (ids.has(eachId)) return kind;
    }
    return undefined;
  }

  all(): readonly StoredLimit[] {
    return [...this.#byKind.values()].flatMap((measures) => [...measures.values()].flatMap((ids) => [...ids.values()]));
  }
}

/** Whether a scope is in a list. */
export function isAmong(scopes: readonly ScopePair[], { kind, id }: ScopePair): boolean {
  return scopes.some((scope) => scope.kind === kind && scope.id === id);
}

function measureOf({ dimension, per }: LimitKey): string {
  return `${dimension} ${per}`;
}
