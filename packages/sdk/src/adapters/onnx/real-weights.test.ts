import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asTokenModel } from '../../leaf/as-token-model.ts';
import { realOnnx } from '../../local/__fixtures__/real-weights.ts';
import type { Model } from '../../spec/model.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import { textOf } from '../../strategy/whole-text.ts';
import { onnx } from './onnx.ts';

const real = realOnnx('smollm2-135m-instruct-onnx');

describe.runIf('path' in real)('real weights (SmolLM2-135M)', { timeout: 120_000 }, () => {
  let model: Model;

  beforeAll(async () => {
    model = await onnx({ modelPath: 'path' in real ? real.path : '', threads: 1, contextTokens: 512 });
  }, 120_000);

  afterAll(async () => {
    await model.close?.();
  });

  const france: GenerateRequest = {
    messages: [{ role: 'user', content: 'What is the capital of France?' }],
    maxOutputTokens: 24,
    temperature: 0,
  };

  it('answers through the chat template, and goes on in the same conversation', async () => {
    const first = await model.generate(france);
    const answer = first.candidates.map(textOf)[0] ?? '';
    expect(answer).toBe('The capital of France is Paris.');
    expect(first.candidates[0]?.finish.by).toBe('eos');
    const second = await model.generate({
      ...france,
      messages: [
        ...france.messages,
        { role: 'assistant', content: answer },
        { role: 'user', content: 'And the capital of Italy?' },
      ],
    });
    expect(second.candidates.map(textOf)[0]).toContain('Rome');
    const { cacheRead = 0, inputUncached = 0 } = second.charges[0]?.usage ?? {};
    expect(cacheRead).toBeGreaterThan(inputUncached);
  });

  it('gives samples of a batch the log-probabilities that an exact score of their text has', async () => {
    const { candidates } = await model.generate({
      messages: [{ role: 'user', content: 'Name a colour.' }],
      samples: 3,
      seed: 5,
      maxOutputTokens: 8,
      logprobs: { top: 0 },
    });
    const tokens = asTokenModel(model);
    for (const candidate of candidates) {
      const text = textOf(candidate);
      const session = await tokens?.open({
        prefix: tokens.promptTokens({ messages: [{ role: 'user', content: 'Name a colour.' }] }),
        maxTokens: 32,
      });
      const scores = (await session?.score(tokens?.tokenizer.encode(text) ?? [])) ?? [];
      await session?.close();
      // The weights round activations to 8 bits, which a batch does in another order.
      for (const [i, { logprob }] of (candidate.logprobs ?? []).entries()) {
        expect(Math.abs((scores[i] ?? Number.NaN) - logprob)).toBeLessThan(0.5);
      }
    }
  });

  it('streams whole characters that make up the answer', async () => {
    const stream = model.stream({ ...france, messages: [{ role: 'user', content: 'Repeat: naïve café 😀' }] });
    let text = '';
    for await (const part of stream) if (part.type === 'text-delta') text += part.text;
    expect(text).not.toContain('\uFFFD');
    expect(text).toBe((await stream.result).candidates.map(textOf)[0]);
  });

  it('gives back its memory when it is closed: the next one takes no more', async () => {
    const cycle = async (): Promise<number> => {
      const own = await onnx({ modelPath: 'path' in real ? real.path : '', threads: 1, contextTokens: 512 });
      await own.generate({ ...france, samples: 4, maxOutputTokens: 2 });
      const loaded = process.memoryUsage.rss();
      await own.close?.();
      return loaded;
    };
    const first = await cycle();
    const later = [await cycle(), await cycle(), await cycle()];
    // One model takes more than 200 MB, so three that stay would be far above.
    expect(Math.max(...later) - first).toBeLessThan(200e6);
  });
});

describe.skipIf('path' in real)('real weights', () => {
  it.skip(`SKIPPED: ${'missing' in real ? real.missing : ''}`, () => undefined);
});
