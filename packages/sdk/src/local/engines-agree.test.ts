import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { llamaCpp } from '../adapters/llama-cpp/llama-cpp.ts';
import { onnx } from '../adapters/onnx/onnx.ts';
import { asTokenModel } from '../leaf/as-token-model.ts';
import type { Model } from '../spec/model.ts';
import type { ScoredToken, TokenModel } from '../spec/token-model.ts';
import { realGguf, realOnnx } from './__fixtures__/real-weights.ts';

const gguf = realGguf('smollm2-135m.gguf');
const folder = realOnnx('smollm2-135m-instruct-onnx');
const missing = [gguf, folder].flatMap((weights) => ('missing' in weights ? [weights.missing] : []));

// Both engines round activations to 8 bits, each in its own way. 0.25 is how far next tokens after a text usually are apart
// at most; code is a little further.
const texts: readonly (readonly [text: string, tolerance: number])[] = [
  ['The capital of France is', 0.25],
  ['def add(a, b):\n    return', 0.4],
  ['SELECT name FROM users WHERE id =', 0.25],
  ['Once upon a time, there was a little', 0.25],
  ['Water boils at a temperature of 100 degrees', 0.25],
];

describe.runIf(missing.length === 0)('two engines with the same weights (SmolLM2-135M)', () => {
  const models: Model[] = [];
  let llama: TokenModel;
  let ort: TokenModel;

  beforeAll(async () => {
    const open = async (loading: Promise<Model>): Promise<TokenModel> => {
      const model = await loading;
      models.push(model);
      const tokens = asTokenModel(model);
      if (tokens === undefined) throw new Error('no token model');
      return tokens;
    };
    const path = (weights: typeof gguf): string => ('path' in weights ? weights.path : '');
    llama = await open(llamaCpp({ modelPath: path(gguf), threads: 1, parallelSamples: 1, contextTokens: 256 }));
    ort = await open(onnx({ modelPath: path(folder), threads: 1, parallelSamples: 1, contextTokens: 256 }));
  }, 120_000);

  afterAll(async () => {
    for (const model of models) await model.close?.();
  });

  it('have one tokenizer', () => {
    expect(ort.tokenizer.hash).toBe(llama.tokenizer.hash);
    expect(ort.tokenizer.vocabularySize).toBe(llama.tokenizer.vocabularySize);
    for (const text of [...texts.map(([each]) => each), ' naïve café — 😀\n\n\t12345 <|im_end|>']) {
      expect(ort.tokenizer.decode(ort.tokenizer.encode(text))).toBe(text);
    }
    for (const [text] of texts) expect(ort.tokenizer.encode(text)).toEqual([...llama.tokenizer.encode(text)]);
  });

  it('write one prompt', () => {
    const request = {
      messages: [
        { role: 'system', content: 'Be brief.' } as const,
        { role: 'user', content: 'What is 2 + 2?' } as const,
      ],
    };
    expect(ort.promptTokens(request)).toEqual([...llama.promptTokens(request)]);
  });

  it.each(texts)('agree on what follows %j', { timeout: 60_000 }, async (text, tolerance) => {
    const [first, second] = [await best(llama, text, 40), await best(ort, text, 5)];
    expect(second[0]?.token).toBe(first[0]?.token);
    const byToken = new Map(first.map(({ token, logprob }) => [token, logprob]));
    for (const { token, logprob } of second) {
      expect(Math.abs((byToken.get(token) ?? Number.NaN) - logprob)).toBeLessThan(tolerance);
    }
  });
});

async function best(model: TokenModel, text: string, k: number): Promise<readonly ScoredToken[]> {
  const tokens = model.tokenizer.encode(text);
  const session = await model.open({ prefix: tokens.slice(0, -1), maxTokens: 1 });
  try {
    return await session.topK(tokens.slice(-1), k);
  } finally {
    await session.close();
  }
}

describe.skipIf(missing.length === 0)('two engines with the same weights', () => {
  it.skip(`SKIPPED: ${missing.join('; ')}`, () => undefined);
});
