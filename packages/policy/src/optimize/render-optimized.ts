import { textTable } from '../report/text-table.ts';
import type { BaselineFigures, HeldOutFigures } from './held-out-figures.ts';
import type { OptimizedPolicy } from './optimize-policy.ts';

/**
 * An optimisation as plain text for a terminal: the chosen policy, what it is worth against what one would do otherwise, and
 * the frontier, thinned to about 15 lines. Every figure is of the held-out tasks.
 *
 * @example
 * process.stdout.write(`${renderOptimized(optimizePolicy({ table, objective: { accuracy: 0.95 } }))}\n`);
 */
export function renderOptimized(optimized: OptimizedPolicy): string {
  const { chosen, heldOut, baselines, oracle, searched, models, notes } = optimized;
  const isChosen = ({ expression }: HeldOutFigures): boolean =>
    JSON.stringify(expression) === JSON.stringify(chosen.expression);
  const frontier = thinned(optimized.frontier, isChosen);
  const left = optimized.frontier.length - frontier.length;
  return [
    `policy    ${chosen.name}`,
    `accuracy  ${percent(heldOut.accuracy)} ${interval(heldOut.accuracyCi95, percent)}`,
    `cost      ${dollars(heldOut.usdPerTask)} a task ${interval(heldOut.usdPerTaskCi95, dollars)}${heldOut.costOfPassUsd === null ? '' : `, ${dollars(heldOut.costOfPassUsd)} a right answer`}`,
    `held out  ${searched.heldOutTasks} tasks that nothing was chosen on; ${searched.candidates} policies were searched on ${searched.tasks} others, ${searched.orders} ${searched.orders === 1 ? 'order' : 'orders'} of samples`,
    '',
    ...textTable([
      { head: 'against', cells: baselines.map(({ role }) => role) },
      { head: 'policy', cells: baselines.map(({ name }) => name) },
      { head: 'accuracy', cells: baselines.map(({ accuracy }) => percent(accuracy)), align: 'right' },
      { head: 'difference, points', cells: baselines.map(accuracyDifference), align: 'right' },
      { head: 'cost a task', cells: baselines.map(({ usdPerTask }) => dollars(usdPerTask)), align: 'right' },
      { head: 'cost of the policy', cells: baselines.map(costDifference), align: 'right' },
    ]),
    '',
    `frontier, and what each of its policies did on the held-out tasks${left > 0 ? ` (${left} more with --json)` : ''}:`,
    ...textTable([
      { head: '', cells: frontier.map((one) => (isChosen(one) ? '*' : '')) },
      { head: 'policy', cells: frontier.map(({ name }) => name) },
      { head: 'accuracy', cells: frontier.map(withInterval), align: 'right' },
      { head: 'cost a task', cells: frontier.map(({ usdPerTask }) => dollars(usdPerTask)), align: 'right' },
      { head: 'calls', cells: frontier.map(({ callsPerTask }) => callsPerTask.toFixed(2)), align: 'right' },
    ]),
    '',
    `oracle    ${percent(oracle.accuracy)} at ${dollars(oracle.usdPerTask)} a task: knowing beforehand whose one answer is right. A bound for asking one model once.`,
    ...models.map(({ name, shareOfSpend, withoutIt }) => {
      const without =
        withoutIt === undefined || withoutIt.name === chosen.name
          ? ''
          : `; without it ${withoutIt.name}: ${percent(withoutIt.accuracy)} at ${dollars(withoutIt.usdPerTask)} (search half)`;
      return `model     ${name}: ${percent(shareOfSpend)} of the money${without}`;
    }),
    ...notes.map((note) => `note: ${note}`),
  ].join('\n');
}

const frontierLines = 15;

/** Evenly spread over the frontier, with both ends and the chosen one. */
function thinned(
  frontier: readonly HeldOutFigures[],
  isChosen: (figures: HeldOutFigures) => boolean,
): readonly HeldOutFigures[] {
  const last = frontier.length - 1;
  if (last < frontierLines) return frontier;
  const kept = new Set(Array.from({ length: frontierLines }, (_, i) => Math.round((i * last) / (frontierLines - 1))));
  return frontier.filter((figures, i) => kept.has(i) || isChosen(figures));
}

function withInterval({ accuracy, accuracyCi95 }: HeldOutFigures): string {
  return `${percent(accuracy)} ${interval(accuracyCi95, percent)}`;
}

function accuracyDifference({
  accuracyDifference: difference,
  accuracyDifferenceCi95: [lower, upper],
}: BaselineFigures): string {
  return `${points(difference)} [${points(lower)}, ${points(upper)}]`;
}

function costDifference({ usdDifference, usdDifferenceCi95: [lower, upper], usdPerTask }: BaselineFigures): string {
  if (usdPerTask === 0) return 'free';
  const share = (value: number): string => `${value >= 0 ? '+' : ''}${Math.round((100 * value) / usdPerTask)} %`;
  return `${share(usdDifference)} [${share(lower)}, ${share(upper)}]`;
}

function interval([lower, upper]: readonly [number, number], show: (value: number) => string): string {
  return `[${show(lower)}, ${show(upper)}]`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function points(difference: number): string {
  return `${difference >= 0 ? '+' : ''}${(100 * difference).toFixed(1)}`;
}

function dollars(usd: number): string {
  return `$${usd === 0 ? '0' : Number(usd.toPrecision(3)).toString().includes('e') ? usd.toFixed(10).replace(/0+$/, '') : Number(usd.toPrecision(3))}`;
}
