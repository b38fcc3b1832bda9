/** Names that look most like one, by shared pairs of letters (Dice). At most three, the best first. */
export function nearestModels(given: string, names: Iterable<string>): readonly string[] {
  const wanted = pairsOf(given);
  return [...names]
    .map((name) => ({ name, likeness: likeness(wanted, pairsOf(name)) }))
    .filter((found) => found.likeness >= 0.5)
    .toSorted((a, b) => b.likeness - a.likeness || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name);
}

function likeness(one: readonly string[], other: readonly string[]): number {
  const left = [...other];
  const shared = one.filter((pair) => {
    const i = left.indexOf(pair);
    if (i >= 0) left.splice(i, 1);
    return i >= 0;
  }).length;
  return (2 * shared) / Math.max(1, one.length + other.length);
}

function pairsOf(name: string): readonly string[] {
  const text = ` ${name.toLowerCase()} `;
  return Array.from({ length: text.length - 1 }, (_, i) => text.slice(i, i + 2));
}
