/** Writes the log-softmax of raw logits by token. A token that has none is impossible. */
export function normaliseLogits(logits: ReadonlyMap<number, number>, out: Float32Array): void {
  let largest = Number.NEGATIVE_INFINITY;
  for (const logit of logits.values()) if (logit > largest) largest = logit;
  let weight = 0;
  for (const logit of logits.values()) weight += Math.exp(logit - largest);
  const normaliser = largest + Math.log(weight);
  out.fill(Number.NEGATIVE_INFINITY);
  for (const [token, logit] of logits) out[token] = logit - normaliser;
}
