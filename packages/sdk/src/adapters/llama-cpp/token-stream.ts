import type { LlamaContextSequence, LlamaGrammarEvaluationState, Token } from 'node-llama-cpp';
import { sampleToken } from '../../local/sample-token.ts';
import type { TokenChoice } from '../../local/token-choice.ts';
import type { RandomSource } from '../../spec/context.ts';
import { rankedTokens, type SampledToken } from './ranked-tokens.ts';

/** A chosen token. */
export interface NextToken {
  readonly token: Token;
  /** Natural logarithm, over the full vocabulary, before temperature and filters. Where log-probabilities are wanted. */
  readonly logprob?: number;
  readonly alternatives?: readonly SampledToken[];
}

/** Tokens as they are chosen. `next(tokens)` has the answer go on with those in place of the token that was given last. */
type TokenStream = AsyncGenerator<NextToken, void, readonly Token[] | undefined>;

/**
 * The tokens of one answer, chosen one after the other; `first` is the last token of the prompt. Never ends by itself: an
 * end token is a token like any other. A grammar is asked for before each token; undefined leaves that one free.
 *
 * The engine's own sampler gives a token and, after temperature and filters, its probability. Where the model's own
 * log-probabilities are wanted, the engine gives its best logits instead and the choice is made here. That costs a sort of
 * the vocabulary each token, so it is done only then; and not under a grammar, which only the engine's sampler knows.
 */
export function tokenStream(
  sequence: LlamaContextSequence,
  first: Token,
  how: {
    readonly choice: TokenChoice;
    readonly random: RandomSource;
    readonly grammar: (() => LlamaGrammarEvaluationState | undefined) | undefined;
  },
): TokenStream {
  const { choice, random, grammar } = how;
  return choice.logprobs === undefined || grammar !== undefined
    ? byEngine(sequence, first, how)
    : byRank(sequence, first, { choice, random, alternatives: choice.logprobs.alternatives });
}

async function* byEngine(
  sequence: LlamaContextSequence,
  first: Token,
  { choice, random, grammar }: Parameters<typeof tokenStream>[2],
): TokenStream {
  const { temperature, topP, topK } = choice;
  const drawn = sequence.evaluate([first], {
    temperature,
    topP,
    topK,
    seed: random.int(2 ** 32),
    yieldEogToken: true,
    ...(grammar !== undefined && { grammarEvaluationState: grammar }),
  });
  try {
    let instead: readonly Token[] | undefined;
    for (;;) {
      const step = await drawn.next(instead === undefined ? undefined : [...instead]);
      if (step.done === true) return;
      instead = yield { token: step.value };
    }
  } finally {
    await drawn.return();
  }
}

async function* byRank(
  sequence: LlamaContextSequence,
  first: Token,
  how: { readonly choice: TokenChoice; readonly random: RandomSource; readonly alternatives: number },
): TokenStream {
  const { temperature, topP, topK } = how.choice;
  const includeTop = temperature === 0 ? how.alternatives : Math.max(topK, how.alternatives);
  // The engine's own choice here is the best token; where nothing else is needed, the vocabulary is not sorted.
  const filter = { tokens: [], ...(includeTop > 0 ? { includeTop } : { includeSelected: true }) };
  const generateNext = { logits: { filter }, totalLogitWeight: true };
  let unread: readonly Token[] = [first];
  for (;;) {
    const last = unread.at(-1);
    if (last === undefined) return;
    const steps = await sequence.controlledEvaluate([...unread.slice(0, -1), [last, { generateNext }]]);
    const { logits, totalLogitWeight } = steps.at(-1)?.next ?? {};
    if (logits === undefined || totalLogitWeight === undefined) return;
    const ranked = rankedTokens(logits, totalLogitWeight);
    const chosen = sampleToken(ranked.slice(0, topK), { temperature, topP }, how.random);
    if (chosen === undefined) return;
    const instead = yield { ...chosen, alternatives: ranked.slice(0, how.alternatives) };
    unread = instead ?? [chosen.token];
  }
}
