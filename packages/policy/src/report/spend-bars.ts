import { escapeHtml } from './escape-html.ts';
import type { PageEntry } from './page-entry.ts';
import { showPercent, showUsd } from './show-number.ts';
import { shorten, textWidth } from './text-width.ts';

/** How large the bars are drawn. `stacked` puts names above the bars, for narrow pages. */
export interface BarLayout {
  readonly width: number;
  readonly fontSize: number;
  readonly stacked: boolean;
}

const barHeight = 14;

/** Where the money of every strategy went, as SVG: one bar a strategy, stacked by model, with its figures beside it. */
export function spendBars(entries: readonly PageEntry[], models: readonly string[], layout: BarLayout): string {
  const { width, fontSize, stacked } = layout;
  const rowHeight = stacked ? barHeight + fontSize * 2.4 : barHeight + 14;
  const most = Math.max(...entries.map(({ strategy }) => strategy.costUsd)) || 1;
  const bars = stacked ? { x: 0, width } : { x: width * 0.34, width: width * 0.32 };
  const rows = entries.map((entry, i) => {
    const top = i * rowHeight;
    const barTop = stacked ? top + fontSize * 1.5 : top + (rowHeight - barHeight) / 2;
    const baseline = stacked ? top + fontSize : barTop + barHeight / 2 + fontSize * 0.35;
    const barEnd = bars.x + (bars.width * entry.strategy.costUsd) / most + 8;
    return [
      `<text class="name ${entry.kind}" x="0" y="${round(baseline)}">${nameOf(entry, stacked ? 44 : 42)}</text>`,
      segments(entry, models, { ...bars, y: barTop, scale: bars.width / most }),
      figures(entry, models, {
        x: stacked ? width : barEnd,
        y: baseline,
        room: stacked ? 0 : width - barEnd,
        fontSize,
      }),
    ].join('');
  });
  return [
    `<svg viewBox="0 0 ${width} ${round(rowHeight * entries.length)}" role="img" style="font-size:${fontSize}px">`,
    '<title>Money spent by each strategy, by model</title>',
    ...rows,
    '</svg>',
  ].join('\n');
}

function nameOf({ strategy, number }: PageEntry, most: number): string {
  return `<tspan class="number">${number}</tspan> ${escapeHtml(shorten(strategy.name, most))}`;
}

function segments(
  { strategy }: PageEntry,
  models: readonly string[],
  bar: { readonly x: number; readonly y: number; readonly scale: number },
): string {
  let x = bar.x;
  return models
    .map((model, i) => {
      const usd = strategy.spendByModel[model] ?? 0;
      if (usd <= 0) return '';
      const start = x;
      x += usd * bar.scale;
      const share = strategy.costUsd > 0 ? usd / strategy.costUsd : 0;
      const title = `${strategy.name}: ${showUsd(usd)} (${showPercent(share, 0)} %) on ${model}`;
      return `<rect class="model-${colourOf(i)}" x="${round(start)}" y="${round(bar.y)}" width="${round(Math.max(1, x - start))}" height="${barHeight}"><title>${escapeHtml(title)}</title></rect>`;
    })
    .join('');
}

/** The cost in figures; beside the bar also the shares of the models, dearest first, as far as there is room. */
function figures(
  { strategy }: PageEntry,
  models: readonly string[],
  at: { readonly x: number; readonly y: number; readonly room: number; readonly fontSize: number },
): string {
  const { costUsd, spendByModel } = strategy;
  const spent = models
    .filter((model) => (spendByModel[model] ?? 0) > 0)
    .toSorted((a, b) => (spendByModel[b] ?? 0) - (spendByModel[a] ?? 0));
  const shares =
    spent.length < 2
      ? []
      : spent.map((model) => `${shorten(model, 18)} ${showPercent((spendByModel[model] ?? 0) / costUsd, 0)} %`);
  const fitting = shares.filter(
    (_, i) => textWidth(`${showUsd(costUsd)} ${shares.slice(0, i + 1).join(', ')}`, at.fontSize) <= at.room,
  );
  const parts = fitting.length === 0 ? '' : ` <tspan class="quiet">${escapeHtml(fitting.join(', '))}</tspan>`;
  return `<text class="figure" x="${round(at.x)}" y="${round(at.y)}"${at.room === 0 ? ' text-anchor="end"' : ''}>${showUsd(costUsd)}${parts}</text>`;
}

const colours = 8;

/** The number of a model's colour, from 1; they come round again after eight. */
export function colourOf(index: number): number {
  return (index % colours) + 1;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
