import type { EffortLevel } from '@tollgate/sdk';
import type { EffortPosition } from './effort-gains.ts';

/** How far a level may lie from what is aimed at and still stand for it alone. */
export const slack = 0.15;

/**
 * All positions in rising order of gain. A level that does the same as the reference is left out: asking for nothing is
 * simpler. The lowest is always there, and taken for no more than the reference: a few long calls must not hide it for good.
 */
export function positionsOf(levels: readonly EffortPosition[], reference: EffortLevel | undefined): EffortPosition[] {
  const others = levels.flatMap((level, i) => {
    if (i === 0) return [{ ...level, gain: Math.min(level.gain, 1) }];
    return level.gain < 1 / (1 + slack) || level.gain > 1 + slack ? [level] : [];
  });
  return [...others, { effort: reference, gain: 1 }].toSorted((a, b) => a.gain - b.gain);
}

// Rule: the highest level whose gain is at most (1 + slack) times the aim, else the lowest.
// Differs: where that level stays more than the slack below the aim, calls are shared between it and the next one, so
// that their mean is the aim. Levels are few and lie far apart; one of them alone would miss it for good.
/**
 * The position of one call. For a given `phase` in [0, 1), a larger aim never gives a lower position.
 *
 * @param positions In rising order of gain, at least one.
 */
export function choosePosition(positions: readonly EffortPosition[], aim: number, phase: number): EffortPosition {
  const above = positions.findIndex(({ gain }) => gain > aim * (1 + slack));
  const next = above === -1 ? undefined : positions[above];
  const level = above === -1 ? positions.at(-1) : positions[above - 1];
  if (level === undefined) return next ?? { effort: undefined, gain: 1 };
  if (next === undefined || level.gain >= aim * (1 - slack)) return level;
  const share = (aim - level.gain) / (next.gain - level.gain);
  return phase < share ? next : level;
}
