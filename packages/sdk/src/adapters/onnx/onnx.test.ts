import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from '@huggingface/jinja';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AbortedError } from '../../errors/aborted-error.ts';
import { asTokenModel } from '../../leaf/as-token-model.ts';
import { bigramTokens, EOS } from '../../testing/known-answer/bigram-model.ts';
import { physicalCores } from '../../local/physical-cores.ts';
import type { Model } from '../../spec/model.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import type { Candidate } from '../../spec/result.ts';
import type { StreamPart } from '../../spec/stream.ts';
import { textOf } from '../../strategy/whole-text.ts';
import {
  type KnownAnswerModel,
  knownLogProbabilities,
  writeKnownAnswerOnnx,
} from '../../testing/known-answer/write-known-answer-onnx.ts';
import { onnx } from './onnx.ts';
import { promptTemplate } from './render-prompt.ts';
import type { OnnxOptions } from './options.ts';

// What follows depends on the token and, a little, on the one before it. The emoji is four tokens.
const known: KnownAnswerModel = {
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
  skip: (before, after) => ((before * 7 + after * 3) % 5) / 10,
};
const words = bigramTokens(known.vocabulary);
const idOf = (word: string): number => words.indexOf(word);
const known2 = (before: string, last: string): readonly number[] =>
  knownLogProbabilities(known, idOf(before), idOf(last));

const root = mkdtempSync(join(tmpdir(), 'tollgate-onnx-'));
const modelPath = join(root, 'known');
let model: Model;

beforeAll(async () => {
  writeKnownAnswerOnnx(modelPath, known);
  model = await load();
});

afterAll(async () => {
  await model.close?.();
  rmSync(root, { recursive: true, force: true });
});

function load(options: Partial<OnnxOptions> = {}): ReturnType<typeof onnx> {
  return onnx({ modelPath, threads: 1, parallelSamples: 6, contextTokens: 256, ...options });
}

/** A folder like the known one, changed. */
function folderWith(name: string, changes: Partial<KnownAnswerModel>): string {
  const folder = join(root, name);
  writeKnownAnswerOnnx(folder, { ...known, ...changes });
  return folder;
}

const ask = (prompt: string, options: Partial<GenerateRequest> = {}): GenerateRequest => ({
  messages: [{ role: 'user', content: prompt }],
  ...options,
});

/** Checks every log-probability of an answer against the table. Gives how many those were. */
function checkLogprobs({ logprobs = [] }: Candidate, prompt: readonly [before: string, last: string]): number {
  let [before, last] = prompt;
  for (const [i, { text, logprob }] of logprobs.entries()) {
    if (!words.includes(text)) return i; // bytes of the emoji have no text of their own
    expect(logprob).toBeCloseTo(known2(before, last)[idOf(text)] ?? Number.NaN, 4);
    [before, last] = [last, text];
  }
  return logprobs.length;
}

