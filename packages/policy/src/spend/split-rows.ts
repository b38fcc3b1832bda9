import { type LedgerRow, nanoOf } from '@tollgate/budget';
import type { SpendSplit, SpendSums } from './spend-figures.ts';
import { sumRows } from './sum-rows.ts';

/** Divides attempts by name, the `most` dearest names apart and the others together. `nameOf` is undefined for attempts without one. */
function splitRows(
  kind: string,
  rows: readonly LedgerRow[],
  { nameOf, most }: { readonly nameOf: (row: LedgerRow) => string | undefined; readonly most: number },
): SpendSplit {
  const groups = Map.groupBy(rows, nameOf);
  const unnamed = groups.get(undefined);
  const named = [...groups]
    .flatMap(([name, own]) => (name === undefined ? [] : [{ name, own, sums: sumRows(own) }]))
    .toSorted((a, b) => dearest(a.sums, b.sums) || (a.name < b.name ? -1 : 1));
  const rest = named.slice(most);
  return {
    kind,
    parts: named.slice(0, most).map(({ name, sums }) => ({ name, ...sums })),
    ...(rest.length > 0 && { others: { names: rest.length, ...sumRows(rest.flatMap(({ own }) => own)) } }),
    ...(unnamed !== undefined && { unnamed: sumRows(unnamed) }),
  };
}

/** Divides attempts by the model that was called. */
export function splitByModel(rows: readonly LedgerRow[], most: number): SpendSplit {
  return splitRows('model', rows, { nameOf: modelNameOf, most });
}

/** Divides attempts by their id in a kind of scope. */
export function splitByScope(kind: string, rows: readonly LedgerRow[], most: number): SpendSplit {
  const nameOf = ({ scopes }: LedgerRow): string | undefined => {
    const ids = scopes.filter((scope) => scope.kind === kind).map(({ id }) => id);
    return ids.length === 0 ? undefined : ids.join(' + ');
  };
  return splitRows(kind, rows, { nameOf, most });
}

/** `provider/modelId`. */
export function modelNameOf({ model }: LedgerRow): string {
  return `${model.provider}/${model.modelId}`;
}

function dearest(a: SpendSums, b: SpendSums): number {
  const difference = nanoOf(b.settled) + nanoOf(b.held) - nanoOf(a.settled) - nanoOf(a.held);
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
}
