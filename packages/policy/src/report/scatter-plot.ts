import { type Axis, costAxis, shareAxis } from './axis.ts';
import type { CostUnit } from './cost-unit.ts';
import { escapeHtml } from './escape-html.ts';
import type { PlotEntry } from './page-entry.ts';
import type { Box } from './place-labels.ts';
import { plotLabels } from './plot-labels.ts';
import { type PlotPoint, pointRadius } from './plot-point.ts';
import { showPercent, showUsd } from './show-number.ts';
import { svgNumber } from './svg-number.ts';

/** How a scatter plot is drawn. Sizes are in the units of the drawing. */
export interface ScatterLayout {
  readonly unit: CostUnit;
  readonly width: number;
  readonly height: number;
  readonly fontSize: number;
  readonly labels: 'names' | 'numbers';
}

interface Scales {
  readonly across: Axis;
  readonly up: Axis;
  readonly frame: Box;
  readonly layout: ScatterLayout;
}

const margin = { left: 44, right: 14, top: 30, bottom: 46 };

/** Accuracy against cost per task as SVG: intervals as crosses, the frontier as a staircase, points called by name. */
export function scatterPlot(entries: readonly PlotEntry[], layout: ScatterLayout): string {
  const { width, height, fontSize, unit, labels } = layout;
  const costs = entries.map(({ strategy }) => strategy.costPerTaskUsd * unit.tasks);
  const costEnds = entries.flatMap(({ strategy }) => strategy.costPerTaskCi95.map((usd) => usd * unit.tasks));
  const shares = entries.flatMap(({ strategy }) => [strategy.accuracy, ...strategy.accuracyCi95]);
  const frame: Box = {
    x: margin.left,
    y: margin.top,
    width: width - margin.left - margin.right,
    height: height - margin.top - margin.bottom,
  };
  const across = costAxis(costs, costEnds, Math.floor(frame.width / (fontSize * 8)));
  const scales: Scales = { across, up: shareAxis(shares, 6), frame, layout };
  const points = entries.map((entry) => pointOf(entry, scales));
  const bounds: Box = { x: frame.x + 4, y: 0, width: width - frame.x - 4, height: frame.y + frame.height - 2 };
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" style="font-size:${fontSize}px">`,
    '<title>Accuracy against cost</title>',
    axes(scales),
    staircase(points, frame),
    ...points.map(cross),
    plotLabels(points, { fontSize, bounds, labels }),
    ...points.map((point) => dot(point, unit)),
    '</svg>',
  ].join('\n');
}

function pointOf(entry: PlotEntry, { across, up, frame, layout }: Scales): PlotPoint {
  const { costPerTaskUsd, costPerTaskCi95, accuracy, accuracyCi95 } = entry.strategy;
  const xOf = (usd: number): number => frame.x + across.at(usd * layout.unit.tasks) * frame.width;
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

function axes({ across, up, frame, layout: { fontSize, unit } }: Scales): string {
  const [left, right] = [svgNumber(frame.x), svgNumber(frame.x + frame.width)];
  const bottom = frame.y + frame.height;
  const rows = up.ticks.map(({ value, label }) => {
    const y = svgNumber(frame.y + (1 - up.at(value)) * frame.height);
    const line = `<path class="grid" d="M${left} ${y}H${right}"/>`;
    return `${line}<text class="tick" x="${frame.x - 8}" y="${y}" dy=".35em" text-anchor="end">${label}</text>`;
  });
  const columns = across.ticks.map(({ value, label }) => {
    const x = svgNumber(frame.x + across.at(value) * frame.width);
    const line = `<path class="grid" d="M${x} ${frame.y}V${bottom}"/>`;
    return `${line}<text class="tick" x="${x}" y="${bottom + fontSize + 6}" text-anchor="middle">${label}</text>`;
  });
  const scale = across.scale === 'log' ? ' (logarithmic)' : '';
  return [
    ...rows,
    ...columns,
    `<text class="axis" x="0" y="${fontSize}">Accuracy, % of tasks passed</text>`,
    `<text class="axis" x="${right}" y="${bottom + 2 * fontSize + 16}" text-anchor="end">Cost per ${unit.perTasks}${scale} →</text>`,
  ].join('\n');
}

function staircase(points: readonly PlotPoint[], frame: Box): string {
  const [first, ...rest] = points.filter(({ entry }) => entry.kind === 'frontier');
  if (first === undefined) return '';
  const steps = rest.map(({ x, y }) => `H${svgNumber(x)}V${svgNumber(y)}`).join('');
  return `<path class="stairs" d="M${svgNumber(first.x)} ${svgNumber(first.y)}${steps}H${svgNumber(frame.x + frame.width)}"/>`;
}

function cross({ x, y, cross: { left, right, top, bottom }, entry }: PlotPoint): string {
  const across = `M${svgNumber(left)} ${svgNumber(y)}H${svgNumber(right)}`;
  return `<path class="interval ${entry.kind}" d="${across}M${svgNumber(x)} ${svgNumber(top)}V${svgNumber(bottom)}"/>`;
}

function dot({ x, y, entry }: PlotPoint, unit: CostUnit): string {
  const { name, accuracy, costPerTaskUsd } = entry.strategy;
  const oracle = entry.kind === 'oracle' ? ' (oracle verifier)' : '';
  const cost = `${showUsd(costPerTaskUsd * unit.tasks)} per ${unit.perTasks}`;
  const title = escapeHtml(`${name}${oracle}: ${showPercent(accuracy)} % for ${cost}`);
  return `<circle class="point ${entry.kind}" cx="${svgNumber(x)}" cy="${svgNumber(y)}" r="${pointRadius}"><title>${title}</title></circle>`;
}