describe('an engine whose distributions are known', () => {
  it.each([1, 2, 6])('keeps the past of each of %d samples, also when others end', async (samples) => {
    const { candidates } = await model.generate(
      ask('cab', {
        samples,
        maxOutputTokens: 40,
        temperature: 0.9,
        topP: 1,
        topK: 9,
        seed: 11,
        logprobs: { top: 0 },
      }),
    );
    const lengths = candidates.map((candidate) => candidate.outputTokens);
    if (samples === 6) expect(new Set(lengths).size).toBeGreaterThan(2);
    let checked = 0;
    for (const candidate of candidates) checked += checkLogprobs(candidate, ['a', 'b']);
    expect(checked).toBeGreaterThan(2 * samples);
  });

  it.each([
    ['16-bit keys and values', { halfPrecision: true }],
    ['a graph that can keep back logits', { keepsLogits: true }],
  ])('has the same distributions with %s', async (name, changes) => {
    const other = await load({ modelPath: folderWith(name, changes) });
    const request = ask('cab', { samples: 3, maxOutputTokens: 30, seed: 4, logprobs: { top: 2 } });
    const [wanted, actual] = [await model.generate(request), await other.generate(request)];
    expect(actual.candidates.map(textOf)).toEqual(wanted.candidates.map(textOf));
    for (const candidate of actual.candidates) checkLogprobs(candidate, ['a', 'b']);
    await other.close?.();
  });

  it('gives the best alternatives of a position, best first', async () => {
    const { candidates } = await model.generate(ask('a', { maxOutputTokens: 1, temperature: 0, logprobs: { top: 3 } }));
    const top = candidates[0]?.logprobs?.[0]?.top ?? [];
    expect(top.map(({ text }) => text)).toEqual(['b', 'c', 'a']);
    const row = known2('<s>', 'a');
    expect(top.map(({ logprob }) => logprob)).toEqual(
      ['b', 'c', 'a'].map((word) => expect.closeTo(row[idOf(word)] ?? 0, 4)),
    );
  });

  it.each([
    ['with', { top: 0 }],
    ['without', undefined],
  ])('draws tokens at their probabilities %s log-probabilities', async (_, logprobs) => {
    const counts = new Map<string, number>();
    const draws = 200;
    for (let seed = 0; seed < draws; seed += 1) {
      const { candidates } = await model.generate(
        ask('a', {
          samples: 6,
          maxOutputTokens: 1,
          temperature: 1,
          topP: 1,
          topK: 40,
          seed,
          ...(logprobs !== undefined && { logprobs }),
        }),
      );
      for (const candidate of candidates) counts.set(textOf(candidate), (counts.get(textOf(candidate)) ?? 0) + 1);
    }
    const row = known2('<s>', 'a');
    for (const word of ['a', 'b', 'c']) {
      const probability = Math.exp(row[idOf(word)] ?? 0);
      const deviation = Math.sqrt((probability * (1 - probability)) / (draws * 6));
      expect(Math.abs((counts.get(word) ?? 0) / (draws * 6) - probability)).toBeLessThan(5 * deviation);
    }
  });

  it('takes the best token at temperature 0, and ends at an end token', async () => {
    const { candidates } = await model.generate(ask('Answer: ', { maxOutputTokens: 9, temperature: 0 }));
    expect(candidates).toMatchObject([
      { content: [{ text: '' }], finish: { unified: 'stop', by: 'eos' }, outputTokens: 0 },
    ]);
  });

  it('ends before a stop string that spans tokens, and names it', async () => {
    const { candidates } = await model.generate(ask('x', { maxOutputTokens: 8, temperature: 0, stop: ['zz', '😀a'] }));
    expect(textOf(candidates[0] as Candidate)).toBe('y');
    expect(candidates[0]?.finish).toEqual({ unified: 'stop', by: 'stop', stopString: '😀a' });
  });

  it('never shows half a character', async () => {
    const parts: StreamPart[] = [];
    for await (const part of model.stream(ask('x', { maxOutputTokens: 6, temperature: 0 }))) parts.push(part);
    expect(parts.flatMap((part) => (part.type === 'text-delta' ? [part.text] : []))).toEqual(['y', '😀', 'a']);
    expect(parts.at(-1)?.type).toBe('finish');
  });

  it('counts prompt and answer, and shares of the engine’s time never exceed the whole', async () => {
    const { candidates, charges } = await model.generate(ask('abca', { samples: 4, maxOutputTokens: 12, seed: 3 }));
    const { usage, candidateIds } = charges[0] ?? { usage: {}, candidateIds: [] };
    expect(charges).toHaveLength(1);
    expect(candidateIds).toEqual(candidates.map((candidate) => candidate.id));
    expect((usage.inputUncached ?? 0) + (usage.cacheRead ?? 0)).toBe(5); // the beginning, and four letters
    expect(usage.outputText).toBe(candidates.reduce((sum, candidate) => sum + (candidate.outputTokens ?? 0), 0));
    const shares = candidates.reduce((sum, candidate) => sum + (candidate.engineSeconds ?? 0), 0);
    expect(shares).toBeGreaterThan(0);
    expect(shares).toBeLessThanOrEqual((usage.engineSeconds ?? 0) + 1e-9);
  });

  it('gives the same samples for the same seed, alone or in a batch, and others for another seed', async () => {
    const texts = async (options: Partial<GenerateRequest>): Promise<string[]> => {
      const { candidates } = await model.generate(ask('a', { maxOutputTokens: 20, ...options }));
      return candidates.map(textOf);
    };
    const batch = await texts({ samples: 6, seed: 5 });
    expect(await texts({ samples: 6, seed: 5 })).toEqual(batch);
    expect(await texts({ samples: 6, seed: 5, logprobs: { top: 1 } })).toEqual(batch);
    expect(await texts({ samples: 1, seed: 5 })).toEqual(batch.slice(0, 1));
    expect(await texts({ samples: 6, seed: 6 })).not.toEqual(batch);
    expect(new Set(batch).size).toBeGreaterThan(1);
  });

  it('splits more samples than fit into several attempts, all different', async () => {
    const { candidates, charges } = await model.generate(ask('a', { samples: 14, maxOutputTokens: 30, seed: 1 }));
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

  it('makes room beyond what it first had', async () => {
    const { candidates } = await model.generate(
      ask('ab'.repeat(40), { samples: 2, maxOutputTokens: 170, seed: 2, logprobs: { top: 0 }, temperature: 0.2 }),
    );
    for (const candidate of candidates) expect(checkLogprobs(candidate, ['a', 'b'])).toBeGreaterThan(0);
    expect(candidates.reduce((sum, { outputTokens = 0 }) => sum + outputTokens, 0)).toBeGreaterThan(20);
  });
});

describe('calls of one conversation', () => {
  it('read what they have in common from the engine, and answer as if they had not', async () => {
    const fresh = async (request: GenerateRequest): Promise<string> => {
      const other = await load();
      const { candidates } = await other.generate(request);
      await other.close?.();
      return textOf(candidates[0] as Candidate);
    };
    const own = await load();
    const first = ask('abcabc', { maxOutputTokens: 8, temperature: 0 });
    const { candidates } = await own.generate(first);
    const answer = textOf(candidates[0] as Candidate);
    const second: GenerateRequest = {
      ...first,
      seed: 3,
      logprobs: { top: 0 },
      messages: [...first.messages, { role: 'assistant', content: answer }, { role: 'user', content: 'cc' }],
    };
    const reply = await own.generate(second);
    // All of the first call but its last token, which was chosen and not evaluated.
    expect(reply.charges[0]?.usage.cacheRead).toBeGreaterThanOrEqual(7);
    expect(textOf(reply.candidates[0] as Candidate)).toBe(await fresh(second));
    expect(checkLogprobs(reply.candidates[0] as Candidate, ['c', 'c'])).toBeGreaterThan(0);
    const other = await own.generate(ask('bb', { maxOutputTokens: 4, temperature: 0, logprobs: { top: 0 } }));
    expect(other.charges[0]?.usage).toMatchObject({ cacheRead: 1, inputUncached: 2 });
    checkLogprobs(other.candidates[0] as Candidate, ['b', 'b']);
    await own.close?.();
  });

  it('at the same time wait for one another', async () => {
    const request = ask('a', { maxOutputTokens: 15, seed: 21 });
    const alone = await model.generate(request);
    const together = await Promise.all([1, 2, 3].map(() => model.generate(request)));
    for (const { candidates } of together) expect(candidates.map(textOf)).toEqual(alone.candidates.map(textOf));
  });
});

describe('ends', () => {
  it('stops within one token of an abort, keeps what there is and charges it', async () => {
    const controller = new AbortController();
    const stream = model.stream(ask('a', { maxOutputTokens: 200, topK: 2, seed: 8, signal: controller.signal }));
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

  it('stops in the middle of a prompt, charges what was evaluated of it, and answers the next call', async () => {
    const own = await load({ contextTokens: 1024 });
    const controller = new AbortController();
    const { signal } = controller;
    let looks = 0;
    Object.defineProperty(signal, 'aborted', { get: () => (looks += 1) > 4 });
    const failed = await own.generate(ask('abc'.repeat(200), { signal })).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(AbortedError);
    const evaluated = (failed as AbortedError).partial?.charges[0]?.usage.inputUncached;
    expect(evaluated).toBeGreaterThan(0);
    expect(evaluated).toBeLessThan(601);
    const { candidates } = await own.generate(
      ask('abcab', { maxOutputTokens: 5, logprobs: { top: 0 }, temperature: 0 }),
    );
    expect(checkLogprobs(candidates[0] as Candidate, ['a', 'b'])).toBeGreaterThan(0);
    await own.close?.();
  });

  it('does nothing for a call that was aborted while it waited, and keeps the conversation', async () => {
    const own = await load();
    const controller = new AbortController();
    const first = own.generate(ask('abcabc', { maxOutputTokens: 4, temperature: 0 }));
    const waiting = own
      .generate(ask('cc', { maxOutputTokens: 4, signal: controller.signal }))
      .catch((error: unknown) => error);
    controller.abort();
    await first;
    const failed = (await waiting) as AbortedError;
    expect(failed).toBeInstanceOf(AbortedError);
    expect(failed.partial?.charges.map(({ usage }) => usage.inputUncached) ?? []).not.toContain(3);
    const { charges } = await own.generate(ask('abcabcb', { maxOutputTokens: 1 }));
    expect(charges[0]?.usage.cacheRead).toBe(7);
    await own.close?.();
  });

  it('refuses a prompt that does not fit before anything is charged', async () => {
    await expect(model.generate(ask('a'.repeat(400)))).rejects.toThrow(
      'has 401 tokens; "known" was opened with room for 256',
    );
  });

  it('refuses calls after close', async () => {
    const closing = await load();
    await closing.close?.();
    await expect(closing.generate(ask('a'))).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('what it cannot do', () => {
  it('is said instead of doing something else', async () => {
    const { warnings } = await model.generate(
      ask('a', {
        maxOutputTokens: 1,
        effort: 'high',
        output: { json: { type: 'object' } },
        tools: [{ name: 'look', input: { json: { type: 'object' } } }],
        logprobs: { top: 41 },
      }),
    );
    expect(warnings.map(({ code, option }) => [code, option])).toEqual([
      ['unsupported', 'tools'],
      ['unsupported', 'output'],
      ['unsupported', 'effort'],
      ['unsupported', 'logprobs.top'],
    ]);
  });

  it('a file in a message is named and left out', async () => {
    const { warnings, charges } = await model.generate({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'file', mediaType: 'image/png', filename: 'cat.png', data: { base64: 'AA==' } },
            { type: 'text', text: 'ab' },
          ],
        },
      ],
      maxOutputTokens: 1,
    });
    expect(warnings).toMatchObject([{ option: 'messages', message: expect.stringContaining('cat.png (image/png)') }]);
    const { inputUncached = 0, cacheRead = 0 } = charges[0]?.usage ?? {};
    expect(inputUncached + cacheRead).toBe(3);
  });

  it('a template reads calls, and each result of a tool as a message of its own', () => {
    const chatTemplate =
      '{% for m in messages %}{% for call in m.tool_calls or [] %}{{ call.function.arguments.word }}{% endfor %}{{ m.content }}{{ m.name }}{% endfor %}';
    const tokenizer = { guard: (value: unknown) => value, encodeTemplate: (text: string) => [text] };
    const template = promptTemplate({ Template } as never, { chatTemplate, tokenizerConfig: {} }, tokenizer as never);
    const call = { toolCallId: '1', toolName: 'look' };
    expect(
      template.render({
        messages: [
          { role: 'user', content: 'u' },
          { role: 'assistant', content: [{ type: 'tool-call', ...call, input: { word: 'w' } }] },
          {
            role: 'tool',
            content: [
              { type: 'tool-result', ...call, output: 'one' },
              { type: 'tool-result', ...call, output: { two: 2 }, isError: true },
            ],
          },
        ],
      }),
    ).toEqual(['uwonelookError: {"two":2}look']);
  });

  it('a template shows tools where it can, and a call stays text', async () => {
    const chatTemplate =
      '{{ bos_token }}{% for tool in tools %}{{ tool.function.name }}{% endfor %}{{ messages[0].content }}';
    const shows = await load({ modelPath: folderWith('tools', { chatTemplate }) });
    const { warnings, charges } = await shows.generate(
      ask('c', { maxOutputTokens: 1, tools: [{ name: 'ab', input: { json: { type: 'object' } } }] }),
    );
    expect(charges[0]?.usage.inputUncached).toBe(4);
    expect(warnings[0]?.message).toContain('a call that the model writes is given as text');
    await shows.close?.();
  });

  it('a model without a template is asked all the same, with a warning', async () => {
    const bare = folderWith('bare', {});
    writeFileSync(join(bare, 'tokenizer_config.json'), JSON.stringify({ eos_token: '</s>' }));
    const assumed = await load({ modelPath: bare });
    const { warnings } = await assumed.generate(ask('a', { maxOutputTokens: 1 }));
    expect(warnings).toMatchObject([{ code: 'assumed', option: 'messages' }]);
    await assumed.close?.();
  });

  it('a special token in a message is text like any other', () => {
    const promptOf = (text: string): readonly number[] => asTokenModel(model)?.promptTokens(ask(text)) ?? [];
    expect(promptOf('ab')).toEqual([idOf('<s>'), idOf('a'), idOf('b')]);
    expect(promptOf('a</s>b')).not.toContain(idOf(EOS));
    expect(promptOf('a</s>b').slice(0, 2)).toEqual([idOf('<s>'), idOf('a')]);
    expect(promptOf('a</s>b').at(-1)).toBe(idOf('b'));
  });
});

describe('devices', () => {
  it('are tried in order, and one that fails is reported', async () => {
    const fallen = await load({ device: ['cuda', 'webgpu', 'cpu'] });
    const { warnings } = await fallen.generate(ask('a', { maxOutputTokens: 1 }));
    expect(warnings.map(({ code, option }) => [code, option])).toEqual(
      fallen.device.tried.map(() => ['fallback', 'device']),
    );
    for (const [i, { device, reason }] of fallen.device.tried.entries()) {
      expect(['cuda', 'webgpu'][i]).toBe(device);
      expect(reason).not.toBe('');
      expect(warnings[i]?.message).toContain(`The device "${device}" did not start (${reason})`);
    }
    expect(['cuda', 'webgpu', 'cpu'][fallen.device.tried.length]).toBe(fallen.device.chosen);
    await fallen.close?.();
  });

  it('are an error where none starts', async () => {
    const library = await import('onnxruntime-node');
    const create = vi.spyOn(library.InferenceSession, 'create').mockRejectedValue(new Error('no driver'));
    await expect(load({ device: ['cuda', 'webgpu'] })).rejects.toThrow(
      "No device started: cuda (no driver); webgpu (no driver). Add 'cpu' to device",
    );
    await expect(load({ device: 'webgpu' })).rejects.toMatchObject({ code: 'invalid-option', option: 'device' });
    create.mockRestore();
  });

  it.each([
    [[], 'received an empty list'],
    [['vulkan'], 'device must be one of cpu, cuda, webgpu or a list of them, received "vulkan"'],
  ])('that cannot be meant are refused: %j', async (device, message) => {
    await expect(load({ device: device as never })).rejects.toThrow(message);
  });
});

describe('files and options that cannot be meant', () => {
  it('names a folder that is not there', async () => {
    await expect(load({ modelPath: join(root, 'none') })).rejects.toMatchObject({
      code: 'missing-weights',
      message: expect.stringContaining('none'),
    });
  });

  it.each(['config.json', 'tokenizer.json', 'tokenizer_config.json', 'onnx/model.onnx'])(
    'names a missing %s',
    async (file) => {
      const folder = join(root, `without ${file.replace('/', ' ')}`);
      cpSync(modelPath, folder, { recursive: true });
      rmSync(join(folder, file));
      await expect(load({ modelPath: folder })).rejects.toMatchObject({
        code: 'missing-weights',
        message: expect.stringContaining(file.endsWith('.onnx') ? '.onnx' : file),
      });
    },
  );

  it('finds one of several weight files by dtype and by file, and else asks', async () => {
    const folder = join(root, 'several');
    cpSync(modelPath, folder, { recursive: true });
    cpSync(join(folder, 'onnx/model.onnx'), join(folder, 'onnx/model_q4.onnx'));
    await expect(load({ modelPath: folder })).rejects.toThrow('has 2 weight files and none was named');
    await expect(load({ modelPath: folder, dtype: 'fp16' })).rejects.toThrow('has no onnx/model_fp16.onnx');
    for (const choice of [{ dtype: 'q4' }, { dtype: 'fp32' }, { file: 'onnx/model_q4.onnx' }] as const) {
      const found = await load({ modelPath: folder, ...choice });
      await found.close?.();
    }
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ 'transformers.js_config': { dtype: 'q4' } }));
    const declared = await load({ modelPath: folder });
    await declared.close?.();
  });

  it('refuses weights that are cut off, and JSON that is none', async () => {
    const folder = join(root, 'broken');
    cpSync(modelPath, folder, { recursive: true });
    writeFileSync(join(folder, 'onnx/model.onnx'), readFileSync(join(modelPath, 'onnx/model.onnx')).subarray(0, 5000));
    await expect(load({ modelPath: folder })).rejects.toMatchObject({ code: 'invalid-file' });
    writeFileSync(join(folder, 'tokenizer.json'), '{');
    await expect(load({ modelPath: folder })).rejects.toThrow(/tokenizer\.json" is not JSON/);
  });

  it('refuses weights larger than the memory before it loads them', async () => {
    const library = await import('onnxruntime-node');
    const create = vi.spyOn(library.InferenceSession, 'create');
    await expect(load({ memoryBytes: 1000 })).rejects.toMatchObject({
      code: 'insufficient-memory',
      message: expect.stringContaining('model.onnx'),
    });
    expect(create).not.toHaveBeenCalled();
    create.mockRestore();
  });

  it('names inputs that no adapter knows', async () => {
    await expect(load({ modelPath: folderWith('strange', { strangeInput: 'pixel_values' }) })).rejects.toThrow(
      'its inputs pixel_values are unknown',
    );
  });

  it.each([
    ['threads', physicalCores() + 1],
    ['parallelSamples', 0],
    ['contextTokens', 8],
  ])('refuses %s = %d', async (option, value) => {
    await expect(load({ [option]: value })).rejects.toMatchObject({ code: 'invalid-option', option });
  });
});
