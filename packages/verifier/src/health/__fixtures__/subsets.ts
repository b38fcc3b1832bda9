/** All ways to take k of a list. */
export function subsets<T>(list: readonly T[], k: number): readonly (readonly T[])[] {
  if (k === 0) return [[]];
  return list.flatMap((first, i) => subsets(list.slice(i + 1), k - 1).map((rest) => [first, ...rest]));
}
