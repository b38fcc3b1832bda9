import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { LlamaContextSequence } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AbortedError } from '../../errors/aborted-error.ts';
import { RecordingGuard } from '../../leaf/__fixtures__/recording-guard.ts';
import { asTokenModel } from '../../leaf/as-token-model.ts';
import { rootContext } from '../../leaf/call-context.ts';
import { withRetry } from '../../middleware/with-retry.ts';
import type { Model } from '../../spec/model.ts';
import type { TokenModel, TokenSession } from '../../spec/token-model.ts';
import { type BigramModel, bigramLogProbabilities, bigramTokens } from '../../testing/known-answer/bigram-model.ts';
import { writeKnownAnswerGguf } from '../../testing/known-answer/write-known-answer-gguf.ts';
import { llamaCpp } from './llama-cpp.ts';
import { sessionsPerContext } from './token-room.ts';

const bigram: BigramModel = {
  vocabulary: ['a', 'b', 'c', 'd'],
  probabilities: {
    '<s>': { a: 0.9, b: 0.1 },
    a: { a: 0.1, b: 0.5, c: 0.25, d: 0.1, '</s>': 0.05 },
    b: { a: 0.3, b: 0.2, c: 0.4, d: 0.1 },
    c: { a: 0.7, b: 0.1, c: 0.1, d: 0.1 },
    d: { a: 0.25, b: 0.25, c: 0.3, d: 0.2 },
  },
};
const table = bigramLogProbabilities(bigram);
const words = bigramTokens(bigram.vocabulary);
const idOf = (word: string): number => words.indexOf(word);
const ids = (text: string): number[] => text.split('').map(idOf);
/** What the table says of a text: the log-probability of each of its tokens. */
const expected = (before: readonly number[], text: readonly number[]): number[] =>
  text.map((token, i) => table[(i === 0 ? before.at(-1) : text[i - 1]) ?? 0]?.[token] ?? Number.NaN);

const folder = mkdtempSync(join(tmpdir(), 'tollgate-tokens-'));
const modelPath = join(folder, 'bigram.gguf');
let model: Model;
let tokens: TokenModel;

function tokensOf(of: Model): TokenModel {
  const found = asTokenModel(of);
  if (found === undefined) throw new Error('no token model');
  return found;
}

const load = (path: string): Promise<Model> =>
  llamaCpp({ modelPath: path, threads: 1, parallelSamples: 1, contextTokens: 128 });

/** Opens a session, and closes it whatever happens. */
async function opened<T>(prefix: readonly number[], use: (session: TokenSession) => Promise<T>): Promise<T> {
  const session = await tokens.open({ prefix, maxTokens: 200 });
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}

function expectClose(actual: readonly number[], wanted: readonly number[]): void {
  expect(actual).toHaveLength(wanted.length);
  for (const [i, value] of wanted.entries()) expect(Math.abs((actual[i] ?? Number.NaN) - value)).toBeLessThan(1e-4);
}

const prefix = [1, ...ids('ab')];
const text = fc.array(fc.constantFrom(...ids('abcd')), { minLength: 1, maxLength: 24 });

beforeAll(async () => {
  writeKnownAnswerGguf(modelPath, bigram);
  model = await load(modelPath);
  tokens = tokensOf(model);
});

afterAll(async () => {
  await model.close?.();
  rmSync(folder, { recursive: true, force: true });
});

