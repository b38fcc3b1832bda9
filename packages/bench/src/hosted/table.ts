/** What a table is judged by. */
export interface TableOptions {
  readonly title: string;
  readonly unit: string;
  readonly reference?: string;
  readonly gate: number;
  readonly goal: number;
  readonly judged: readonly string[];
}

/** Prints medians with the lowest and the highest figure, ratios to the reference, and how ours stand to gate and goal. */
export function writeTable(options: TableOptions, figures: ReadonlyMap<string, readonly number[]>): void {
  const { title, unit, reference, gate, goal, judged } = options;
  const base = reference === undefined ? undefined : figures.get(reference)?.[0];
  const limit = base === undefined ? unit : `x ${reference}`;
  console.log(`\n${title} [${unit}], median (lowest to highest); goal ${goal}, gate ${gate} ${limit}`);
  for (const [name, [middle = Number.NaN, lowest = Number.NaN, highest = Number.NaN]] of figures) {
    const ratio = base === undefined ? undefined : middle / base;
    const figure = ratio ?? middle;
    const verdict = figure <= goal ? 'PASS' : figure <= gate ? 'PASS (gate, not goal)' : 'FAIL';
    const cells = [
      name.padEnd(32),
      shown(middle).padStart(8),
      `(${shown(lowest)} to ${shown(highest)})`.padEnd(22),
      ratio === undefined ? '' : `${ratio.toFixed(2)} x`,
      judged.includes(name) ? verdict : '',
    ];
    console.log(cells.join(' ').trimEnd());
  }
}

function shown(figure: number): string {
  return figure >= 100 ? figure.toFixed(0) : figure.toPrecision(3);
}
