import { outOfRange } from './out-of-range.ts';

interface Block {
  readonly mean: number;
  readonly weight: number;
  readonly length: number;
}

// Source: Ayer et al. 1955, pool adjacent violators. Rule: while a block's mean is below the one before it, merge them.
/**
 * The non-decreasing sequence closest to `values` in weighted squared error.
 *
 * `values` must be in the order of the predictor. Points with an equal predictor must be merged first (mean value,
 * summed weight), or one predictor value gets several fits. An empty list gives an empty list.
 *
 * @param weights One weight per value, each above 0. Default 1 each.
 * @throws RangeError when a value is not finite, a weight is not finite and above 0, or the lengths differ.
 * @example
 * isotonicRegression([1, 3, 2, 4]); // [1, 2.5, 2.5, 4]
 */
export function isotonicRegression(values: readonly number[], weights?: readonly number[]): number[] {
  if (weights !== undefined && weights.length !== values.length) {
    throw outOfRange('weights.length', `equal to values.length (${values.length})`, weights.length);
  }
  const blocks: Block[] = [];
  for (const [i, value] of values.entries()) {
    const weight = weights === undefined ? 1 : (weights[i] ?? NaN);
    if (!Number.isFinite(value)) throw outOfRange(`values[${i}]`, 'finite', value);
    if (!(weight > 0 && weight < Infinity)) throw outOfRange(`weights[${i}]`, 'finite and above 0', weight);
    let block: Block = { mean: value, weight, length: 1 };
    // A merged mean lies below the mean it replaces, so the block before that may be out of order in turn.
    for (let before = blocks.at(-1); before !== undefined && before.mean > block.mean; before = blocks.at(-1)) {
      blocks.pop();
      block = merge(before, block);
    }
    blocks.push(block);
  }
  return blocks.flatMap(({ mean, length }) => Array.from({ length }, () => mean));
}

function merge(before: Block, after: Block): Block {
  const weight = before.weight + after.weight;
  return {
    mean: before.mean + (after.mean - before.mean) * (after.weight / weight),
    weight,
    length: before.length + after.length,
  };
}
