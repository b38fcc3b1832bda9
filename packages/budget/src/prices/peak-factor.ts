import type { PeakHours } from './compiled-entry.ts';

const minuteMs = 60_000;
const dayMinutes = 24 * 60;
/** A call that is priced so shortly before the peak may be served in it. */
const leadMinutes = 10;

/** Thousandths by which a moment multiplies the price: that of the peak also in the ten minutes before it. */
export function peakFactor(peak: PeakHours | undefined, atMs: number): bigint {
  if (peak === undefined) return 1000n;
  const minutes = Math.floor(atMs / minuteMs);
  const isPeak = (minute: number): boolean => {
    const day = Math.floor(minute / dayMinutes);
    // The epoch began on a Thursday.
    if (peak.weekdaysOnly && ((day + 4) % 7) % 6 === 0) return false;
    const ofDay = minute - day * dayMinutes;
    return peak.windows.some(([from, to]) => ofDay >= from && ofDay < to);
  };
  return isPeak(minutes) || isPeak(minutes + leadMinutes) ? peak.times : 1000n;
}
