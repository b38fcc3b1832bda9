import type { LlamaContextSequence, LlamaGrammarEvaluationState, Token } from 'node-llama-cpp';
import type { LeafCall, LeafCandidate } from '../../leaf/leaf-call.ts';
import type { TokenChoice } from '../../local/token-choice.ts';
import type { RandomSource } from '../../spec/context.ts';
import type { FinishedBy, TokenLogprob } from '../../spec/result.ts';
import type { AnswerPlan } from './answer-plan.ts';
import { AnswerReader } from './answer-reader.ts';
import type { Engine } from './load-engine.ts';
import { scoreTokens } from './score-tokens.ts';
import { type NextToken, tokenStream } from './token-stream.ts';
import { TokenText } from './token-text.ts';

/** One answer. */
export interface DrawnSample {
  readonly content: LeafCandidate['content'];
  readonly finish: LeafCandidate['finish'];
  /** Tokens the model wrote, thought included. */
  readonly tokens: number;
  readonly reasoningTokens: number;
  /** Tokens that were put in to end its thought. */
  readonly forcedTokens: number;
  /** Of the answer's own tokens: a thought has none. */
  readonly logprobs: readonly TokenLogprob[] | undefined;
}

/** A token of the answer as it was written, with its text. */
interface Written {
  readonly next: NextToken;
  /** Position among all tokens after the prompt. */
  readonly at: number;
  readonly text: string;
}

/** Draws one answer from a sequence that holds the prompt but for its last token. */
export async function drawSample(draw: {
  readonly engine: Engine;
  readonly sequence: LlamaContextSequence;
  readonly plan: AnswerPlan;
  readonly choice: TokenChoice;
  readonly grammar: LlamaGrammarEvaluationState | undefined;
  readonly call: LeafCall;
  readonly index: number;
  readonly random: RandomSource;
}): Promise<DrawnSample> {
  const { engine, sequence, plan, choice, grammar, index, random } = draw;
  const { signal, emit } = draw.call;
  const { prompt, closing, maxTokens } = plan;
  const text = new TokenText(engine.detokenize, plan.shown);
  const reader = new AnswerReader(plan.form, index, emit);
  const stream = tokenStream(sequence, prompt.tokens.at(-1) as Token, {
    choice,
    random,
    grammar: grammar === undefined ? undefined : () => (reader.isThinking ? undefined : grammar),
  });
  const all: Token[] = [];
  const written: Written[] = [];
  let tokens = 0;
  let reasoningTokens = 0;
  let forcedTokens = 0;
  let by: FinishedBy = 'eos';
  let instead: readonly Token[] | undefined;
  try {
    for (;;) {
      const step = await stream.next(instead);
      if (step.done === true) break;
      instead = undefined;
      const next = step.value;
      if (engine.model.isEogToken(next.token) || prompt.endTokens.has(next.token)) break;
      tokens += 1;
      const wasThinking = reader.isThinking;
      const piece = text.push(next.token);
      reader.push(piece);
      // What opens a thought may be several tokens, and nothing comes before it.
      if (!wasThinking && reader.isThinking) reasoningTokens = tokens;
      else if (wasThinking) reasoningTokens += 1;
      else if (choice.logprobs !== undefined && !(plan.form.reasoning !== undefined && reader.isEmpty)) {
        written.push({ next, at: all.length, text: piece });
      }
      all.push(next.token);
      if (reader.stop !== undefined) by = 'stop';
      else if (signal?.aborted === true) by = 'aborted';
      else if (tokens >= maxTokens) by = 'length';
      if (by !== 'eos') break;
      if (reader.isThinking && reasoningTokens >= plan.reasoningCap) {
        instead = [next.token, ...closing];
        forcedTokens += closing.length;
        all.push(...closing);
        for (const token of closing) reader.push(text.push(token));
      }
    }
  } finally {
    await stream.return();
  }
  const content = reader.finish();
  return {
    content,
    tokens,
    reasoningTokens,
    forcedTokens,
    logprobs: choice.logprobs === undefined ? undefined : await logprobsOf(draw, { all, written, by }),
    finish: {
      unified: by === 'length' ? 'length' : by === 'aborted' ? 'aborted' : reader.calls > 0 ? 'tool-calls' : 'stop',
      by,
      ...(reader.stop !== undefined && { stopString: reader.stop }),
    },
  };
}

/**
 * The log-probabilities of what was written. Under a grammar the engine's sampler only tells what was left of the
 * distribution, so there the finished answer is evaluated once more, all at once, to have the model's own.
 */
async function logprobsOf(
  draw: {
    readonly engine: Engine;
    readonly sequence: LlamaContextSequence;
    readonly plan: AnswerPlan;
    readonly choice: TokenChoice;
    readonly grammar: unknown;
  },
  answer: { readonly all: readonly Token[]; readonly written: readonly Written[]; readonly by: FinishedBy },
): Promise<readonly TokenLogprob[]> {
  const { engine, sequence, plan, choice, grammar } = draw;
  if (grammar === undefined) return answer.written.map(({ next, text }) => tokenLogprob(engine, text, next));
  // An abort does not wait for another evaluation.
  if (answer.by === 'aborted') return [];
  const scored = await scoreTokens(sequence, {
    before: plan.prompt.tokens,
    tokens: answer.all,
    wanted: new Set(answer.written.map(({ at }) => at)),
    alternatives: choice.logprobs?.alternatives ?? 0,
  });
  return answer.written.flatMap(({ at, text }) => {
    const next = scored.get(at);
    return next === undefined ? [] : [tokenLogprob(engine, text, next)];
  });
}

function tokenLogprob({ model }: Engine, text: string, { logprob = 0, alternatives = [] }: NextToken): TokenLogprob {
  const top = alternatives.map((other) => ({ text: model.detokenize([other.token], true), logprob: other.logprob }));
  return { text, logprob, ...(top.length > 0 && { top }) };
}
