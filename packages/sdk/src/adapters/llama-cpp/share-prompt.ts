import type { LlamaContextSequence, Token } from 'node-llama-cpp';
import { copySequence } from './copy-sequence.ts';
import type { TakenLanes } from './lanes.ts';
import { batchTokens } from './memory-need.ts';

/** How a prompt came into memory. */
export interface SharedPrompt {
  /** Tokens that were in memory already. */
  readonly reused: number;
  /** Tokens that were evaluated. */
  readonly evaluated: number;
  /** False where the signal fired before the end. */
  readonly isWhole: boolean;
}

/**
 * Brings tokens into every sequence: the first one keeps what it has of them, or gets what another one has, and evaluates
 * the rest; the others get its memory. Where memory cannot be copied, each sequence evaluates them itself.
 */
export async function sharePrompt(
  { lanes: [root, ...others], copyFrom }: TakenLanes<LlamaContextSequence>,
  tokens: readonly Token[],
  signal: AbortSignal | undefined,
): Promise<SharedPrompt> {
  if (root === undefined) return { reused: 0, evaluated: 0, isWhole: true };
  if (copyFrom !== undefined) await copySequence(copyFrom.lane, root, copyFrom.tokens);
  const shared = await evaluateTo(root, tokens, signal);
  for (const sequence of others) {
    if (signal?.aborted === true) return { ...shared, isWhole: false };
    if (!(await copySequence(root, sequence, tokens.length))) await evaluateTo(sequence, tokens, signal);
  }
  return shared;
}

/** Brings a sequence to exactly these tokens, keeping what it already has of them. */
async function evaluateTo(
  sequence: LlamaContextSequence,
  tokens: readonly Token[],
  signal: AbortSignal | undefined,
): Promise<SharedPrompt> {
  await sequence.adaptStateToTokens([...tokens], false);
  const reused = sequence.nextTokenIndex;
  let at = reused;
  while (at < tokens.length && signal?.aborted !== true) {
    const part = tokens.slice(at, at + batchTokens);
    await sequence.evaluateWithoutGeneratingNewTokens(part);
    at += part.length;
  }
  return { reused, evaluated: at - reused, isWhole: at === tokens.length && signal?.aborted !== true };
}
