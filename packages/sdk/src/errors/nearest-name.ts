/**
 * The name that was probably meant: the one with the fewest edits from `given` (a letter put in, left out, changed, or
 * swapped with its neighbour), ignoring case; the earliest on a tie. `undefined` where even that one is too far off:
 * more than one edit for every three letters of the longer word.
 *
 * @example
 * nearestName('nmuber', ['number', 'exact', 'regex', 'choice']); // 'number'
 */
export function nearestName(given: string, names: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const edits = editDistance(given.toLowerCase(), name.toLowerCase());
    if (edits < fewest && edits <= Math.max(given.length, name.length) / 3) {
      fewest = edits;
      nearest = name;
    }
  }
  return nearest;
}

// Source: optimal string alignment (Damerau-Levenshtein in which no part is edited twice).
function editDistance(from: string, to: string): number {
  const distances: number[][] = [Array.from({ length: to.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number): number => distances[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    distances.push(row);
    for (let j = 1; j <= to.length; j += 1) {
      const changed = at(i - 1, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const swapped = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1] ? at(i - 2, j - 2) + 1 : changed;
      row.push(Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, changed, swapped));
    }
  }
  return at(from.length, to.length);
}
