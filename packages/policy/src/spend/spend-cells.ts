import type { CostUnit } from '../report/cost-unit.ts';
import { intervalDecimals, showCount, showCounted, showPercent } from '../report/show-number.ts';
import { bothEnds, type EstimateText, noFigure } from '../report/strategy-figures.ts';
import { usdColumn } from '../report/usd-column.ts';
import type { LimitStanding, PolicyPasses, SpendSplit, SpendSums } from './spend-figures.ts';
import { clockOf } from './spend-over-time.ts';

/** One line of a division as text. */
export interface PartCells {
  readonly name: string;
  readonly sums: SpendSums;
  readonly cells: readonly string[];
}

/** Heads of `PartCells.cells`. */
export const partHeads = ['settled', 'held', 'attempts', 'tokens in', 'from cache, %', 'tokens out'] as const;

/** The lines of a division: parts, then the others, then those without a name. */
export function partCells({ kind, parts, others, unnamed }: SpendSplit): readonly PartCells[] {
  const lines = [
    ...parts.map(({ name, ...sums }) => ({ name, sums })),
    ...(others === undefined ? [] : [{ name: `${showCount(others.names)} more`, sums: others }]),
    ...(unnamed === undefined ? [] : [{ name: `(no ${kind})`, sums: unnamed }]),
  ];
  const settled = usdColumn(lines.map(({ sums }) => sums.settled.usd));
  const held = usdColumn(lines.map(({ sums }) => sums.held.usd));
  return lines.map(({ name, sums }) => ({
    name,
    sums,
    cells: [
      settled(sums.settled.usd),
      sums.held.usd > 0 ? held(sums.held.usd) : noFigure,
      showCount(sums.attempts),
      showCount(promptTokens(sums)),
      sums.cacheReadShare === null ? noFigure : showPercent(sums.cacheReadShare, 0),
      showCount(sums.tokens.output + sums.tokens.reasoning),
    ],
  }));
}

/** Prompt tokens, cached ones included. */
export function promptTokens({ tokens }: SpendSums): number {
  return tokens.input + tokens.cacheRead + tokens.cacheWrite;
}

/** Figures of a policy as text, costs for as many runs as `unit` says. */
export interface PassCells {
  readonly accuracy: EstimateText;
  readonly costOfRuns: EstimateText;
  readonly costOfPasses: EstimateText;
  readonly cost: string;
  readonly runs: string;
}

/** The figures of policies, in the order given; decimals are the same for all. */
export function passCells(policies: readonly PolicyPasses[], unit: CostUnit): readonly PassCells[] {
  const perRuns = usdColumn(policies.map(({ costPerRunUsd }) => costPerRunUsd * unit.tasks));
  const perPasses = usdColumn(policies.map(({ costOfPassUsd }) => (costOfPassUsd ?? 0) * unit.tasks));
  const total = usdColumn(policies.map(({ costUsd }) => costUsd));
  return policies.map(
    ({ accuracy, accuracyCi95, costPerRunUsd, costPerRunCi95, costOfPassUsd, costOfPassCi95, ...rest }) => ({
      accuracy: {
        value: showPercent(accuracy),
        ends: bothEnds(accuracyCi95, (share) => showPercent(share, intervalDecimals(rest.tasks))),
      },
      costOfRuns: {
        value: perRuns(costPerRunUsd * unit.tasks),
        ends: bothEnds(costPerRunCi95, (usd) => perRuns(usd * unit.tasks)),
      },
      costOfPasses:
        costOfPassUsd === null
          ? { value: '∞' }
          : {
              value: perPasses(costOfPassUsd * unit.tasks),
              ends: bothEnds([costOfPassCi95[0] ?? 0, costOfPassCi95[1]], (usd) => perPasses(usd * unit.tasks)),
            },
      cost: total(rest.costUsd),
      runs: showCount(rest.runs),
    }),
  );
}

/** What a limit is on: `user "ada", today (Europe/Berlin)`. */
export function limitName({ limit, scope }: LimitStanding): string {
  const { per, zone = 'UTC', soft } = limit;
  const window =
    per === 'total'
      ? ''
      : typeof per === 'object'
        ? `, last ${showCounted(per.rollingMs / 1000, 'second', 'seconds')}`
        : `, ${per === 'day' ? 'today' : `this ${per}`}${zone === 'UTC' ? '' : ` (${zone})`}`;
  const dimension = limit.dimension === 'usd' ? '' : `, ${limit.dimension}`;
  return `${scope.kind} "${scope.id}"${dimension}${window}${soft ? ', soft' : ''}`;
}

/** When a window starts again, by the clock of `zone`; nothing for windows that never do. */
export function resetText({ resetsAtMs }: LimitStanding, zone: string): string {
  return resetsAtMs === undefined ? '' : clockOf(zone)(resetsAtMs);
}
