import type { LlamaContextSequence, Token } from 'node-llama-cpp';

// llama.cpp copies a sequence's memory to another one; node-llama-cpp has this without showing it in its types.
interface CopyingSequence {
  _copyStateFromOtherSequence?: (other: LlamaContextSequence, upToTokenIndex: number) => Promise<boolean>;
}

/**
 * Evaluates a prompt once and gives every sequence its memory, up to the token before the last: that one is evaluated with
 * each sample's first step. Where memory cannot be copied, each sequence evaluates the prompt itself.
 */
export async function sharePrompt(sequences: readonly LlamaContextSequence[], prompt: readonly Token[]): Promise<void> {
  const [root, ...others] = sequences;
  if (root === undefined) return;
  const shared = prompt.slice(0, -1);
  await evaluatePrefix(root, shared);
  for (const sequence of others) {
    await sequence.clearHistory();
    if (shared.length === 0) continue;
    const { _copyStateFromOtherSequence: copy } = sequence as CopyingSequence;
    const copied = typeof copy === 'function' && (await copy.call(sequence, root, shared.length));
    if (!copied) await evaluatePrefix(sequence, shared);
  }
}

/** Brings a sequence to exactly these tokens, keeping what it already has of them. */
async function evaluatePrefix(sequence: LlamaContextSequence, tokens: readonly Token[]): Promise<void> {
  await sequence.adaptStateToTokens([...tokens], false);
  const missing = tokens.slice(sequence.nextTokenIndex);
  if (missing.length > 0) await sequence.evaluateWithoutGeneratingNewTokens(missing);
}
