import { type BootstrapEstimate, bootstrapRatio, createRandom } from '@tollgate/stats';

/** The mean over problems, with a 95 % interval by drawing problems again. */
export function meanOver(problems: readonly number[]): BootstrapEstimate {
  return bootstrapRatio({ numerators: problems, random: createRandom('problems') });
}

/** `0.363 [0.300, 0.427]`. */
export function shown({ estimate, lower, upper }: BootstrapEstimate, digits = 3): string {
  return `${estimate.toFixed(digits)} [${lower.toFixed(digits)}, ${upper.toFixed(digits)}]`;
}

/** Prints a heading, and rows in columns as wide as their widest cell. */
export function printTable(title: string, rows: readonly (readonly string[])[]): void {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, i) => Math.max(widest[i] ?? 0, cell.length)),
    [],
  );
  console.log(`\n${title}`);
  for (const row of rows)
    console.log(
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}
