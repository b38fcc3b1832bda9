import type { Scopes } from '@tollgate/sdk';
import { type ScopePair, scopePairs } from './scope-pair.ts';

/** Lists at hand, at most: those of tasks come and go. */
const mostKnown = 10_000;

/**
 * One list for scopes that come again, in the same object or in another that says the same, so that stores know it again.
 * An object that was changed since is read anew: nobody is charged for somebody else.
 */
export class KnownScopes {
  readonly #more: readonly ScopePair[];
  readonly #byObject = new WeakMap<
    object,
    { readonly source: readonly ScopePair[]; readonly pairs: readonly ScopePair[] }
  >();
  readonly #byName = new Map<string, readonly ScopePair[]>();

  /** `more` is charged beside the scopes of every object. */
  constructor(more: readonly ScopePair[] = []) {
    this.#more = more;
  }

  /** @throws InvalidOptionError when a kind or an id is not a non-empty text. */
  pairsOf(scopes: Scopes | readonly ScopePair[]): readonly ScopePair[] {
    const known = this.#byObject.get(scopes);
    if (known !== undefined && isUnchanged(scopes, known.source)) return known.pairs;
    const source = scopePairs(scopes);
    const pairs = this.#same(scopePairs(source, this.#more));
    this.#byObject.set(scopes, { source, pairs });
    return pairs;
  }

  /** The list that says the same and came first. */
  #same(pairs: readonly ScopePair[]): readonly ScopePair[] {
    const name = nameOf(pairs);
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    if (this.#byName.size >= mostKnown) this.#byName.clear();
    this.#byName.set(name, pairs);
    return pairs;
  }
}

/** Lengths keep apart what looks alike when joined. */
function nameOf(pairs: readonly ScopePair[]): string {
  let name = '';
  for (const { kind, id } of pairs) name += `${kind.length}:${kind}${id.length}:${id}`;
  return name;
}

function isUnchanged(scopes: Scopes | readonly ScopePair[], source: readonly ScopePair[]): boolean {
  if (isList(scopes)) {
    if (scopes.length !== source.length) return false;
    return source.every(({ kind, id }, i) => scopes[i]?.kind === kind && scopes[i]?.id === id);
  }
  let count = 0;
  for (const kind in scopes) {
    const pair = source[count];
    if (pair?.kind !== kind || pair.id !== scopes[kind]) return false;
    count += 1;
  }
  return count === source.length;
}

function isList(scopes: Scopes | readonly ScopePair[]): scopes is readonly ScopePair[] {
  return Array.isArray(scopes);
}
