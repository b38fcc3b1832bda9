import { InvalidOptionError, type Scopes } from '@tollgate/sdk';

/** One scope of an attempt. A list may hold several ids of one kind: nested budgets charge both. */
export interface ScopePair {
  readonly kind: string;
  readonly id: string;
}

/**
 * The union of several records of scopes, each pair once, in the order of first mention. Copies: they stay what they are.
 *
 * @throws InvalidOptionError when a kind or an id is not a non-empty text.
 */
export function scopePairs(...sources: readonly (Scopes | readonly ScopePair[])[]): readonly ScopePair[] {
  const pairs: ScopePair[] = [];
  for (const source of sources) {
    for (const pair of isList(source) ? source : listOf(source)) {
      const { kind, id } = pair;
      if (!pairs.some((known) => known.kind === kind && known.id === id)) pairs.push({ kind, id });
    }
  }
  return pairs;
}

/** A scope in a sentence: `user "ada"`. */
export function scopeName({ kind, id }: ScopePair): string {
  return `${kind} "${id}"`;
}

/** @throws InvalidOptionError when `value` is not a non-empty text. */
export function checkName(option: string, value: unknown): void {
  if (typeof value === 'string' && value !== '') return;
  throw new InvalidOptionError(option, `${option} must be a non-empty text, received ${JSON.stringify(value)}.`);
}

function isList(source: Scopes | readonly ScopePair[]): source is readonly ScopePair[] {
  return Array.isArray(source);
}

function listOf(scopes: Scopes): readonly ScopePair[] {
  return Object.entries(scopes).map(([kind, id]) => {
    checkName('scopes', kind);
    checkName(`scopes.${kind}`, id);
    return { kind, id };
  });
}
