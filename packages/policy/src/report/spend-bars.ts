import { type BarLayout, barRows } from './bar-rows.ts';
import { modelColour } from './model-colour.ts';
import type { PageEntry } from './page-entry.ts';
import type { StrategyReport } from './run-report.ts';
import { showPercent, showUsd } from './show-number.ts';
import { fitText } from './text-width.ts';

/** Where the money of every strategy went, as SVG: a bar each, stacked by model, with its figures beside it. */
export function spendBars(entries: readonly PageEntry[], models: readonly string[], layout: BarLayout): string {
  const most = Math.max(...entries.map(({ strategy }) => strategy.costUsd)) || 1;
  const rows = entries.map(({ strategy, number, kind }) => ({
    kind,
    number,
    name: strategy.name,
    ...(kind === 'oracle' && { label: ' · oracle verifier' }),
    segments: models.map((model, i) => {
      const usd = strategy.spendByModel[model] ?? 0;
      const title = `${strategy.name}: ${showUsd(usd)} (${showPercent(usd / strategy.costUsd, 0)} %) on ${model}`;
      return { length: usd / most, style: modelColour(i), title };
    }),
    figure: showUsd(strategy.costUsd),
    details: sharesOf(strategy, models, layout.fontSize),
  }));
  return barRows('Money spent by each strategy, by model', rows, layout);
}

/** The shares of the models, dearest first, where there are several. */
function sharesOf(
  { costUsd, spendByModel }: StrategyReport,
  models: readonly string[],
  fontSize: number,
): readonly string[] {
  const spent = models
    .map((model) => ({ model, usd: spendByModel[model] ?? 0 }))
    .filter(({ usd }) => usd > 0)
    .toSorted((a, b) => b.usd - a.usd);
  if (spent.length < 2) return [];
  return spent.map(
    ({ model, usd }) => `${fitText(model, { fontSize, width: 110 })} ${showPercent(usd / costUsd, 0)} %`,
  );
}
