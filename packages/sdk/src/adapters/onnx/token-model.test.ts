import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AbortedError } from '../../errors/aborted-error.ts';
import { RecordingGuard } from '../../leaf/__fixtures__/recording-guard.ts';
import { asTokenModel } from '../../leaf/as-token-model.ts';
import { rootContext } from '../../leaf/call-context.ts';
import { bigramTokens, EOS_ID } from '../../testing/known-answer/bigram-model.ts';
import type { Model } from '../../spec/model.ts';
import type { TokenModel, TokenSession } from '../../spec/token-model.ts';
import {
  type KnownAnswerModel,
  knownLogProbabilities,
  writeKnownAnswerOnnx,
} from '../../testing/known-answer/write-known-answer-onnx.ts';
import { onnx } from './onnx.ts';

const known: KnownAnswerModel = {
  vocabulary: ['a', 'b', 'c', 'd'],
  probabilities: {
    '<s>': { a: 0.9, b: 0.1 },
    a: { a: 0.1, b: 0.5, c: 0.25, d: 0.1, '</s>': 0.05 },
    b: { a: 0.3, b: 0.2, c: 0.4, d: 0.1 },
    c: { a: 0.7, b: 0.1, c: 0.1, d: 0.1 },
    d: { a: 0.25, b: 0.25, c: 0.3, d: 0.2 },
  },
  skip: (before, after) => ((before * 5 + after * 11) % 7) / 4,
};
const words = bigramTokens(known.vocabulary);
const ids = (text: string): number[] => text.split('').map((word) => words.indexOf(word));
/** What the table says of a text after these tokens. */
const expected = (before: readonly number[], text: readonly number[]): number[] => {
  const all = [...before, ...text];
  return text.map((token, i) => {
    const at = before.length + i;
    return knownLogProbabilities(known, all[at - 2] ?? 0, all[at - 1] ?? 0)[token] ?? Number.NaN;
  });
};

const root = mkdtempSync(join(tmpdir(), 'tollgate-onnx-tokens-'));
const modelPath = join(root, 'known');
let model: Model;
let tokens: TokenModel;

const load = (path = modelPath): Promise<Model> =>
  onnx({ modelPath: path, threads: 1, parallelSamples: 2, contextTokens: 128 });

function tokensOf(of: Model): TokenModel {
  const found = asTokenModel(of);
  if (found === undefined) throw new Error('no token model');
  return found;
}

/** Opens a session, and closes it whatever happens. */
async function opened<T>(
  prefix: readonly number[],
  use: (session: TokenSession) => Promise<T>,
  maxTokens = 1000,
): Promise<T> {
  const session = await tokens.open({ prefix, maxTokens });
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
  writeKnownAnswerOnnx(modelPath, known);
  model = await load();
  tokens = tokensOf(model);
});

afterAll(async () => {
  await model.close?.();
  rmSync(root, { recursive: true, force: true });
});

describe('distributions that are known', () => {
  it('scores any text as the table does, in one block or in two, again after it forgot', async () => {
    await opened(prefix, async (session) => {
      await fc.assert(
        fc.asyncProperty(text, fc.nat(24), async (block, cut) => {
          await session.truncate(prefix.length);
          const scores = [...(await session.score(block.slice(0, cut))), ...(await session.score(block.slice(cut)))];
          expectClose(scores, expected(prefix, block));
          expect(session.length).toBe(prefix.length + block.length);
        }),
        { numRuns: 40, seed: 4 },
      );
    });
  });

  it('writes a whole distribution after each token', async () => {
    const block = ids('cabd');
    const width = tokens.tokenizer.vocabularySize;
    const out = new Float32Array(block.length * width);
    await opened(prefix, (session) => session.evaluate(block, out));
    const all = [...prefix, ...block];
    for (const i of block.keys()) {
      const row = [...out.subarray(i * width, (i + 1) * width)].map(Math.exp);
      const at = prefix.length + i;
      expectClose(row, knownLogProbabilities(known, all[at - 1] ?? 0, all[at] ?? 0).map(Math.exp));
    }
  });

  it('gives the best tokens, best first, also of what was evaluated before', async () => {
    await opened(prefix, async (session) => {
      const best = await session.topK(ids('ba'), 3);
      const row = knownLogProbabilities(known, words.indexOf('b'), words.indexOf('a'));
      const sorted = row.map((logprob, token) => ({ token, logprob })).sort((a, b) => b.logprob - a.logprob);
      expect(best.map(({ token }) => token)).toEqual(sorted.slice(0, 3).map(({ token }) => token));
      expectClose(
        best.map(({ logprob }) => logprob),
        sorted.slice(0, 3).map(({ logprob }) => logprob),
      );
      expect(await session.topK([], 1)).toEqual(best.slice(0, 1));
    });
  });

  it('evaluates a prefix and a block longer than one run of the graph', async () => {
    const long = [1, ...ids('abcd'.repeat(60))];
    const block = ids('dcba'.repeat(60));
    await opened(long, async (session) => expectClose(await session.score(block), expected(long, block)));
  });
});

