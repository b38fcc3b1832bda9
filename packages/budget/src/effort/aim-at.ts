import { isotonicRegression } from '@tollgate/stats';
import type { FractionRecord } from './effort-state.ts';

/** Calls over which a miss is made up for. */
const horizonCalls = 10;

/** A fraction that was asked for, with what came of it. */
export interface AskedFraction extends Pick<FractionRecord, 'calls' | 'measured'> {
  readonly fraction: number;
}

/** How far an aim may be from what is asked, either way. */
const mostFactor = 2;

// Source: calibration r -> E[q] of the effort rule, inverted. The inverse is found by integral control: the aim at r moves
// against the sum of what calls at r have missed by, until what is measured at it is r. Aims are fitted to rise with r
// (pool adjacent violators) and read off by linear interpolation in between.
/**
 * The fraction to aim at, so that what is measured comes to `fraction`.
 *
 * Rises with `fraction`, and stays within a factor of two of it, and on its side of 1: a fraction of 1 is what the model does
 * by itself, so that such calls are never steered and go on measuring the average.
 *
 * @param asked Each fraction once. Calls in flight count with what is expected of them.
 */
export function aimAt(fraction: number, asked: readonly AskedFraction[]): number {
  const known = asked.filter(({ calls }) => calls > 0).toSorted((a, b) => a.fraction - b.fraction);
  const aims = isotonicRegression(
    known.map(({ fraction: at, calls, measured }) => within(at, at + (calls * at - measured) / horizonCalls)),
    known.map(({ calls }) => calls),
  );
  const at = known.findIndex((each) => each.fraction >= fraction);
  const upper = at === -1 ? undefined : { asked: known[at]?.fraction ?? 0, aim: aims[at] ?? 0 };
  const below = at === -1 ? known.length - 1 : at - 1;
  const lower = below < 0 ? { asked: 0, aim: 0 } : { asked: known[below]?.fraction ?? 0, aim: aims[below] ?? 0 };
  if (upper === undefined) return within(fraction, lower.aim + (fraction - lower.asked));
  const share = (fraction - lower.asked) / (upper.asked - lower.asked);
  return within(fraction, lower.aim + share * (upper.aim - lower.aim));
}

function within(fraction: number, aim: number): number {
  const [least, most] = [fraction / mostFactor, fraction * mostFactor];
  const near = Math.min(Math.max(aim, least), most);
  if (fraction === 1) return 1;
  return fraction < 1 ? Math.min(near, 1) : Math.max(near, 1);
}
