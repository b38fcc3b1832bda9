import type { ControlledEvaluateInputItem, LlamaContextSequence, Token } from 'node-llama-cpp';
import { rankedTokens } from './ranked-tokens.ts';
import type { NextToken } from './token-stream.ts';

/** The model's own log-probabilities of tokens that follow others, by their index, in one evaluation. */
export async function scoreTokens(
  sequence: LlamaContextSequence,
  ask: {
    readonly before: readonly Token[];
    readonly tokens: readonly Token[];
    readonly wanted: ReadonlySet<number>;
    readonly alternatives: number;
  },
): Promise<ReadonlyMap<number, NextToken>> {
  const { before, tokens, wanted, alternatives } = ask;
  const scored = new Map<number, NextToken>();
  if (wanted.size === 0) return scored;
  await sequence.adaptStateToTokens(before.slice(0, -1), false);
  const start = sequence.nextTokenIndex - before.length + 1;
  const items = [...before, ...tokens]
    .slice(sequence.nextTokenIndex, -1)
    .map((token, i): ControlledEvaluateInputItem => {
      const next = tokens[start + i];
      if (next === undefined || !wanted.has(start + i)) return token;
      // The engine's own choice here is the best token; asking for that one instead of the top needs no sorted vocabulary.
      const filter = {
        tokens: [next],
        ...(alternatives > 0 ? { includeTop: alternatives } : { includeSelected: true }),
      };
      return [token, { generateNext: { logits: { filter }, totalLogitWeight: true } }];
    });
  await sequence.controlledEvaluate(items, {
    onTokenResult: (i, { next: { logits, totalLogitWeight } }) => {
      const token = tokens[start + i];
      if (token === undefined || logits === undefined || totalLogitWeight === undefined) return;
      const ranked = rankedTokens(logits, totalLogitWeight);
      const chosen = ranked.find((other) => other.token === token);
      if (chosen !== undefined) scored.set(start + i, { ...chosen, alternatives: ranked.slice(0, alternatives) });
    },
  });
  return scored;
}
