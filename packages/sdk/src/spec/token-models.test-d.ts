// Two engines with one tokenizer: a small one drafts, a large one checks the draft in one evaluation.
import type { Model } from './model.ts';
import type { GenerateRequest } from './request.ts';
import type { Charge } from './result.ts';
import type { TokenModel, TokenSession } from './token-model.ts';

declare function asTokenModel(model: Model): TokenModel | undefined;

/** A pair that can work together, or why not. Vocabularies may be padded differently. */
export function pair(small: Model, large: Model): readonly [TokenModel, TokenModel] | string {
  const draft = asTokenModel(small);
  const target = asTokenModel(large);
  if (draft === undefined || target === undefined) return 'both models must show next-token distributions';
  if (draft.tokenizer.hash !== target.tokenizer.hash) return 'the tokenizers differ';
  return [draft, target];
}

interface Spoken {
  readonly text: string;
  readonly charges: readonly Charge[];
}

/** Greedy speculation: of each draft the part that the target would have written, and one token of the target's own. */
export async function speculate(
  [draft, target]: readonly [TokenModel, TokenModel],
  request: GenerateRequest,
  options: { readonly maxTokens: number; readonly block: number },
): Promise<Spoken> {
  const { tokenizer } = target;
  const prompt = target.promptTokens(request);
  const all = [...prompt];
  const charges: Charge[] = [];
  const sessions: TokenSession[] = [];
  try {
    const small = await open(draft, prompt);
    const large = await open(target, prompt);
    while (all.length - prompt.length < options.maxTokens && !tokenizer.endTokens.includes(all.at(-1) ?? -1)) {
      const block = await guess(small, all, options.block);
      const unread = all.slice(large.length);
      const logprobs = new Float32Array((unread.length + block.length) * tokenizer.vocabularySize);
      await large.evaluate([...unread, ...block], logprobs);
      const best = argmaxEach(
        logprobs.subarray((unread.length - 1) * tokenizer.vocabularySize),
        tokenizer.vocabularySize,
      );
      const differs = block.findIndex((token, i) => token !== best[i]);
      all.push(...best.slice(0, differs === -1 ? block.length + 1 : differs + 1));
      await Promise.all(sessions.map(async (session) => session.truncate(Math.min(session.length, all.length - 1))));
    }
  } finally {
    charges.push(...(await Promise.all(sessions.map(async (session) => session.close()))));
  }
  return { text: tokenizer.decode(all.slice(prompt.length)), charges };

  async function open(model: TokenModel, tokens: readonly number[]): Promise<TokenSession> {
    const session = await model.open({
      prefix: tokens.slice(0, -1),
      maxTokens: options.maxTokens,
      ...(request.context !== undefined && { context: request.context }),
      ...(request.signal !== undefined && { signal: request.signal }),
    });
    sessions.push(session);
    return session;
  }
}

/** The next tokens by the small model, one at a time: only the best one is asked for, and only that is paid. */
async function guess(session: TokenSession, all: readonly number[], length: number): Promise<readonly number[]> {
  const block: number[] = [];
  for (let unread = all.slice(session.length); block.length < length; unread = block.slice(-1)) {
    const [best] = await session.topK(unread, 1);
    if (best === undefined) break;
    block.push(best.token);
  }
  return block;
}

function argmaxEach(logprobs: Float32Array, width: number): readonly number[] {
  return Array.from({ length: logprobs.length / width }, (_, i) => {
    const row = logprobs.subarray(i * width, (i + 1) * width);
    return row.indexOf(row.reduce((most, value) => Math.max(most, value)));
  });
}

/** How surprised a model is by an answer: the log-probability of each of its tokens, without the full vocabulary. */
export async function perplexity(model: TokenModel, request: GenerateRequest, answer: string): Promise<number> {
  const tokens = model.tokenizer.encode(answer);
  const session = await model.open({ prefix: model.promptTokens(request), maxTokens: tokens.length });
  try {
    const scores = await session.score(tokens);
    return Math.exp(-scores.reduce((sum, score) => sum + score, 0) / scores.length);
  } finally {
    await session.close();
  }
}

/** Two continuations of one prompt share its evaluation. */
export async function branches(
  model: TokenModel,
  prefix: readonly number[],
): Promise<readonly [TokenSession, TokenSession]> {
  const trunk = await model.open({ prefix, maxTokens: 64 });
  return [trunk, await trunk.fork()];
}
