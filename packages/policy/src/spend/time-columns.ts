import { costAxis } from '../report/axis.ts';
import { escapeHtml } from '../report/escape-html.ts';
import { modelColour } from '../report/model-colour.ts';
import { showUsd } from '../report/show-number.ts';
import { svgNumber } from '../report/svg-number.ts';
import { textWidth } from '../report/text-width.ts';
import type { SpendOverTime } from './spend-figures.ts';

/** How the columns are drawn. Sizes are in the units of the drawing. */
export interface ColumnLayout {
  readonly width: number;
  readonly height: number;
  readonly fontSize: number;
  /** What each bucket adds, or all there was by its end. */
  readonly show: 'each' | 'cumulative';
}

/** Fewer columns are no wider than as many. */
const fewest = 8;
const margin = { top: 12, right: 4 };

/** What was spent over time as SVG: a column for each stretch of time, stacked by model. */
export function timeColumns({ names, buckets, unit }: SpendOverTime, layout: ColumnLayout): string {
  const { width, height, fontSize, show } = layout;
  const values = buckets.map(({ byName }) => byName.map(({ usd }) => usd));
  const stacks = show === 'each' ? values : runningSums(values);
  const sums = stacks.map((stack) => stack.reduce((sum, usd) => sum + usd, 0));
  const axis = costAxis([0, ...sums], [], 4);
  const left = Math.max(...axis.ticks.map(({ label }) => textWidth(label, fontSize))) + 10;
  const frame = {
    x: left,
    y: margin.top,
    width: width - left - margin.right,
    height: height - margin.top - fontSize - 10,
  };
  const yOf = (usd: number): number => frame.y + (1 - axis.at(usd)) * frame.height;
  const slot = frame.width / Math.max(buckets.length, fewest);
  const gap = slot > 4 ? Math.min(slot * 0.2, 6) : 0;
  const columns = stacks.flatMap((stack, i) => {
    const x = frame.x + i * slot;
    let below = 0;
    return stack.map((usd, name) => {
      if (usd <= 0) return '';
      const [bottom, top] = [yOf(below), yOf(below + usd)];
      below += usd;
      const title = `${buckets[i]?.start ?? ''}: ${showUsd(usd)} on ${names[name] ?? ''}, ${showUsd(sums[i] ?? 0)} in all`;
      // What is thin keeps no room for a line around it.
      const style = slot > 4 && bottom - top > 4 ? '' : ' style="stroke:none"';
      return `<rect class="${modelColour(name)}"${style} x="${svgNumber(x)}" y="${svgNumber(top)}" width="${svgNumber(slot - gap)}" height="${svgNumber(Math.max(0.5, bottom - top))}"><title>${escapeHtml(title)}</title></rect>`;
    });
  });
  const lines = axis.ticks.map(({ value, label }) => {
    const y = svgNumber(yOf(value));
    return `<path class="grid" d="M${svgNumber(frame.x)} ${y}H${svgNumber(frame.x + frame.width)}"/><text class="tick" x="${svgNumber(left - 6)}" y="${y}" dy=".35em" text-anchor="end">${label}</text>`;
  });
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" style="font-size:${fontSize}px">`,
    `<title>${show === 'each' ? `Spent in each ${unit}` : 'Spent so far'}, by model</title>`,
    ...lines,
    ...columns.filter((column) => column !== ''),
    ...startMarks(buckets, unit, { x: frame.x, end: frame.x + frame.width, slot, fontSize, y: height - 4 }),
    '</svg>',
  ].join('\n');
}

function runningSums(values: readonly (readonly number[])[]): number[][] {
  let sums: number[] = [];
  return values.map((row) => (sums = row.map((usd, i) => usd + (sums[i] ?? 0))));
}

/** Starts under the axis, as many as there is room for. The date is said where it changes. */
function startMarks(
  buckets: SpendOverTime['buckets'],
  unit: SpendOverTime['unit'],
  {
    x,
    end,
    slot,
    fontSize,
    y,
  }: { readonly x: number; readonly end: number; readonly slot: number; readonly fontSize: number; readonly y: number },
): string[] {
  const marks: string[] = [];
  let free = x;
  let lastDate = '';
  for (const [i, { start }] of buckets.entries()) {
    const at = x + i * slot;
    const date = start.slice(0, unit === 'month' ? 7 : 10);
    const isClock = unit === 'hour' || unit === 'minute';
    const label = isClock && date === lastDate ? start.slice(11) : isClock ? start.slice(5) : date;
    const width = textWidth(label, fontSize);
    if (at < free || at + width > end) continue;
    marks.push(`<text class="tick" x="${svgNumber(at)}" y="${y}">${label}</text>`);
    free = at + width + fontSize;
    lastDate = date;
  }
  return marks;
}
