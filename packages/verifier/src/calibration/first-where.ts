/** The smallest whole number from `from` on for which a test holds that, once it holds, holds for all larger ones. */
export function firstWhere(from: number, holds: (value: number) => boolean): number {
  if (holds(from)) return from;
  let step = 1;
  while (!holds(from + step)) step *= 2;
  let [low, high] = [from + Math.floor(step / 2), from + step];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}