describe('forks', () => {
  it('are independent of their parent, pay for what they evaluate, and outlive it', async () => {
    const guard = new RecordingGuard();
    const trunk = await tokens.open({ prefix, maxTokens: 9, context: rootContext({ guards: [guard] }) });
    await trunk.score(ids('ab'));
    const fork = await trunk.fork();
    const [ofTrunk, ofFork] = await Promise.all([trunk.score(ids('ad')), fork.score(ids('cb'))]);
    expectClose(ofTrunk, expected([...prefix, ...ids('ab')], ids('ad')));
    expectClose(ofFork, expected([...prefix, ...ids('ab')], ids('cb')));
    const charge = await trunk.close();
    expectClose(await fork.score(ids('d')), expected([...prefix, ...ids('abcb')], ids('d')));
    const charges = [charge, await fork.close()];
    expect(charges.map(({ usage }) => [usage.inputUncached, usage.outputText])).toEqual([
      [3, 4],
      [0, 3],
    ]);
    expect(guard.open.size).toBe(0);
  });
});

describe('limits and ends', () => {
  it('refuses more tokens than the model was made for, and holds nothing for them', async () => {
    const guard = new RecordingGuard();
    const context = rootContext({ guards: [guard] });
    await expect(tokens.open({ prefix, maxTokens: 4094, context })).rejects.toThrow(
      'The prefix and maxTokens are 4097 tokens together; "known" was trained on 4096',
    );
    expect(guard.log).toEqual(['admit', 'release nothing was evaluated']);
  });

  it('refuses what is not a token, and more than maxTokens', async () => {
    await expect(tokens.open({ prefix: [9999], maxTokens: 1 })).rejects.toThrow(
      /prefix must hold tokens in \[0, \d+\]/,
    );
    await opened(
      prefix,
      async (session) => {
        await session.score(ids('abc'));
        await expect(session.score(ids('ab'))).rejects.toThrow('may evaluate 4 tokens after its prefix');
      },
      4,
    );
  });

  it('does nothing more once its signal has fired, and still settles', async () => {
    const controller = new AbortController();
    const session = await tokens.open({ prefix, maxTokens: 9, signal: controller.signal });
    await session.score(ids('ab'));
    controller.abort();
    await expect(session.score(ids('a'))).rejects.toThrow(AbortedError);
    expect((await session.close()).usage).toMatchObject({ inputUncached: 3, outputText: 2 });
  });

  it('takes turns with the model’s own calls', async () => {
    const request = { messages: [{ role: 'user', content: 'a' } as const], maxOutputTokens: 10, temperature: 0 };
    await opened(prefix, async (session) => {
      const [, scores] = await Promise.all([model.generate(request), session.score(ids('abcd'))]);
      expectClose(scores, expected(prefix, ids('abcd')));
    });
  });

  it('settles after its model was closed, and the model opens no more', async () => {
    const closing = await load();
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
  it('encodes, decodes, and knows its end and a prompt', () => {
    const { tokenizer } = tokens;
    expect(tokenizer.encode('abca')).toEqual(ids('abca'));
    expect(tokenizer.decode(ids('abca'))).toBe('abca');
    expect(tokenizer.endTokens).toEqual([EOS_ID]);
    expect(tokenizer.vocabularySize).toBe(words.length);
    expect(tokens.promptTokens({ messages: [{ role: 'user', content: 'ab' }] })).toEqual(prefix);
  });

  it('has one hash for one vocabulary, whatever the probabilities', async () => {
    const hashOf = async (name: string, changes: Partial<KnownAnswerModel>): Promise<string> => {
      writeKnownAnswerOnnx(join(root, name), { ...known, ...changes });
      const other = await load(join(root, name));
      const { hash } = tokensOf(other).tokenizer;
      await other.close?.();
      return hash;
    };
    expect(await hashOf('same', { probabilities: { a: { b: 1 } } })).toBe(tokens.tokenizer.hash);
    const reordered = { vocabulary: ['b', 'a', 'c', 'd'] };
    expect(await hashOf('other', reordered)).not.toBe(tokens.tokenizer.hash);
  });
});
