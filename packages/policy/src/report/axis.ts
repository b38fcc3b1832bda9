/** One axis of a plot. */
export interface Axis {
  readonly scale: 'linear' | 'log';
  /** Values to mark, rising. */
  readonly ticks: readonly number[];
  /** Where a value lies: 0 at the start of the axis, 1 at its end. Values beyond the ends are held there. */
  readonly at: (value: number) => number;
}

// Costs that differ by less than this are easier to compare on a linear axis, which starts at nothing.
const linearSpread = 8;

/** An axis for amounts of money. Logarithmic where they are spread widely and none is 0. `ends` are those of intervals. */
export function costAxis(costs: readonly number[], ends: readonly number[], maxTicks: number): Axis {
  const [least, most] = [Math.min(...costs), Math.max(...costs)];
  const highest = Math.max(most, ...ends);
  if (!(least > 0 && most / least > linearSpread)) return linearAxis(0, highest > 0 ? highest * 1.05 : 1, maxTicks);
  const lowest = Math.min(least, ...ends.filter((end) => end > 0));
  return logAxis(lowest / 1.25, highest * 1.25, maxTicks);
}

/** An axis for shares. It starts at 0 unless everything lies far above. */
export function shareAxis(ends: readonly number[], maxTicks: number): Axis {
  const lowest = Math.min(...ends);
  const start = lowest < 0.45 ? 0 : Math.max(0, Math.floor((lowest - 0.02) * 20) / 20);
  return linearAxis(start, Math.min(1, Math.ceil((Math.max(...ends) + 0.005) * 20) / 20), maxTicks);
}

function linearAxis(start: number, end: number, maxTicks: number): Axis {
  const rough = (end - start) / maxTicks;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * magnitude >= rough) ?? 10) * magnitude;
  const ticks: number[] = [];
  for (let i = Math.ceil(start / step - 1e-9); i * step <= end * (1 + 1e-9); i += 1)
    ticks.push(Number((i * step).toPrecision(12)));
  return { scale: 'linear', ticks, at: (value) => within((value - start) / (end - start)) };
}

function logAxis(start: number, end: number, maxTicks: number): Axis {
  const [first, last] = [Math.floor(Math.log10(start)), Math.ceil(Math.log10(end))];
  const decades = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const choices = [[1, 2, 5], [1, 3], [1]].map((factors) =>
    decades
      .flatMap((decade) => factors.map((factor) => Number(`${factor}e${decade}`)))
      .filter((tick) => tick >= start && tick <= end),
  );
  const everyDecade = choices.at(-1) ?? [];
  const stride = Math.ceil(everyDecade.length / maxTicks);
  const ticks = choices.find((choice) => choice.length <= maxTicks) ?? everyDecade.filter((_, i) => i % stride === 0);
  const span = Math.log(end / start);
  return { scale: 'log', ticks, at: (value) => (value <= start ? 0 : within(Math.log(value / start) / span)) };
}

function within(share: number): number {
  return Math.min(1, Math.max(0, share));
}
