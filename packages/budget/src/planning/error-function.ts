/**
 * The error function, to about 1e-15: the series near 0, the continued fraction of the complement further out.
 *
 * Source: Abramowitz and Stegun, 7.1.6 and 7.1.14.
 */
export function errorFunction(x: number): number {
  return x < 0 ? -errorFunction(-x) : 1 - complementaryErrorFunction(x);
}

/** `1 − erf(x)`, exact in the far tail too, where the difference would be 0. */
export function complementaryErrorFunction(x: number): number {
  if (x < 0) return 2 - complementaryErrorFunction(-x);
  if (x < 2) return 1 - series(x);
  if (x === Infinity) return 0;
  let fraction = x;
  for (let i = 120; i >= 1; i -= 1) fraction = x + i / 2 / fraction;
  return Math.exp(-x * x) / (fraction * Math.sqrt(Math.PI));
}

function series(x: number): number {
  let term = x;
  let total = x;
  for (let i = 0; Math.abs(term) > 1e-18 * total; i += 1) {
    term *= (2 * x * x) / (2 * i + 3);
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}
