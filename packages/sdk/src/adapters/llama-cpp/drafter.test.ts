import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GenerateRequest } from '../../spec/request.ts';
import type { GenerateResult } from '../../spec/result.ts';
import { textOf } from '../../strategy/whole-text.ts';
import { type BigramModel } from '../../testing/known-answer/bigram-model.ts';
import { writeKnownAnswerGguf } from '../../testing/known-answer/write-known-answer-gguf.ts';
import { type LlamaCppModel, llamaCpp } from './llama-cpp.ts';
import type { LlamaCppOptions } from './options.ts';

type Draft = NonNullable<LlamaCppOptions['draft']>;

const bigram: BigramModel = {
  vocabulary: ['a', 'b', 'c', 'd'],
  probabilities: {
    '<s>': { a: 1 },
    a: { b: 0.9, c: 0.1 },
    b: { c: 0.8, d: 0.2 },
    c: { d: 0.7, a: 0.3 },
    d: { a: 0.9, b: 0.1 },
  },
};
// Sure of itself, and wrong after "c": half of what it drafts is refuted.
const wrong: BigramModel = { ...bigram, probabilities: { ...bigram.probabilities, c: { a: 1 } } };

const folder = mkdtempSync(join(tmpdir(), 'tollgate-draft-'));
const pathOf = (name: string): string => join(folder, `${name}.gguf`);

