import type { ScoredToken } from '../../spec/token-model.ts';

/** The logarithm of the softmax's denominator: a token's log-probability is its logit minus this. */
export function logNormaliser(logits: Float32Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let token = 0; token < logits.length; token += 1) {
    const logit = logits[token] as number;
    if (logit > largest) largest = logit;
  }
  let weight = 0;
  for (let token = 0; token < logits.length; token += 1) weight += Math.exp((logits[token] as number) - largest);
  return largest + Math.log(weight);
}

/**
 * The best `k` tokens, best first; of equal ones the lower token. `normaliser` is taken off every logit: without it, that of
 * the best one, which is enough to choose by and spares the sum over the vocabulary.
 */
export function bestTokens(logits: Float32Array, k: number, normaliser?: number): readonly ScoredToken[] {
  const isWorse = (a: number, b: number): boolean => {
    const difference = (logits[a] as number) - (logits[b] as number);
    return difference === 0 ? a > b : difference < 0;
  };
  // A heap whose root is the worst of the best so far: nearly every token fails its one comparison.
  const heap = Array.from({ length: Math.min(k, logits.length) }, (_, token) => token);
  heap.sort((a, b) => (isWorse(a, b) ? -1 : 1));
  let least = logits[heap[0] ?? 0] as number;
  for (let token = heap.length; token < logits.length; token += 1) {
    if ((logits[token] as number) <= least) continue;
    heap[0] = token;
    sinkRoot(heap, isWorse);
    least = logits[heap[0] ?? 0] as number;
  }
  heap.sort((a, b) => (isWorse(a, b) ? 1 : -1));
  const base = normaliser ?? logits[heap[0] ?? 0] ?? 0;
  return heap.map((token) => ({ token, logprob: (logits[token] as number) - base }));
}

function sinkRoot(heap: number[], isWorse: (a: number, b: number) => boolean): void {
  for (let at = 0; ; ) {
    let worst = at;
    for (const child of [2 * at + 1, 2 * at + 2]) {
      if (child < heap.length && isWorse(heap[child] as number, heap[worst] as number)) worst = child;
    }
    if (worst === at) return;
    [heap[at], heap[worst]] = [heap[worst] as number, heap[at] as number];
    at = worst;
  }
}