describe('distributions that are known', () => {
  it('scores any text as the table does, in one block or in two', async () => {
    await opened(prefix, async (session) => {
      let left = 200;
      await fc.assert(
        fc.asyncProperty(text, fc.nat(24), async (block, cut) => {
          if (block.length > left) return;
          left -= block.length;
          await session.truncate(prefix.length);
          const scores = [...(await session.score(block.slice(0, cut))), ...(await session.score(block.slice(cut)))];
          expectClose(scores, expected(prefix, block));
          expect(session.length).toBe(prefix.length + block.length);
        }),
        { numRuns: 40, seed: 4 },
      );
      expect(left).toBeLessThan(24);
    });
  });

  it('writes a whole distribution after each token', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (block) => {
        const width = tokens.tokenizer.vocabularySize;
        const out = new Float32Array(block.length * width);
        await opened(prefix, (session) => session.evaluate(block, out));
        for (const [i, token] of block.entries()) {
          const row = out.subarray(i * width, (i + 1) * width);
          expect(row.reduce((sum, logprob) => sum + Math.exp(logprob), 0)).toBeCloseTo(1, 5);
          const known = [...row].map((logprob) => Math.exp(logprob));
          expectClose(known, Array.from(table[token] ?? [], Math.exp));
        }
      }),
      { numRuns: 8, seed: 4 },
    );
  });

  it('gives the best tokens, best first, with probabilities over the whole vocabulary', async () => {
    await opened(prefix, async (session) => {
      const best = await session.topK(ids('ba'), 3);
      expect(best.map(({ token }) => words[token])).toEqual(['b', 'c', expect.stringMatching(/^[ad]$/)]);
      expectClose(
        best.map(({ logprob }) => logprob),
        [0.5, 0.25, 0.1].map(Math.log),
      );
      expect(await session.topK([], 1)).toEqual(best.slice(0, 1));
      expect(session.length).toBe(prefix.length + 2);
    });
  });

  it('goes on from any operation to any other', async () => {
    await opened(prefix, async (session) => {
      await session.topK(ids('c'), 1);
      expectClose(await session.score(ids('ad')), expected(ids('c'), ids('ad')));
      const out = new Float32Array(2 * tokens.tokenizer.vocabularySize);
      await session.evaluate(ids('bc'), out);
      expect(Math.exp(out[tokens.tokenizer.vocabularySize + idOf('a')] ?? 0)).toBeCloseTo(0.7, 4);
      expectClose(await session.score(ids('ab')), expected(ids('c'), ids('ab')));
      expect(await session.score([])).toEqual([]);
      expect(session.length).toBe(prefix.length + 7);
    });
  });

  it('starts with nothing, where the first token is evaluated and not scored', async () => {
    await opened([], async (session) => {
      await expect(session.score(ids('a'))).rejects.toThrow('Nothing comes before this block');
      await expect(session.topK([], 1)).rejects.toThrow('Nothing comes before this block');
      expect((await session.topK([1], 1)).map(({ token }) => words[token])).toEqual(['a']);
      expectClose(await session.score(ids('b')), [Math.log(0.1)]);
      expect((await session.close()).usage).toMatchObject({ inputUncached: 0, outputText: 2 });
    });
  });

  it('scores the same again after it forgot', async () => {
    await opened(prefix, async (session) => {
      const block = ids('abcdabcd');
      const first = await session.score(block);
      await session.truncate(prefix.length + 3);
      expectClose(await session.score(block.slice(3)), first.slice(3));
      await session.truncate(1);
      expectClose(await session.score(ids('ba')), expected([1], ids('ba')));
      await expect(session.truncate(4)).rejects.toThrow('length must be a whole number in [0, 3], received 4');
    });
  });

  it('evaluates a prefix and a block longer than a batch', async () => {
    const long = [1, ...ids('abcd'.repeat(150))];
    const block = ids('dcba'.repeat(150));
    const session = await tokens.open({ prefix: long, maxTokens: 600 });
    expectClose(await session.score(block), expected(long, block));
    await session.close();
  });
});

