import type { CostUnit } from './cost-unit.ts';
import { escapeHtml } from './escape-html.ts';
import { frontierOf } from './frontier.ts';
import type { LedgerReport, RunReport, StrategyReport } from './run-report.ts';
import { intervalDecimals, showCounted, showPercent, showUsd } from './show-number.ts';

/** The figures at the top of the page: the most accurate strategy, what the next one on the frontier saves, the money. */
export function headlineFigures({ tasks, strategies, ledger }: RunReport, unit: CostUnit): string {
  const [best, next] = frontierOf(strategies).toReversed();
  const blocks = [
    ...(best === undefined ? [] : [bestBlock(best, { tasks, unit })]),
    ...(best === undefined || next === undefined ? [] : [nextBlock(best, next)]),
    moneyBlock(ledger),
  ];
  return `<dl class="headline">${blocks.join('')}</dl>`;
}

function moneyBlock({ capUsd, spentUsd, heldUsd, rows }: LedgerReport): string {
  if (capUsd === null)
    return block(
      'In recorded samples',
      showUsd(spentUsd),
      `for ${showCounted(rows, 'draw', 'draws')}; nothing was spent now`,
    );
  return block(
    'Spent',
    showUsd(spentUsd),
    `of a cap of ${showUsd(capUsd)}, in ${showCounted(rows, 'attempt', 'attempts')}; ${showUsd(heldUsd)} still held`,
  );
}

function bestBlock(best: StrategyReport, { tasks, unit }: { readonly tasks: number; readonly unit: CostUnit }): string {
  const [lower, upper] = best.accuracyCi95.map((end) => showPercent(end, intervalDecimals(tasks)));
  const cost = `${showUsd(best.costPerTaskUsd * unit.tasks)} per ${unit.perTasks}`;
  return block(
    'Most accurate',
    `${showPercent(best.accuracy)} %`,
    `${best.name}, for ${cost}; interval ${lower} to ${upper} %`,
  );
}

function nextBlock(best: StrategyReport, next: StrategyReport): string {
  const saved = best.costPerTaskUsd > 0 ? 1 - next.costPerTaskUsd / best.costPerTaskUsd : 0;
  const points = showPercent(best.accuracy - next.accuracy);
  return block(
    'Next on the frontier',
    `${showPercent(saved, 0)} % cheaper`,
    `${next.name} passes ${showPercent(next.accuracy)} %, ${points} points fewer`,
  );
}

function block(title: string, figure: string, what: string): string {
  return `<div><dt>${title}</dt><dd><span class="big">${figure}</span> <span class="what">${escapeHtml(what.replaceAll(' %', '\u00a0%'))}</span></dd></div>`;
}
