import type { LlamaContextSequence } from 'node-llama-cpp';

// llama.cpp copies a sequence's memory to another one; node-llama-cpp has this without showing it in its types.
interface CopyingSequence {
  _copyStateFromOtherSequence?: (other: LlamaContextSequence, upToTokenIndex: number) => Promise<boolean>;
}

/** Gives a sequence the memory of another one's first tokens. False, and nothing in it, where memory cannot be copied. */
export async function copySequence(
  from: LlamaContextSequence,
  to: LlamaContextSequence,
  tokens: number,
): Promise<boolean> {
  await to.clearHistory();
  if (tokens === 0) return true;
  const { _copyStateFromOtherSequence: copy } = to as CopyingSequence;
  if (typeof copy === 'function' && (await copy.call(to, from, tokens))) return true;
  await to.clearHistory();
  return false;
}
