import { outOfRange } from './out-of-range.ts';

/** @throws RangeError when `confidence` is outside (0, 1); 95 in place of 0.95 is the usual slip. */
export function checkConfidence(confidence: number): void {
  if (!(confidence > 0 && confidence < 1)) throw outOfRange('confidence', 'in (0, 1)', confidence);
}
