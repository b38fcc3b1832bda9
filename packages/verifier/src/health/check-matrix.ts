import { InvalidOptionError } from '@tollgate/sdk';

/** @throws InvalidOptionError when rows differ in length or a score is not finite. */
export function checkMatrix(option: string, rows: readonly (readonly number[])[]): void {
  const width = rows[0]?.length ?? 0;
  for (const [i, row] of rows.entries()) {
    if (row.length !== width) {
      throw new InvalidOptionError(
        `${option}[${i}]`,
        `${option}[${i}] must hold ${width} scores like the first row, received ${row.length}.`,
      );
    }
    const odd = row.find((score) => !Number.isFinite(score));
    if (odd === undefined) continue;
    throw new InvalidOptionError(`${option}[${i}]`, `${option}[${i}] must hold finite numbers, received ${odd}.`);
  }
}
