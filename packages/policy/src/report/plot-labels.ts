import { escapeHtml } from './escape-html.ts';
import type { PlotEntry } from './page-entry.ts';
import { type Box, type Obstacle, placeLabels, type PlacedLabel } from './place-labels.ts';
import { type PlotPoint, pointRadius } from './plot-point.ts';
import { svgNumber } from './svg-number.ts';
import { fitText, textWidth } from './text-width.ts';

/** How points are called. */
export interface PlotLabelOptions {
  readonly fontSize: number;
  /** Labels stay inside. */
  readonly bounds: Box;
  /** `numbers` where there is no room for names: the numbers of the page's tables. */
  readonly labels: 'names' | 'numbers';
}

/** With more points than this, only those of the frontier and the oracles are named, the others numbered. */
const mostNames = 16;

/**
 * The labels of points as SVG, placed so that none covers another or a dot, with a line to the point where it stands off.
 * What finds no room by name is numbered; what finds none by number is left to its tooltip and the table.
 */
export function plotLabels(points: readonly PlotPoint[], options: PlotLabelOptions): string {
  // The frontier is what people look for, so its labels choose first.
  const ordered = [
    ...points.filter(({ entry }) => entry.kind === 'frontier'),
    ...points.filter(({ entry }) => entry.kind !== 'frontier'),
  ];
  const isNamed = ({ kind }: PlotEntry): boolean =>
    options.labels === 'names' && (ordered.length <= mostNames || kind !== 'beaten');
  const numbers = ordered.map(({ entry }) => String(entry.number));
  const wanted = ordered.map(({ entry }, i) => (isNamed(entry) ? nameOf(entry, options.fontSize) : (numbers[i] ?? '')));
  const first = place(ordered, wanted, options);
  const texts = wanted.map((text, i) => (first[i]?.free === true ? text : (numbers[i] ?? text)));
  const placed = texts.every((text, i) => text === wanted[i]) ? first : place(ordered, texts, options);
  return ordered
    .map((point, i) => {
      const label = placed[i];
      return label?.free === true ? leader(point, label.box) + text(point.entry, texts[i] ?? '', label.box) : '';
    })
    .join('\n');
}

function place(
  points: readonly PlotPoint[],
  texts: readonly string[],
  { fontSize, bounds }: PlotLabelOptions,
): PlacedLabel[] {
  const asks = points.map(({ x, y, entry }, i) => {
    // Names of the frontier are bold, which is wider.
    const width = textWidth(texts[i] ?? '', fontSize) * (entry.kind === 'frontier' ? 1.1 : 1);
    return { x, y, width: width + 4, height: fontSize * 1.3 };
  });
  return placeLabels(asks, { obstacles: [...points.flatMap(obstaclesOf), ...stairObstacles(points)], bounds });
}

function nameOf({ strategy, kind }: PlotEntry, fontSize: number): string {
  return fitText(strategy.name, { fontSize, width: 330 }) + (kind === 'oracle' ? ' · oracle verifier' : '');
}

function text({ kind }: PlotEntry, content: string, { x, y, height }: Box): string {
  return `<text class="name ${kind}" x="${svgNumber(x + 2)}" y="${svgNumber(y + height * 0.76)}">${escapeHtml(content)}</text>`;
}

function leader({ x, y, entry }: PlotPoint, box: Box): string {
  const endX = Math.min(Math.max(x, box.x), box.x + box.width);
  const endY = Math.min(Math.max(y, box.y + 2), box.y + box.height - 2);
  const length = Math.hypot(endX - x, endY - y);
  if (length < pointRadius * 2.6) return '';
  const start = (pointRadius + 1.5) / length;
  return `<path class="leader ${entry.kind}" d="M${svgNumber(x + (endX - x) * start)} ${svgNumber(y + (endY - y) * start)}L${svgNumber(endX)} ${svgNumber(endY)}"/>`;
}

function obstaclesOf({ x, y, cross: { left, right, top, bottom } }: PlotPoint): Obstacle[] {
  return [
    { kind: 'solid', x: x - pointRadius, y: y - pointRadius, width: pointRadius * 2, height: pointRadius * 2 },
    { kind: 'light', x: left, y: y - 2, width: right - left, height: 4 },
    { kind: 'light', x: x - 2, y: top, width: 4, height: bottom - top },
  ];
}

/** The frontier's staircase runs from each of its points to the right, then up. */
function stairObstacles(points: readonly PlotPoint[]): Obstacle[] {
  const stairs = points.filter(({ entry }) => entry.kind === 'frontier');
  return stairs.slice(1).flatMap((to, i): Obstacle[] => {
    const from = stairs[i] ?? to;
    return [
      { kind: 'light', x: from.x, y: from.y - 2, width: to.x - from.x, height: 4 },
      { kind: 'light', x: to.x - 2, y: to.y, width: 4, height: from.y - to.y },
    ];
  });
}
