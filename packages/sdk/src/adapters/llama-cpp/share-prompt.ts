import type { LlamaContextSequence, Token } from 'node-llama-cpp';
import { copySequence } from './copy-sequence.ts';

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
    if (!(await copySequence(root, sequence, shared.length))) await evaluatePrefix(sequence, shared);
  }
}

/** Brings a sequence to exactly these tokens, keeping what it already has of them. */
async function evaluatePrefix(sequence: LlamaContextSequence, tokens: readonly Token[]): Promise<void> {
  await sequence.adaptStateToTokens([...tokens], false);
  const missing = tokens.slice(sequence.nextTokenIndex);
  if (missing.length > 0) await sequence.evaluateWithoutGeneratingNewTokens(missing);
}
