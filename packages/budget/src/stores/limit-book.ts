import type { ScopePair } from '../ledger/scope-pair.ts';
import type { StoredLimit } from './store.ts';

/** The id of a limit on every id of its kind. */
const eachId = 'each';

/** Limits by scope. A limit on an id stands in for the one on `each`. */
export class LimitBook {
  readonly #byKind = new Map<string, Map<string, StoredLimit>>();

  constructor(limits: Iterable<StoredLimit> = []) {
    for (const limit of limits) this.set(limit);
  }

  set(limit: StoredLimit): void {
    const ids = this.#byKind.get(limit.kind);
    if (ids === undefined) this.#byKind.set(limit.kind, new Map([[limit.id, limit]]));
    else ids.set(limit.id, limit);
  }

  capOf({ kind, id }: ScopePair): bigint | undefined {
    const ids = this.#byKind.get(kind);
    return (ids?.get(id) ?? ids?.get(eachId))?.capNano;
  }

  /** A kind that every call must name and that is not among `scopes`. */
  missingKind(scopes: readonly ScopePair[]): string | undefined {
    for (const [kind, ids] of this.#byKind) {
      if (ids.has(eachId) && !scopes.some((scope) => scope.kind === kind)) return kind;
    }
    return undefined;
  }

  all(): readonly StoredLimit[] {
    return [...this.#byKind.values()].flatMap((ids) => [...ids.values()]);
  }
}
