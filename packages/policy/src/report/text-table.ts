/** One column of a table in plain text. */
export interface TextColumn {
  readonly head: string;
  readonly cells: readonly string[];
  /** @defaultValue 'left' */
  readonly align?: 'left' | 'right';
}

/** The lines of a table: the heads, then a line a row, two spaces between columns, no spaces at the end. */
export function textTable(columns: readonly TextColumn[]): string[] {
  const padded = columns.map(({ head, cells, align = 'left' }) => {
    const texts = [head, ...cells];
    const width = Math.max(...texts.map((text) => text.length));
    return texts.map((text) => (align === 'left' ? text.padEnd(width) : text.padStart(width)));
  });
  const rows = padded[0]?.length ?? 0;
  return Array.from({ length: rows }, (_, row) =>
    padded
      .map((column) => column[row])
      .join('  ')
      .trimEnd(),
  );
}
