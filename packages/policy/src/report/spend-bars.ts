import { escapeHtml } from './escape-html.ts';
import { modelColour } from './model-colour.ts';
import type { PageEntry } from './page-entry.ts';
import { showPercent, showUsd } from './show-number.ts';
import { svgNumber } from './svg-number.ts';
import { fitText, textWidth } from './text-width.ts';

/** How large the bars are drawn. `stacked` puts names above the bars, for narrow pages. */
export interface BarLayout {
  readonly width: number;
  readonly fontSize: number;
  readonly stacked: boolean;
}

const barHeight = 14;

/** Where the money of every strategy went, as SVG: a bar each, stacked by model, with its figures beside it. */
export function spendBars(entries: readonly PageEntry[], models: readonly string[], layout: BarLayout): string {
  const { width, fontSize, stacked } = layout;
  const rowHeight = stacked ? barHeight + fontSize * 2.4 : barHeight + 14;
  const most = Math.max(...entries.map(({ strategy }) => strategy.costUsd)) || 1;
  const bars = stacked ? { x: 0, width } : { x: width * 0.36, width: width * 0.32 };
  const nameWidth = stacked ? width * 0.84 : bars.x - 8;
  const rows = entries.map((entry, i) => {
    const top = i * rowHeight;
    const barTop = stacked ? top + fontSize * 1.5 : top + (rowHeight - barHeight) / 2;
    const baseline = stacked ? top + fontSize : barTop + barHeight / 2 + fontSize * 0.35;
    const figuresAt = stacked ? width : bars.x + (bars.width * entry.strategy.costUsd) / most + 8;
    const name = `<text class="name ${entry.kind}" x="0" y="${svgNumber(baseline)}">${nameOf(entry, { fontSize, width: nameWidth })}</text>`;
    const figures = stacked
      ? `<text x="${width}" y="${svgNumber(baseline)}" text-anchor="end">${showUsd(entry.strategy.costUsd)}</text>`
      : `<text x="${svgNumber(figuresAt)}" y="${svgNumber(baseline)}">${figuresOf(entry, models, { room: width - figuresAt, fontSize })}</text>`;
    return name + segments(entry, models, { x: bars.x, y: barTop, scale: bars.width / most }) + figures;
  });
  return [
    `<svg viewBox="0 0 ${width} ${svgNumber(rowHeight * entries.length)}" role="img" style="font-size:${fontSize}px">`,
    '<title>Money spent by each strategy, by model</title>',
    ...rows,
    '</svg>',
  ].join('\n');
}

function nameOf(
  { strategy, number, kind }: PageEntry,
  room: { readonly fontSize: number; readonly width: number },
): string {
  const label = kind === 'oracle' ? ' · oracle verifier' : '';
  const width = room.width - textWidth(`${number} ${label}`, room.fontSize);
  return `<tspan class="number">${number}</tspan> ${escapeHtml(fitText(strategy.name, { ...room, width }) + label)}`;
}

function segments(
  { strategy }: PageEntry,
  models: readonly string[],
  bar: { readonly x: number; readonly y: number; readonly scale: number },
): string {
  let end = bar.x;
  return models
    .map((model, i) => {
      const usd = strategy.spendByModel[model] ?? 0;
      if (usd <= 0) return '';
      const start = end;
      end += usd * bar.scale;
      const title = `${strategy.name}: ${showUsd(usd)} (${showPercent(usd / strategy.costUsd, 0)} %) on ${model}`;
      return `<rect class="${modelColour(i)}" x="${svgNumber(start)}" y="${svgNumber(bar.y)}" width="${svgNumber(Math.max(1, end - start))}" height="${barHeight}"><title>${escapeHtml(title)}</title></rect>`;
    })
    .join('');
}

/** The cost, and the shares of the models, dearest first, as far as there is room. */
function figuresOf(
  { strategy: { costUsd, spendByModel } }: PageEntry,
  models: readonly string[],
  { room, fontSize }: { readonly room: number; readonly fontSize: number },
): string {
  const spent = models
    .map((model) => ({ model, usd: spendByModel[model] ?? 0 }))
    .filter(({ usd }) => usd > 0)
    .toSorted((a, b) => b.usd - a.usd);
  const cost = showUsd(costUsd);
  if (spent.length < 2) return cost;
  const shares = spent.map(
    ({ model, usd }) => `${fitText(model, { fontSize, width: 110 })} ${showPercent(usd / costUsd, 0)} %`,
  );
  const fitting = shares.filter((_, i) => textWidth(`${cost} ${shares.slice(0, i + 1).join(', ')}`, fontSize) <= room);
  return `${cost} <tspan class="quiet">${escapeHtml(fitting.join(', '))}</tspan>`;
}