describe('forks', () => {
  it('are independent of their parent, also when it is closed', async () => {
    const trunk = await tokens.open({ prefix, maxTokens: 50 });
    await trunk.score(ids('cc'));
    const fork = await trunk.fork();
    expect(fork.length).toBe(prefix.length + 2);
    const [ofTrunk, ofFork] = await Promise.all([trunk.score(ids('ad')), fork.score(ids('bd'))]);
    expectClose(ofTrunk, expected(ids('c'), ids('ad')));
    expectClose(ofFork, expected(ids('c'), ids('bd')));
    await trunk.truncate(prefix.length);
    await trunk.close();
    expectClose(await fork.score(ids('ca')), expected(ids('d'), ids('ca')));
    await fork.close();
  });

  it('pay for what they evaluate, not for what they got as a copy', async () => {
    const guard = new RecordingGuard();
    const trunk = await tokens.open({ prefix, maxTokens: 9, context: rootContext({ guards: [guard] }) });
    await trunk.score(ids('ab'));
    const fork = await trunk.fork();
    await fork.score(ids('abc'));
    const charges = [await fork.close(), await trunk.close()];
    expect(guard.asks.map(({ bound }) => [bound.inputTokens, bound.outputTokensPerSample])).toEqual([
      [3, 9],
      [5, 7],
    ]);
    expect(charges.map(({ usage }) => [usage.inputUncached, usage.outputText])).toEqual([
      [0, 3],
      [3, 2],
    ]);
    expect(new Set(charges.map(({ attemptId }) => attemptId)).size).toBe(2);
    expect(guard.open.size).toBe(0);
  });

  it('evaluate and pay for the prefix themselves where the engine cannot copy it', async () => {
    const copying = LlamaContextSequence.prototype as unknown as Record<'_copyStateFromOtherSequence', () => unknown>;
    vi.spyOn(copying, '_copyStateFromOtherSequence').mockResolvedValue(false);
    const trunk = await tokens.open({ prefix, maxTokens: 9 });
    await trunk.score(ids('ab'));
    const fork = await trunk.fork();
    expectClose(await fork.score(ids('cd')), expected(ids('b'), ids('cd')));
    expect((await fork.close()).usage).toMatchObject({ inputUncached: 5, outputText: 2 });
    await trunk.close();
  });

  it('are limited in number, until one is closed', async () => {
    const guard = new RecordingGuard();
    const trunk = await tokens.open({ prefix, maxTokens: 8, context: rootContext({ guards: [guard] }) });
    const forks: TokenSession[] = [];
    while (forks.length < sessionsPerContext - 1) forks.push(await trunk.fork());
    await expect(trunk.fork()).rejects.toThrow(`A session and its forks are ${sessionsPerContext} at most`);
    expect(guard.open.size).toBe(sessionsPerContext);
    await forks[0]?.close();
    const again = await trunk.fork();
    expectClose(await again.score(ids('a')), expected(prefix, ids('a')));
    for (const session of [trunk, again, ...forks]) await session.close();
    expect(guard.open.size).toBe(0);
  });

  it('need something left to evaluate, and an open parent', async () => {
    const trunk = await tokens.open({ prefix, maxTokens: 1 });
    await trunk.score(ids('a'));
    await expect(trunk.fork()).rejects.toThrow('maxTokens must be a whole number of 1 or more, received 0');
    await trunk.close();
    await expect(trunk.fork()).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('money and limits', () => {
  it('holds what it may evaluate, and is charged what it did', async () => {
    const guard = new RecordingGuard();
    const context = rootContext({ guards: [guard] });
    const session = await tokens.open({ prefix, maxTokens: 20, context });
    expect(guard.asks[0]).toMatchObject({
      model: { provider: 'llama-cpp', modelId: 'bigram' },
      request: { maxOutputTokens: 20 },
      bound: { inputTokens: 3, inputKnown: 'proved', outputTokensPerSample: 20, samples: 1, promptBilledOnce: true },
    });
    expect(guard.open.size).toBe(1);
    await session.score(ids('abc'));
    await session.truncate(prefix.length);
    await session.topK(ids('ab'), 2);
    const [charge, again] = await Promise.all([session.close(), session.close()]);
    expect(again).toBe(charge);
    expect(charge.usage).toEqual({ inputUncached: 3, outputText: 5, engineSeconds: expect.any(Number) });
    expect(charge.usage.engineSeconds).toBeGreaterThan(0);
    expect(charge).toMatchObject({ usageKnown: 'exact', candidateIds: [], cost: { usd: 0.001 } });
    expect(guard.log).toEqual(['admit', 'settle exact']);
    expect(context.span.toNode().children).toMatchObject([
      { status: 'closed', charges: [{ attemptId: charge.attemptId }] },
    ]);
  });

  it('refuses more than maxTokens, forgotten ones included, and evaluates nothing of it', async () => {
    const session = await tokens.open({ prefix, maxTokens: 4 });
    await session.score(ids('abc'));
    await session.truncate(prefix.length);
    await expect(session.score(ids('ab'))).rejects.toThrow(
      'may evaluate 4 tokens after its prefix (maxTokens), forgotten ones included: 3 are used and the block has 2',
    );
    expectClose(await session.score(ids('a')), expected(prefix, ids('a')));
    expect((await session.close()).usage.outputText).toBe(4);
  });

  it('keeps to a limit that a budget lowered, and says so', async () => {
    const context = rootContext({ guards: [new RecordingGuard({ fitTo: 2 })] });
    const session = await tokens.open({ prefix, maxTokens: 9, context });
    await expect(session.score(ids('abc'))).rejects.toThrow(
      '2 tokens after its prefix (maxTokens, lowered from 9 by a budget)',
    );
    await session.close();
  });

  it('opens nothing that a budget refuses, and holds nothing for what cannot be opened', async () => {
    const refusal = new Error('no money');
    const refusing = rootContext({ guards: [new RecordingGuard({ refusal })] });
    await expect(tokens.open({ prefix, maxTokens: 9, context: refusing })).rejects.toBe(refusal);
    const guard = new RecordingGuard();
    const context = rootContext({ guards: [guard] });
    await expect(tokens.open({ prefix, maxTokens: 4094, context })).rejects.toThrow(
      'The prefix and maxTokens are 4097 tokens together; "bigram" was trained on 4096',
    );
    expect(guard.log).toEqual(['admit', 'release nothing was evaluated']);
  });

  it.each([
    [
      'a token outside the vocabulary',
      { prefix: [9999], maxTokens: 1 },
      'prefix must hold tokens in [0, 262], received 9999',
    ],
    ['half a token', { prefix: [1.5], maxTokens: 1 }, 'received 1.5'],
    ['no tokens at all', { prefix: [1], maxTokens: 0 }, 'maxTokens must be a whole number of 1 or more, received 0'],
  ])('refuses %s', async (_, options, message) => {
    await expect(tokens.open(options)).rejects.toThrow(message);
  });

  it('refuses blocks, numbers and arrays that cannot be meant', async () => {
    await opened(prefix, async (session) => {
      await expect(session.score([-1])).rejects.toThrow('block must hold tokens');
      await expect(session.topK(ids('a'), 0)).rejects.toThrow('k must be a whole number in [1, 263], received 0');
      await expect(session.evaluate(ids('ab'), new Float32Array(400))).rejects.toThrow(
        'out must hold 2 × 263 = 526 floats, received 400',
      );
      expect(session.length).toBe(prefix.length);
    });
  });
});

describe('ends', () => {
  it('does nothing more once its signal has fired, and still settles', async () => {
    const controller = new AbortController();
    const guard = new RecordingGuard();
    const context = rootContext({ guards: [guard] });
    const session = await tokens.open({ prefix, maxTokens: 9, signal: controller.signal, context });
    await session.score(ids('ab'));
    controller.abort();
    await expect(session.score(ids('a'))).rejects.toThrow(AbortedError);
    expect((await session.close()).usage).toMatchObject({ inputUncached: 3, outputText: 2 });
    await expect(tokens.open({ prefix, maxTokens: 9, signal: controller.signal, context })).rejects.toThrow(
      AbortedError,
    );
    expect(guard.log).toEqual(['admit', 'settle exact']);
  });

  it('stops in the middle of a prefix, and charges what was evaluated of it', async () => {
    const long = [1, ...ids('abcd'.repeat(300))];
    const { signal } = new AbortController();
    let looks = 0;
    Object.defineProperty(signal, 'aborted', { get: () => (looks += 1) > 5 });
    const guard = new RecordingGuard();
    const failed = await tokens
      .open({ prefix: long, maxTokens: 9, signal, context: rootContext({ guards: [guard] }) })
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(AbortedError);
    const evaluated = guard.settlements[0]?.usage.inputUncached ?? 0;
    expect(evaluated).toBeGreaterThan(0);
    expect(evaluated).toBeLessThan(long.length);
    expect((failed as AbortedError).charges).toMatchObject([{ usage: { inputUncached: evaluated, outputText: 0 } }]);
    expect(guard.open.size).toBe(0);
  });

  it('returns the hold where it was aborted before anything was evaluated', async () => {
    const controller = new AbortController();
    const guard = new RecordingGuard({ beforeAdmit: () => controller.abort() });
    const context = rootContext({ guards: [guard] });
    const failed = await tokens
      .open({ prefix, maxTokens: 9, signal: controller.signal, context })
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(AbortedError);
    expect((failed as AbortedError).charges).toEqual([]);
    expect(guard.log).toEqual(['admit', 'release nothing was evaluated']);
  });

  it('frees its memory when closed, and then refuses', async () => {
    for (let i = 0; i < 5; i += 1) {
      const session = await tokens.open({ prefix, maxTokens: 3000 });
      expectClose(await session.score(ids('a')), expected(prefix, ids('a')));
      await session.close();
      await expect(session.score(ids('a'))).rejects.toMatchObject({ code: 'closed' });
    }
  });

  it('takes turns with the model’s own calls', async () => {
    const request = { messages: [{ role: 'user', content: 'a' } as const], maxOutputTokens: 10, temperature: 0 };
    await opened(prefix, async (session) => {
      const [result, scores] = await Promise.all([model.generate(request), session.score(ids('abcd'))]);
      expectClose(scores, expected(prefix, ids('abcd')));
      expect(result.candidates).toHaveLength(1);
    });
  });

  it('settles after its model was closed, and the model opens no more', async () => {
    const closing = await load(modelPath);
    const of = tokensOf(closing);
    const session = await of.open({ prefix, maxTokens: 4 });
    await session.score(ids('a'));
    await closing.close?.();
    await expect(session.score(ids('a'))).rejects.toMatchObject({ code: 'closed' });
    expect((await session.close()).usage.outputText).toBe(1);
    await expect(of.open({ prefix, maxTokens: 4 })).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('the tokenizer', () => {
  it('has one hash for one vocabulary, whatever the probabilities', async () => {
    const same = join(folder, 'same.gguf');
    const other = join(folder, 'other.gguf');
    writeKnownAnswerGguf(same, { ...bigram, probabilities: { a: { b: 1 } } });
    writeKnownAnswerGguf(other, { vocabulary: ['b', 'a', 'c', 'd'], probabilities: { a: { b: 1 } } });
    const models = [await load(same), await load(other)];
    const [first, second] = models.map((each) => tokensOf(each).tokenizer.hash);
    expect(tokens.tokenizer.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(first).toBe(tokens.tokenizer.hash);
    expect(second).not.toBe(first);
    for (const each of models) await each.close?.();
  });

  it('encodes, decodes, and knows its end and a prompt', () => {
    const { tokenizer } = tokens;
    expect(tokenizer.encode('abca')).toEqual(ids('abca'));
    expect(tokenizer.decode(ids('abca'))).toBe('abca');
    expect(tokenizer.endTokens).toEqual([idOf('</s>')]);
    expect(tokenizer.vocabularySize).toBe(words.length);
    expect(tokens.promptTokens({ messages: [{ role: 'user', content: 'ab' }] })).toEqual(prefix);
  });
});

it('is found through wrappers, and the capabilities say so', () => {
  expect(model.capabilitiesFor().tokenLevel).toBe(true);
  expect(asTokenModel(withRetry(model))).toBe(tokens);
});
