import { escapeHtml } from './escape-html.ts';
import { svgNumber } from './svg-number.ts';
import { fitText, textWidth } from './text-width.ts';

/** How large bars are drawn. `stacked` puts names above the bars, for narrow pages. */
export interface BarLayout {
  readonly width: number;
  readonly fontSize: number;
  readonly stacked: boolean;
}

/** A coloured part of a bar. */
export interface BarSegment {
  /** Share of the longest bar there may be. Range [0, 1]. */
  readonly length: number;
  /** Style class. */
  readonly style: string;
  /** What is told when it is pointed at. */
  readonly title: string;
}

/** One bar: a name, its segments in order, and figures. */
export interface BarRow {
  /** Style class of the name. @defaultValue none */
  readonly kind?: string;
  /** Stands in front of the name. */
  readonly number?: number;
  readonly name: string;
  /** Behind the name, never shortened. */
  readonly label?: string;
  readonly segments: readonly BarSegment[];
  readonly figure: string;
  /** More behind the figure, as many as there is room for. */
  readonly details?: readonly string[];
}

const barHeight = 14;

/** Bars as SVG, a row each. */
export function barRows(title: string, rows: readonly BarRow[], layout: BarLayout): string {
  const { width, fontSize, stacked } = layout;
  const rowHeight = stacked ? barHeight + fontSize * 2.4 : barHeight + 14;
  const bars = stacked ? { x: 0, width } : { x: width * 0.36, width: width * 0.32 };
  const drawn = rows.map((row, i) => {
    const top = i * rowHeight;
    const barTop = stacked ? top + fontSize * 1.5 : top + (rowHeight - barHeight) / 2;
    const baseline = svgNumber(stacked ? top + fontSize : barTop + barHeight / 2 + fontSize * 0.35);
    const length = row.segments.reduce((sum, segment) => sum + segment.length, 0);
    const figuresAt = bars.x + bars.width * length + 8;
    const nameRoom = stacked ? width - textWidth(row.figure, fontSize) - 12 : bars.x - 20;
    const name = `<text class="name${row.kind === undefined ? '' : ` ${row.kind}`}" x="0" y="${baseline}">${nameOf(row, { fontSize, width: nameRoom })}</text>`;
    const figures = stacked
      ? `<text x="${width}" y="${baseline}" text-anchor="end">${escapeHtml(row.figure)}</text>`
      : `<text x="${svgNumber(figuresAt)}" y="${baseline}">${figuresOf(row, { room: width - figuresAt, fontSize })}</text>`;
    return name + segmentsOf(row, { ...bars, y: barTop }) + figures;
  });
  return [
    `<svg viewBox="0 0 ${width} ${svgNumber(rowHeight * rows.length)}" role="img" style="font-size:${fontSize}px">`,
    `<title>${escapeHtml(title)}</title>`,
    ...drawn,
    '</svg>',
  ].join('\n');
}

function nameOf(
  { number, name, label = '' }: BarRow,
  room: { readonly fontSize: number; readonly width: number },
): string {
  const lead = number === undefined ? '' : `<tspan class="number">${number}</tspan> `;
  const width = room.width - textWidth(`${number === undefined ? '' : `${number} `}${label}`, room.fontSize);
  return lead + escapeHtml(fitText(name, { ...room, width }) + label);
}

function segmentsOf(
  { segments }: BarRow,
  bar: { readonly x: number; readonly y: number; readonly width: number },
): string {
  let end = bar.x;
  return segments
    .filter(({ length }) => length > 0)
    .map(({ length, style, title }) => {
      const start = end;
      end += length * bar.width;
      return `<rect class="${style}" x="${svgNumber(start)}" y="${svgNumber(bar.y)}" width="${svgNumber(Math.max(1, end - start))}" height="${barHeight}"><title>${escapeHtml(title)}</title></rect>`;
    })
    .join('');
}

function figuresOf(
  { figure, details }: BarRow,
  { room, fontSize }: { readonly room: number; readonly fontSize: number },
): string {
  if (details === undefined || details.length === 0) return escapeHtml(figure);
  const fitting = details.filter(
    (_, i) => textWidth(`${figure} ${details.slice(0, i + 1).join(', ')}`, fontSize) <= room,
  );
  return `${escapeHtml(figure)} <tspan class="quiet">${escapeHtml(fitting.join(', '))}</tspan>`;
}
