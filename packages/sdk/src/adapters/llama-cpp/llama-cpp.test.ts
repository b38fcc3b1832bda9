import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AbortedError } from '../../errors/aborted-error.ts';
import { rootContext } from '../../leaf/call-context.ts';
import { physicalCores } from '../../local/physical-cores.ts';
import type { Model } from '../../spec/model.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import type { Candidate } from '../../spec/result.ts';
import type { StreamPart } from '../../spec/stream.ts';
import { textOf } from '../../strategy/whole-text.ts';
import {
  type BigramModel,
  bigramLogProbabilities,
  bigramTokens,
  EOS,
} from '../../testing/known-answer/bigram-model.ts';
import { writeKnownAnswerGguf } from '../../testing/known-answer/write-known-answer-gguf.ts';
import { llamaCpp } from './llama-cpp.ts';

// A model whose every distribution is known: after "a" comes "b" with 0.6, and so on. The emoji is four tokens.
const bigram: BigramModel = {
  vocabulary: ['a', 'b', 'c', ' the', '\n', 'Answer: ', '<0xF0>', '<0x9F>', '<0x98>', '<0x80>', 'x', 'y'],
  probabilities: {
    '<s>': { a: 1 },
    a: { a: 0.1, b: 0.6, c: 0.2, '\n': 0.05, '<0xF0>': 0.05 },
    b: { a: 0.3, c: 0.3, ' the': 0.2, 'Answer: ': 0.1, [EOS]: 0.1 },
    c: { a: 0.7, b: 0.3 },
    ' the': { a: 0.9, '<0xF0>': 0.1 },
    '\n': { c: 1 },
    'Answer: ': { a: 0.2, [EOS]: 0.8 },
    '<0xF0>': { '<0x9F>': 1 },
    '<0x9F>': { '<0x98>': 1 },
    '<0x98>': { '<0x80>': 1 },
    '<0x80>': { a: 1 },
    x: { y: 1 },
    y: { '<0xF0>': 1 },
  },
};
const table = bigramLogProbabilities(bigram);
const words = bigramTokens(bigram.vocabulary);
const logprobAfter = (before: string, after: string): number =>
  table[words.indexOf(before)]?.[words.indexOf(after)] ?? Number.NaN;

const folder = mkdtempSync(join(tmpdir(), 'tollgate-llama-'));
const modelPath = join(folder, 'bigram.gguf');
let model: Model;

beforeAll(async () => {
  writeKnownAnswerGguf(modelPath, bigram);
  model = await llamaCpp({ modelPath, threads: 1, parallelSamples: 6, contextTokens: 256 });
});

