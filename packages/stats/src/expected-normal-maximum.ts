import { normalQuantile } from './normal-quantile.ts';
import { outOfRange } from './out-of-range.ts';

const STEP = 1 / 16;
// Beyond it the weights are below 1e-20.
const REACH = 3.5;

// Source: order statistics; tanh-sinh quadrature (Takahasi and Mori 1974) because both ends of the range are singular.
// Rule: E = ∫ Φ⁻¹(v^(1/n)) dv over (0, 1), v the chance that all n lie below.
/**
 * The expected largest of `count` independent standard normal values, in standard deviations; to about ten digits.
 *
 * What picking the best of `count` gains when the picker sees the true value.
 *
 * @throws RangeError when `count` is not a whole number of at least 1.
 * @example
 * expectedNormalMaximum(2); // 1 / √π = 0.564190
 */
export function expectedNormalMaximum(count: number): number {
  if (!Number.isSafeInteger(count) || count < 1) throw outOfRange('count', 'a whole number of at least 1', count);
  let total = 0;
  for (let t = -REACH; t <= REACH; t += STEP) {
    const inner = (Math.PI / 2) * Math.sinh(t);
    const weight = ((Math.PI / 4) * Math.cosh(t)) / Math.cosh(inner) ** 2;
    // 1 − v, and from it the upper tail 1 − v^(1/n): near v = 1 the differences themselves would round away.
    const above = 1 / (1 + Math.exp(2 * inner));
    const tail = -Math.expm1(Math.log1p(-above) / count);
    if (tail > 0 && tail < 1) total += weight * -normalQuantile(tail);
  }
  return total * STEP;
}
