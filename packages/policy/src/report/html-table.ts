import { escapeHtml } from './escape-html.ts';
import type { EstimateText } from './strategy-figures.ts';

/** The head of a column. */
export interface Head {
  readonly text: string;
  readonly left?: boolean;
  readonly span?: number;
}

/** A table as HTML, scrolled where it is wider than the page. Rows are HTML. */
export function htmlTable(caption: string, heads: readonly Head[], rows: readonly string[]): string {
  const headCells = heads.map(({ text, left = false, span }) => {
    return `<th scope="col"${left ? ' class="text"' : ''}${span === undefined ? '' : ` colspan="${span}"`}>${escapeHtml(text)}</th>`;
  });
  const inner = `<thead><tr>${headCells.join('')}</tr></thead><tbody>\n${rows.join('\n')}\n</tbody>`;
  const scroll = `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(caption)}"><table>${inner}</table></div>`;
  return `<p class="caption">${caption}</p>${scroll}`;
}

/** The cell that names its row. `label` is HTML. */
export function nameCell(name: string, label = ''): string {
  return `<th scope="row" class="text">${escapeHtml(name)}${label}</th>`;
}

/** Two cells: a figure, and its interval. */
export function estimateCells({ value, ends }: EstimateText): string {
  return `${cell(value)}<td class="range">${ends === undefined ? '' : `[${ends.join(', ')}]`}</td>`;
}

/** A cell of text. */
export function cell(text: string): string {
  return `<td>${escapeHtml(text)}</td>`;
}
