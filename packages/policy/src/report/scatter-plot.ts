import { type Axis, costAxis, shareAxis } from './axis.ts';
import type { CostUnit } from './cost-unit.ts';
import { escapeHtml } from './escape-html.ts';
import type { PageEntry } from './page-entry.ts';
import { type Box, type Obstacle, placeLabels, type PlacedLabel } from './place-labels.ts';
import { showPercent, showUsd } from './show-number.ts';
import { shorten, textWidth } from './text-width.ts';

/** How large a scatter plot is drawn, and what its points are called. */
export interface ScatterLayout {
  readonly unit: CostUnit;
  readonly width: number;
  readonly height: number;
  readonly fontSize: number;
  /** Where there is no room for names, numbers stand for them. */
  readonly labels: 'names' | 'numbers';
}

interface Point {
  readonly entry: PageEntry;
  readonly x: number;
  readonly y: number;
  readonly cross: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
}

const margin = { left: 44, right: 14, top: 30, bottom: 46 };
const radius = 5;

/** Accuracy against cost per task as SVG: intervals as crosses, the frontier as a staircase, every point named. */
export function scatterPlot(entries: readonly PageEntry[], layout: ScatterLayout): string {
  const { width, height, fontSize, unit } = layout;
  const costs = entries.map(({ strategy }) => strategy.costPerTaskUsd * unit.tasks);
  const costEnds = entries.flatMap(({ strategy }) => strategy.costPerTaskCi95.map((usd) => usd * unit.tasks));
  const shareEnds = entries.flatMap(({ strategy }) => [strategy.accuracy, ...strategy.accuracyCi95]);
  const frame: Box = {
    x: margin.left,
    y: margin.top,
    width: width - margin.left - margin.right,
    height: height - margin.top - margin.bottom,
  };
  const across = costAxis(costs, costEnds, Math.floor(frame.width / (fontSize * 8)));
  const up = shareAxis(shareEnds, 6);
  const points = entries.map((entry) => pointOf(entry, { across, up, frame, unit }));
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" style="font-size:${fontSize}px">`,
    `<title>Accuracy against cost per task</title>`,
    axes({ across, up, frame, unit, fontSize }),
    staircase(points, frame),
    ...points.map(cross),
    labelsOf(points, frame, layout),
    ...points.map((point) => dot(point, unit)),
    '</svg>',
  ].join('\n');
}

interface Scales {
  readonly across: Axis;
  readonly up: Axis;
  readonly frame: Box;
  readonly unit: CostUnit;
}

function pointOf(entry: PageEntry, { across, up, frame, unit }: Scales): Point {
  const { costPerTaskUsd, costPerTaskCi95, accuracy, accuracyCi95 } = entry.strategy;
  const xOf = (usd: number): number => frame.x + across.at(usd * unit.tasks) * frame.width;
  const yOf = (share: number): number => frame.y + (1 - up.at(share)) * frame.height;
  return {
    entry,
    x: xOf(costPerTaskUsd),
    y: yOf(accuracy),
    cross: {
      left: xOf(costPerTaskCi95[0]),
      right: xOf(costPerTaskCi95[1]),
      top: yOf(accuracyCi95[1]),
      bottom: yOf(accuracyCi95[0]),
    },
  };
}

function axes({ across, up, frame, unit, fontSize }: Scales & { readonly fontSize: number }): string {
  const bottom = frame.y + frame.height;
  const rows = up.ticks.map((tick) => {
    const y = round(frame.y + (1 - up.at(tick)) * frame.height);
    return `<line class="grid" x1="${frame.x}" x2="${frame.x + frame.width}" y1="${y}" y2="${y}"/><text class="tick" x="${frame.x - 8}" y="${y}" dy=".35em" text-anchor="end">${showPercent(tick, Number.isInteger(Math.round(tick * 1000) / 10) ? 0 : 1)}</text>`;
  });
  const columns = across.ticks.map((tick) => {
    const x = round(frame.x + across.at(tick) * frame.width);
    return `<line class="grid" x1="${x}" x2="${x}" y1="${frame.y}" y2="${bottom}"/><text class="tick" x="${x}" y="${bottom + fontSize + 6}" text-anchor="middle">$${tickUsd(tick)}</text>`;
  });
  const scale = across.scale === 'log' ? ' (logarithmic)' : '';
  return [
    ...rows,
    ...columns,
    `<text class="axis" x="0" y="${fontSize}">Tasks passed, %</text>`,
    `<text class="axis" x="${frame.x + frame.width}" y="${bottom + 2 * fontSize + 16}" text-anchor="end">Cost per ${unit.perTasks}${scale} →</text>`,
  ].join('\n');
}

