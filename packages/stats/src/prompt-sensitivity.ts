import { mean } from './mean.ts';
import { outOfRange } from './out-of-range.ts';

// Source: flip-flop consistency, arXiv 2510.14242, authors' code (the POSIX index).
// Rule: 1/(N(N − 1)) Σ over i ≠ j of |log p_i(y_j) − log p_j(y_j)|, y_j the answer of prompt j.
/**
 * How much the probability of an answer changes with the wording of its prompt (POSIX), in nats. Range [0, ∞), 0 where
 * wording changes nothing.
 *
 * @param logprobs `logprobs[i][j]`: log-probability under prompt i of the answer that prompt j gave. Square. Divide those
 * of long answers by their length in tokens before, or long answers decide.
 * @throws RangeError when there are fewer than two prompts, `logprobs` is not square or holds a value that is not finite.
 * @example
 * promptSensitivity([[-0.1, -2], [-0.3, -1.5]]); // (0.5 + 0.2) / 2
 */
export function promptSensitivity(logprobs: readonly (readonly number[])[]): number {
  const prompts = logprobs.length;
  if (prompts < 2) throw outOfRange('logprobs.length', 'at least 2', prompts);
  for (const [i, row] of logprobs.entries()) {
    if (row.length !== prompts)
      throw outOfRange(`logprobs[${i}].length`, `${prompts}, one for each prompt`, row.length);
    for (const [j, value] of row.entries()) {
      if (!Number.isFinite(value)) throw outOfRange(`logprobs[${i}][${j}]`, 'finite', value);
    }
  }
  return mean(
    logprobs.flatMap((row, i) =>
      row.flatMap((value, j) => (i === j ? [] : [Math.abs(value - (logprobs[j]?.[j] ?? NaN))])),
    ),
  );
}
