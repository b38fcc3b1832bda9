/** A value to mark on an axis. */
export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** One axis of a plot. */
export interface Axis {
  readonly scale: 'linear' | 'log';
  /** In rising order. */
  readonly ticks: readonly Tick[];
  /** Where a value lies: 0 at the start of the axis, 1 at its end. Values beyond the ends are held there. */
  readonly at: (value: number) => number;
}

// Costs that differ by less than this are easier to compare on a linear axis, which starts at nothing.
const linearSpread = 8;

/**
 * An axis for amounts of money. Logarithmic where they are spread widely and none is 0.
 *
 * @param ends Ends of the intervals, which must find room too.
 */
export function costAxis(costs: readonly number[], ends: readonly number[], maxTicks: number): Axis {
  const [least, most] = [Math.min(...costs), Math.max(...costs)];
  const highest = Math.max(most, ...ends);
  if (!(least > 0 && most / least > linearSpread)) {
    const { step, ...axis } = linearAxis(0, highest > 0 ? highest * 1.05 : 1, maxTicks);
    const decimals = Number.isInteger(step) ? 0 : Math.max(2, decimalsOf(step));
    return { ...axis, ticks: axis.ticks.map((value) => ({ value, label: `$${value.toFixed(decimals)}` })) };
  }
  const lowest = Math.min(least, ...ends.filter((end) => end > 0));
  return logAxis(lowest / 1.25, highest * 1.25, maxTicks);
}

/** An axis for shares, in percent. It starts at 0 unless everything lies far above. */
export function shareAxis(ends: readonly number[], maxTicks: number): Axis {
  const lowest = Math.min(...ends);
  const start = lowest < 0.45 ? 0 : Math.floor((lowest - 0.01) * 20) / 20;
  const end = Math.min(1, Math.ceil((Math.max(...ends) + 0.005) * 20) / 20);
  const { step, ...axis } = linearAxis(start, end, maxTicks);
  const decimals = Math.max(0, decimalsOf(step) - 2);
  return { ...axis, ticks: axis.ticks.map((value) => ({ value, label: (value * 100).toFixed(decimals) })) };
}

function linearAxis(
  start: number,
  end: number,
  maxTicks: number,
): { scale: 'linear'; step: number; ticks: number[]; at: Axis['at'] } {
  const rough = (end - start) / maxTicks;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5].find((candidate) => candidate * magnitude >= rough) ?? 10;
  const step = Number((factor * magnitude).toPrecision(3));
  const ticks: number[] = [];
  for (let i = Math.ceil(start / step - 1e-9); i * step <= end * (1 + 1e-9); i += 1) ticks.push(i * step);
  return { scale: 'linear', step, ticks, at: (value) => within((value - start) / (end - start)) };
}

function logAxis(start: number, end: number, maxTicks: number): Axis {
  const [first, last] = [Math.floor(Math.log10(start)), Math.ceil(Math.log10(end))];
  const decades = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const marks = [[1, 2, 5], [1, 3], [1]].map((factors) =>
    decades
      .flatMap((decade) => factors.map((factor) => Number(`${factor}e${decade}`)))
      .filter((value) => value >= start && value <= end),
  );
  const everyDecade = marks.at(-1) ?? [];
  const stride = Math.ceil(everyDecade.length / maxTicks);
  const values = marks.find((choice) => choice.length <= maxTicks) ?? everyDecade.filter((_, i) => i % stride === 0);
  const whole = values.every((value) => Number.isInteger(value));
  const span = Math.log(end / start);
  return {
    scale: 'log',
    ticks: values.map((value) => ({ value, label: `$${value.toFixed(whole ? 0 : Math.max(2, decimalsOf(value)))}` })),
    at: (value) => (value <= start ? 0 : within(Math.log(value / start) / span)),
  };
}

/** Decimals that a round number needs. */
function decimalsOf(value: number): number {
  return value.toFixed(15).replace(/0+$/, '').split('.')[1]?.length ?? 0;
}

function within(share: number): number {
  return Math.min(1, Math.max(0, share));
}