function staircase(points: readonly Point[], frame: Box): string {
  const [first, ...rest] = points.filter(({ entry }) => entry.kind === 'frontier');
  if (first === undefined) return '';
  const steps = rest.map(({ x, y }) => `H${round(x)}V${round(y)}`).join('');
  return `<path class="stairs" d="M${round(first.x)} ${round(first.y)}${steps}H${round(frame.x + frame.width)}"/>`;
}

function cross({ x, y, cross: { left, right, top, bottom }, entry }: Point): string {
  return `<path class="interval ${entry.kind}" d="M${round(left)} ${round(y)}H${round(right)}M${round(x)} ${round(top)}V${round(bottom)}"/>`;
}

function dot({ x, y, entry }: Point, unit: CostUnit): string {
  const { name, accuracy, costPerTaskUsd } = entry.strategy;
  const oracle = entry.kind === 'oracle' ? ' (oracle verifier)' : '';
  const title = `${name}${oracle}: ${showPercent(accuracy)} % for ${showUsd(costPerTaskUsd * unit.tasks)} per ${unit.perTasks}`;
  return `<circle class="point ${entry.kind}" cx="${round(x)}" cy="${round(y)}" r="${radius}"><title>${escapeHtml(title)}</title></circle>`;
}

function labelsOf(points: readonly Point[], frame: Box, layout: ScatterLayout): string {
  const { fontSize } = layout;
  // The frontier is what people look for, so its labels choose first.
  const ordered = [
    ...points.filter(({ entry }) => entry.kind === 'frontier'),
    ...points.filter(({ entry }) => entry.kind !== 'frontier'),
  ];
  const obstacles = [...points.flatMap(obstaclesOf), ...stairObstacles(points)];
  const bounds: Box = { x: frame.x + 4, y: 0, width: layout.width - frame.x - 4, height: frame.y + frame.height - 2 };
  const place = (texts: readonly string[]): PlacedLabel[] =>
    placeLabels(
      ordered.map(({ x, y, entry }, i) => ({
        x,
        y,
        width: textWidth(texts[i] ?? '', fontSize) * (entry.kind === 'frontier' ? 1.1 : 1) + 4,
        height: fontSize * 1.3,
      })),
      { obstacles, bounds },
    );
  const numbers = ordered.map(({ entry }) => String(entry.number));
  let texts = layout.labels === 'numbers' ? numbers : ordered.map(({ entry }) => labelOf(entry));
  let placed = place(texts);
  if (placed.some(({ free }) => !free)) {
    texts = texts.map((text, i) => (placed[i]?.free === false ? (numbers[i] ?? '') : text));
    placed = place(texts);
  }
  return ordered
    .map((point, i) => {
      const { box, free } = placed[i] ?? { box: frame, free: false };
      return free ? leader(point, box) + label(point.entry, texts[i] ?? '', box) : '';
    })
    .join('\n');
}

function labelOf({ strategy, kind }: PageEntry): string {
  return `${shorten(strategy.name, 42)}${kind === 'oracle' ? ' · oracle verifier' : ''}`;
}

function label({ kind }: PageEntry, text: string, box: Box): string {
  return `<text class="name ${kind}" x="${round(box.x + 2)}" y="${round(box.y + box.height * 0.76)}">${escapeHtml(text)}</text>`;
}

function leader({ x, y, entry }: Point, box: Box): string {
  const endX = Math.min(Math.max(x, box.x), box.x + box.width);
  const endY = Math.min(Math.max(y, box.y + 2), box.y + box.height - 2);
  const length = Math.hypot(endX - x, endY - y);
  if (length < radius * 2.6) return '';
  const start = (radius + 1.5) / length;
  return `<line class="leader ${entry.kind}" x1="${round(x + (endX - x) * start)}" y1="${round(y + (endY - y) * start)}" x2="${round(endX)}" y2="${round(endY)}"/>`;
}

function obstaclesOf({ x, y, cross: { left, right, top, bottom } }: Point): Obstacle[] {
  return [
    { kind: 'solid', x: x - radius, y: y - radius, width: radius * 2, height: radius * 2 },
    { kind: 'light', x: left, y: y - 2, width: right - left, height: 4 },
    { kind: 'light', x: x - 2, y: top, width: 4, height: bottom - top },
  ];
}

function stairObstacles(points: readonly Point[]): Obstacle[] {
  const stairs = points.filter(({ entry }) => entry.kind === 'frontier');
  return stairs.slice(1).flatMap((to, i): Obstacle[] => {
    const from = stairs[i] ?? to;
    return [
      { kind: 'light', x: from.x, y: from.y - 2, width: to.x - from.x, height: 4 },
      { kind: 'light', x: to.x - 2, y: to.y, width: 4, height: from.y - to.y },
    ];
  });
}

/** Ticks are round numbers: as many decimals as they need, and cents where they have any. */
function tickUsd(usd: number): string {
  const digits = usd.toFixed(9).replace(/0+$/, '').replace(/\.$/, '');
  return /\.\d$/.test(digits) ? `${digits}0` : digits;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
