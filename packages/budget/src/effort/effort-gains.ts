import type { EffortLevel } from '@tollgate/sdk';
import { isotonicRegression } from '@tollgate/stats';
import type { EffortRecord } from './effort-state.ts';
import { meanLength, noLengths } from './reasoning-lengths.ts';

/** A way of asking a model: one of its levels, or none, which is how it reasons by itself. */
export interface EffortPosition {
  readonly effort: EffortLevel | undefined;
  /** Mean reasoning length there, as a fraction of the average. */
  readonly gain: number;
}

/** Guesses, which count as five calls each. */
const guessedGains: { readonly [level in EffortLevel]: number } = {
  none: 0,
  minimal: 0.15,
  low: 0.4,
  medium: 0.7,
  high: 1,
  xhigh: 1.5,
  max: 2,
};

/** Levels in rising order of reasoning, as every provider orders them. */
export const risingLevels = Object.keys(guessedGains) as readonly EffortLevel[];

/** What `gainsOf` needs to know. */
export interface GainOptions {
  /** Levels that the model takes. */
  readonly efforts: readonly EffortLevel[];
  /** The level that the baseline is measured at; undefined for what the model does by itself. */
  readonly reference: EffortLevel | undefined;
  readonly baselineTokens: number;
}

// Source: Adaptive Effort Control (arXiv 2510.27042) brought to levels: gain of a level = its mean length / the baseline,
// made non-decreasing over the levels by pooling adjacent violators.
/** The measured gain of every level but `none`: a fraction of reasoning is not no reasoning. */
export function gainsOf(record: EffortRecord, { efforts, reference, baselineTokens }: GainOptions): EffortPosition[] {
  const levels = risingLevels.filter((level) => level !== 'none' && level !== reference && efforts.includes(level));
  const lengths = levels.map((level) => record.levels[level] ?? noLengths);
  const means = levels.map(
    (level, i) =>
      meanLength(lengths[i] ?? noLengths, { tokens: guessedGains[level] * baselineTokens, weight: 5 }) / baselineTokens,
  );
  const fitted = isotonicRegression(
    means,
    lengths.map(({ ended }) => ended + 1),
  );
  return levels.map((effort, i) => ({ effort, gain: fitted[i] ?? 1 }));
}