beforeAll(() => {
  writeKnownAnswerGguf(pathOf('model'), bigram);
  writeKnownAnswerGguf(pathOf('wrong'), wrong);
  writeKnownAnswerGguf(pathOf('stranger'), { vocabulary: ['b', 'a', 'c', 'd'], probabilities: bigram.probabilities });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const load = (draft?: Draft): Promise<LlamaCppModel> =>
  llamaCpp({
    modelPath: pathOf('model'),
    threads: 1,
    parallelSamples: 2,
    contextTokens: 512,
    ...(draft !== undefined && { draft }),
  });

const ask = (prompt: string, options: Partial<GenerateRequest> = {}): GenerateRequest => ({
  messages: [{ role: 'user', content: prompt }],
  temperature: 0,
  maxOutputTokens: 32,
  ...options,
});

/** What the trace says of the drafts of a call. */
function draftsOf({ trace }: GenerateResult): { readonly validated: unknown; readonly refuted: unknown } | undefined {
  const node = [trace, ...trace.children].find(({ values }) => values?.['drafts validated'] !== undefined);
  return node && { validated: node.values?.['drafts validated'], refuted: node.values?.['drafts refuted'] };
}

const drafts: readonly [string, Draft][] = [
  ['the model itself', { modelPath: pathOf('model') }],
  ['a model that is often wrong', { modelPath: pathOf('wrong'), maxTokens: 3 }],
  ['its prompt', 'prompt-lookup'],
];

describe.each(drafts)('an answer drafted by %s', (name, draft) => {
  it('is the answer without drafts, and pays for no more tokens', { timeout: 60_000 }, async () => {
    const plain = await load();
    const drafted = await load(draft);
    for (const prompt of ['abcd'.repeat(20), 'dab', 'abcd'.repeat(21)]) {
      const expected = await plain.generate(ask(prompt));
      const result = await drafted.generate(ask(prompt));
      expect(result.candidates.map(textOf)).toEqual(expected.candidates.map(textOf));
      expect(result.charges[0]?.usage.outputText).toBe(32);
      expect(result.candidates[0]?.outputTokens).toBe(32);
      const { inputUncached = 0, cacheRead = 0 } = result.charges[0]?.usage ?? {};
      expect(inputUncached + cacheRead).toBe(1 + prompt.length);
      if (prompt.length > 50) expect(draftsOf(result)?.validated).toBeGreaterThan(3);
      if (name.includes('wrong')) expect(draftsOf(result)?.refuted).toBeGreaterThan(0);
    }
    await plain.close?.();
    await drafted.close?.();
  });

  it('ends at a stop string, and leaves memory that the next call can use', { timeout: 60_000 }, async () => {
    const drafted = await load(draft);
    const stopped = await drafted.generate(ask('abcd'.repeat(10), { stop: ['cd'], sessionKey: 'x' }));
    expect(stopped.candidates.map(textOf)).toEqual(['ab']);
    expect(stopped.charges[0]?.usage.outputText).toBe(4);
    const next = await drafted.generate(ask(`${'abcd'.repeat(10)}abcda`, { maxOutputTokens: 3, sessionKey: 'x' }));
    expect(next.candidates.map(textOf)).toEqual(['bcd']);
    expect(next.charges[0]?.usage.cacheRead).toBeGreaterThanOrEqual(40);
    await drafted.close?.();
  });
});

describe('what is not drafted', () => {
  it('is several samples, chance and log-probabilities', { timeout: 60_000 }, async () => {
    const drafted = await load('prompt-lookup');
    const plain = await load();
    const prompt = 'abcd'.repeat(20);
    for (const options of [{ samples: 2 }, { temperature: 0.7, seed: 3 }, { logprobs: { top: 1 } }]) {
      const result = await drafted.generate(ask(prompt, options));
      expect(draftsOf(result)).toBeUndefined();
      expect(result.candidates.map(textOf)).toEqual(
        (await plain.generate(ask(prompt, options))).candidates.map(textOf),
      );
    }
    await drafted.close?.();
    await plain.close?.();
  });

  it('is a second answer while the draft model works for the first', async () => {
    const drafted = await load({ modelPath: pathOf('model') });
    const results = await Promise.all([drafted.generate(ask('ab')), drafted.generate(ask('bc'))]);
    expect(results.map((result) => draftsOf(result) !== undefined)).toEqual([true, false]);
    expect(results.map(({ candidates }) => candidates.map(textOf)[0]?.slice(0, 4))).toEqual(['cdab', 'dabc']);
    await drafted.close?.();
  });
});

describe('a draft that cannot be meant', () => {
  it.each<[string, Draft, object]>([
    [
      'another tokenizer',
      { modelPath: pathOf('stranger') },
      { option: 'draft.modelPath', message: expect.stringContaining('has another tokenizer') },
    ],
    [
      'no file',
      { modelPath: pathOf('none') },
      { code: 'missing-weights', message: expect.stringContaining('Check draft.modelPath') },
    ],
    [
      'no tokens',
      { modelPath: pathOf('model'), maxTokens: 0 },
      { message: 'draft.maxTokens must be a whole number in [1, 64], received 0.' },
    ],
  ])('is refused: %s', async (_, draft, error) => {
    await expect(load(draft)).rejects.toMatchObject(error);
  });
});

const weightsFolder = process.env['TOLLGATE_MODELS'] ?? join(folder, 'none');
const target = join(weightsFolder, 'qwen2.5-coder-1.5b.gguf');
const small = join(weightsFolder, 'qwen2.5-coder-0.5b.gguf');

describe.runIf(existsSync(target) && existsSync(small))('real weights (Qwen2.5-Coder 0.5B for 1.5B)', () => {
  it('answer as they do without drafts', { timeout: 600_000 }, async () => {
    const answers: string[] = [];
    for (const draft of [undefined, { modelPath: small }] as const) {
      const model = await llamaCpp({
        modelPath: target,
        threads: 1,
        parallelSamples: 1,
        contextTokens: 256,
        ...(draft !== undefined && { draft }),
      });
      const result = await model.generate(
        ask('Write a Python function that adds two numbers.', { maxOutputTokens: 24 }),
      );
      answers.push(...result.candidates.map(textOf));
      if (draft !== undefined) expect(draftsOf(result)?.validated).toBeGreaterThan(0);
      await model.close?.();
    }
    expect(answers[0]).toContain('def ');
    expect(answers[1]).toBe(answers[0]);
  });
});

describe.skipIf(existsSync(target) && existsSync(small))('real weights', () => {
  it.skip('SKIPPED: there are no qwen2.5-coder weights in the folder TOLLGATE_MODELS', () => undefined);
});
