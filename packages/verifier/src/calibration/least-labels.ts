import { binomialAtMost } from '@tollgate/stats';
import { firstWhere } from './first-where.ts';

/** What is promised, and the chance that the promise fails. Both in (0, 1). */
export interface RiskLevel {
  readonly risk: number;
  readonly delta: number;
}

/** How many labels it takes at least to show, with `wrong` wrong ones among them, that the risk is kept. */
export function leastLabels(wrong: number, { risk, delta }: RiskLevel): number {
  return firstWhere(wrong + 1, (labels) => binomialAtMost(wrong, labels, risk) <= delta);
}

/** The smallest number of wrong ones among `labels` that does not show any more that the risk is kept. Range [0, labels]. */
export function firstIntolerable(labels: number, { risk, delta }: RiskLevel): number {
  return firstWhere(0, (wrong) => wrong >= labels || binomialAtMost(wrong, labels, risk) > delta);
}
