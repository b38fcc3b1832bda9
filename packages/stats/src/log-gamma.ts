// Source: Lanczos 1964 with g = 7 and nine terms (Godfrey's coefficients); relative error about 1e-15.

const SHIFT = 7;
const FIRST_TERM = 0.99999999999980993;
const TERMS = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** ln Γ(x) for x ≥ 1, the only range the package needs. */
export function logGamma(x: number): number {
  const series = TERMS.reduce((total, term, i) => total + term / (x + i), FIRST_TERM);
  const base = x + SHIFT - 0.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(base) - base + Math.log(series);
}
