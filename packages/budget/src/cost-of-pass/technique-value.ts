import { frontierCostOfPass, type FrontierOptions } from './frontier-cost-of-pass.ts';
import type { PassRecord } from './pass-record.ts';

/** Options of `techniqueValue`. */
export interface TechniqueValueOptions extends FrontierOptions {
  /** Runs of each model without the technique. */
  readonly plain: readonly (readonly PassRecord[])[];
  /** Runs of each model with it, over the same problems, every extra call charged. */
  readonly withTechnique: readonly (readonly PassRecord[])[];
}

/**
 * The share of the frontier cost-of-pass that a technique (voting, self-review, a tighter prompt) takes off when it is
 * added to the same models. Range [0, 1]; null where the models alone have no way out, so that there is no cost to save from.
 *
 * @throws InvalidOptionError when policies cover different problems, or a cost is negative.
 * @example
 * techniqueValue({ plain: [small], withTechnique: [voteOfSmall], baselineUsd: 3.5 });
 */
// Source: Erol et al. 2025 (arXiv 2504.13359), section 2: (V(L) − V(L ∪ L + technique)) / V(L).
export function techniqueValue({ plain, withTechnique, baselineUsd }: TechniqueValueOptions): number | null {
  const options = baselineUsd === undefined ? {} : { baselineUsd };
  const before = frontierCostOfPass(plain, options);
  const after = frontierCostOfPass([...plain, ...withTechnique], options);
  if (before === null || after === null) return null;
  return before === 0 ? 0 : (before - after) / before;
}