afterAll(async () => {
  await model.close?.();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (prompt: string, options: Partial<GenerateRequest> = {}): GenerateRequest => ({
  messages: [{ role: 'user', content: prompt }],
  ...options,
});

describe('an engine whose distributions are known', () => {
  it('reports the model’s own log-probability of every chosen token, whatever the temperature and filters', async () => {
    const { candidates } = await model.generate(
      ask('a', {
        samples: 6,
        maxOutputTokens: 40,
        temperature: 0.7,
        topP: 0.9,
        topK: 3,
        seed: 11,
        logprobs: { top: 0 },
      }),
    );
    let checked = 0;
    for (const candidate of candidates) {
      let before = 'a';
      for (const { text, logprob } of candidate.logprobs ?? []) {
        if (!words.includes(text)) break; // bytes of the emoji have no text of their own
        expect(logprob).toBeCloseTo(logprobAfter(before, text), 4);
        before = text;
        checked += 1;
      }
    }
    expect(checked).toBeGreaterThan(20);
  });

  it('gives the best alternatives of a position, best first', async () => {
    const { candidates } = await model.generate(ask('a', { maxOutputTokens: 1, temperature: 0, logprobs: { top: 3 } }));
    const top = candidates[0]?.logprobs?.[0]?.top ?? [];
    expect(top.map(({ text }) => text)).toEqual(['b', 'c', 'a']);
    expect(top.map(({ logprob }) => logprob)).toEqual([0.6, 0.2, 0.1].map((p) => expect.closeTo(Math.log(p), 4)));
  });

  it.each([
    ['with', { top: 0 }],
    ['without', undefined],
  ])('draws tokens at their probabilities %s log-probabilities', async (_, logprobs) => {
    const counts = new Map<string, number>();
    const draws = 100;
    for (let i = 0; i < draws; i += 1) {
      const { candidates } = await model.generate(
        ask('a', {
          samples: 6,
          maxOutputTokens: 1,
          temperature: 1,
          topP: 1,
          topK: 40,
          seed: i,
          ...(logprobs !== undefined && { logprobs }),
        }),
      );
      for (const candidate of candidates) counts.set(textOf(candidate), (counts.get(textOf(candidate)) ?? 0) + 1);
    }
    // Six standard deviations of 600 draws: a wrong temperature or filter is far outside, chance never is.
    expect((counts.get('b') ?? 0) / (draws * 6)).toBeCloseTo(0.6, 0);
    expect(Math.abs((counts.get('b') ?? 0) / (draws * 6) - 0.6)).toBeLessThan(0.12);
    expect(Math.abs((counts.get('c') ?? 0) / (draws * 6) - 0.2)).toBeLessThan(0.1);
  });

  it('takes the best token at temperature 0', async () => {
    const { candidates } = await model.generate(ask('a', { maxOutputTokens: 2, temperature: 0 }));
    expect(textOf(candidates[0] as Candidate)).toMatch(/^b[ac]$/);
  });

  it('ends before a stop string that spans tokens, and names it', async () => {
    const { candidates } = await model.generate(ask('x', { maxOutputTokens: 8, temperature: 0, stop: ['zz', '😀a'] }));
    expect(textOf(candidates[0] as Candidate)).toBe('y');
    expect(candidates[0]?.finish).toEqual({ unified: 'stop', by: 'stop', stopString: '😀a' });
  });

  it('never shows half a character', async () => {
    const parts: StreamPart[] = [];
    for await (const part of model.stream(ask('x', { maxOutputTokens: 6, temperature: 0 }))) parts.push(part);
    const deltas = parts.filter((part) => part.type === 'text-delta').map((part) => part.text);
    expect(deltas).toEqual(['y', '😀', 'a']);
    expect(parts.map((part) => part.type)).toEqual([
      'start',
      'commit',
      'text-delta',
      'text-delta',
      'text-delta',
      'candidate-finish',
      'finish',
    ]);
  });

  it('counts prompt and answer, and shares of the engine’s time never exceed the whole', async () => {
    const { candidates, charges } = await model.generate(ask('abca', { samples: 4, maxOutputTokens: 12, seed: 3 }));
    const { usage, candidateIds } = charges[0] ?? { usage: {}, candidateIds: [] };
    expect(charges).toHaveLength(1);
    expect(candidateIds).toEqual(candidates.map((candidate) => candidate.id));
    // The beginning of a sequence, and four letters; what earlier calls left of them in memory is not evaluated again.
    expect((usage.inputUncached ?? 0) + (usage.cacheRead ?? 0)).toBe(5);
    expect(usage.inputUncached).toBeGreaterThan(0);
    expect(usage.outputText).toBe(candidates.reduce((sum, candidate) => sum + (candidate.outputTokens ?? 0), 0));
    const shares = candidates.reduce((sum, candidate) => sum + (candidate.engineSeconds ?? 0), 0);
    expect(shares).toBeGreaterThan(0);
    expect(shares).toBeLessThanOrEqual((usage.engineSeconds ?? 0) + 1e-9);
  });

  it('gives the same samples for the same seed, alone or in a batch, and others for another seed', async () => {
    const texts = async (options: Partial<GenerateRequest>): Promise<string[]> => {
      const { candidates } = await model.generate(ask('a', { maxOutputTokens: 20, logprobs: { top: 0 }, ...options }));
      return candidates.map(textOf);
    };
    const batch = await texts({ samples: 6, seed: 5 });
    expect(await texts({ samples: 6, seed: 5 })).toEqual(batch);
    expect(await texts({ samples: 2, seed: 5 })).toEqual(batch.slice(0, 2));
    expect(await texts({ samples: 6, seed: 6 })).not.toEqual(batch);
    expect(new Set(batch).size).toBeGreaterThan(1);
  });

  it('splits more samples than fit into several attempts, all different', async () => {
    const { candidates, charges } = await model.generate(ask('a', { samples: 14, maxOutputTokens: 30, seed: 1 }));
    expect(candidates).toHaveLength(14);
    expect(charges.map((charge) => charge.candidateIds.length)).toEqual([6, 6, 2]);
    expect(new Set(candidates.map((candidate) => candidate.id)).size).toBe(14);
  });

  it('goes on from a last message of the assistant, token by token', async () => {
    const { candidates } = await model.generate({
      messages: [
        { role: 'user', content: 'a' },
        { role: 'assistant', content: 'x' },
      ],
      maxOutputTokens: 1,
      temperature: 0,
    });
    expect(textOf(candidates[0] as Candidate)).toBe('y');
  });

  it('stops within one token of an abort, keeps what there is and charges it', async () => {
    const controller = new AbortController();
    const stream = model.stream(
      ask('a', { maxOutputTokens: 200, temperature: 1, seed: 8, stop: [], signal: controller.signal }),
    );
    let deltas = 0;
    const failed = await (async () => {
      for await (const part of stream) if (part.type === 'text-delta' && (deltas += 1) === 2) controller.abort();
    })().catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(AbortedError);
    const partial = (failed as AbortedError).partial;
    expect(partial?.candidates[0]?.finish.by).toBe('aborted');
    expect(partial?.candidates[0]?.outputTokens).toBeLessThanOrEqual(8);
    expect(partial?.charges[0]?.usage.outputText).toBe(partial?.candidates[0]?.outputTokens);
  });

  it('lets calls at the same time wait for one another', async () => {
    const alone = await model.generate(ask('a', { maxOutputTokens: 15, seed: 21 }));
    const together = await Promise.all(
      [1, 2, 3].map(() => model.generate(ask('a', { maxOutputTokens: 15, seed: 21 }))),
    );
    for (const { candidates } of together)
      expect(textOf(candidates[0] as Candidate)).toBe(textOf(alone.candidates[0] as Candidate));
  });

  it('refuses a prompt that does not fit before anything is charged', async () => {
    await expect(model.generate(ask('a'.repeat(400)))).rejects.toThrow(
      /has 401 tokens; "bigram" was opened with room for 256/,
    );
  });

  it('says what it cannot do instead of doing something else', async () => {
    const { warnings } = await model.generate(ask('a', { maxOutputTokens: 1, effort: 'high', serviceTier: 'flex' }));
    expect(warnings.map((warning) => warning.option)).toEqual(['effort', 'serviceTier']);
  });
});

describe('files and options that cannot be meant', () => {
  it('names a file that is not there', async () => {
    await expect(llamaCpp({ modelPath: join(folder, 'none.gguf') })).rejects.toMatchObject({
      code: 'missing-weights',
      message: expect.stringContaining('none.gguf'),
    });
  });

  it('refuses a file that is no GGUF, and one that was cut off', async () => {
    const text = join(folder, 'text.gguf');
    writeFileSync(text, 'not a model');
    await expect(llamaCpp({ modelPath: text })).rejects.toMatchObject({ code: 'invalid-file' });
    const cut = join(folder, 'cut.gguf');
    writeFileSync(cut, readFileSync(modelPath).subarray(0, 30_000));
    await expect(llamaCpp({ modelPath: cut, threads: 1 })).rejects.toMatchObject({ code: 'invalid-file' });
  });

  it('refuses more threads than physical cores', async () => {
    const threads = physicalCores() + 1;
    await expect(llamaCpp({ modelPath, threads })).rejects.toThrow(
      `threads must be a whole number in [1, ${threads - 1}]`,
    );
  });

  it('refuses calls after close', async () => {
    const closing = await llamaCpp({ modelPath, threads: 1, parallelSamples: 1, contextTokens: 128 });
    await closing.close?.();
    await expect(closing.generate(ask('a'))).rejects.toMatchObject({ code: 'closed' });
  });
});

const weights = join(process.env['TOLLGATE_MODELS'] ?? join(folder, 'none'), 'smollm2-135m.gguf');

describe.runIf(existsSync(weights))('real weights (SmolLM2-135M)', () => {
  it('answers through its own chat template, batched, with log-probabilities', { timeout: 180_000 }, async () => {
    const real = await llamaCpp({ modelPath: weights, threads: 1, parallelSamples: 2, contextTokens: 256 });
    const { candidates, charges } = await real.generate({
      messages: [{ role: 'user', content: 'Say hello.' }],
      samples: 2,
      maxOutputTokens: 6,
      seed: 1,
      logprobs: { top: 0 },
      context: rootContext({ seed: 1 }),
    });
    expect(candidates.map(textOf).join(' ')).toMatch(/[a-z]{3}/i);
    for (const { logprob } of candidates[0]?.logprobs ?? []) expect(logprob).toBeLessThanOrEqual(0);
    expect(charges[0]?.usage.inputUncached).toBeGreaterThan(10);
    await real.close?.();
  });
});

describe.skipIf(existsSync(weights))('real weights', () => {
  it.skip('SKIPPED: there is no smollm2-135m.gguf in the folder TOLLGATE_MODELS', () => undefined);
});
