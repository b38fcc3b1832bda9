import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { rootContext } from '../leaf/call-context.ts';
import { defineModel } from '../leaf/define-model.ts';
import type { Model } from '../spec/model.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { GenerateResult } from '../spec/result.ts';
import type { Settlement, SpendAsk, SpendGuard } from '../spec/spend-guard.ts';
import type { StreamPart } from '../spec/stream.ts';
import { textOf } from '../strategy/whole-text.ts';
import { scriptedModel } from '../testing/scripted-model.ts';
import { textCapabilities } from '../leaf/text-capabilities.ts';
import { virtualClock } from '../testing/virtual-clock.ts';
import { openCassette } from './open-cassette.ts';

let folder: string;
let files = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cassette-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const newPath = (): string => join(folder, `${(files += 1)}.jsonl`);
const request = (more: Partial<GenerateRequest> = {}, user = 'What is 2 + 2?'): GenerateRequest => ({
  messages: [
    { role: 'system', content: 'Be terse.' },
    { role: 'user', content: user },
  ],
  ...more,
});
const texts = (result: GenerateResult): string[] => result.candidates.map(textOf);
const linesOf = (path: string): string[] => readFileSync(path, 'utf8').trimEnd().split('\n');

interface Engine {
  readonly model: Model;
  readonly sent: GenerateRequest[];
  readonly samplesAsked: () => number;
}

/** A local engine: a prompt of 20 tokens takes 0.5 s once a call, and each sample, `answer n`, 4 tokens and 0.1 s. */
function engine(nativeMax = 8): Engine {
  const sent: GenerateRequest[] = [];
  let made = 0;
  const model = defineModel({
    provider: 'llama-cpp',
    modelId: 'tiny',
    capabilities: textCapabilities({
      samples: { nativeMax, promptBilledOnce: true, cancelOne: true },
      logprobs: 'chosen',
    }),
    call: async ({ request: attempt }) => {
      sent.push(attempt);
      const samples = attempt.samples ?? 1;
      const first = made;
      made += samples;
      await Promise.resolve();
      return {
        candidates: Array.from({ length: samples }, (_, i) => ({
          content: [{ type: 'text' as const, text: `answer ${first + i}` }],
          finish: { unified: 'stop' as const, by: 'eos' as const },
          outputTokens: 4,
          engineSeconds: 0.1,
          ...(attempt.logprobs !== undefined && {
            logprobs: [
              { text: 'ans', logprob: -0.123_456 },
              { text: 'wer', logprob: -0.000_01 },
              { text: ' ', logprob: -2 },
              { text: `${first + i}`, logprob: -1.5 },
            ],
          }),
        })),
        usage: { inputUncached: 20, outputText: 4 * samples, outputReasoning: 0, engineSeconds: 0.5 + 0.1 * samples },
      };
    },
  });
  return { model, sent, samplesAsked: () => made };
}

/** Admits everything, at most `maxOutputTokens` long, and keeps what it was asked and told. */
function spyGuard(maxOutputTokens?: number): { guard: SpendGuard; asks: SpendAsk[]; settled: Settlement[] } {
  const asks: SpendAsk[] = [];
  const settled: Settlement[] = [];
  const guard: SpendGuard = {
    ledgerId: 'spy',
    combine: () => guard,
    admit: async (ask) => {
      asks.push(ask);
      return {
        request: maxOutputTokens === undefined ? ask.request : { ...ask.request, maxOutputTokens },
        fitted: maxOutputTokens !== undefined,
        settle: async (settlement) => {
          settled.push(settlement);
          return { cost: { usd: 0, nanoUsd: '0' }, priceKnown: 'override' };
        },
        release: async () => undefined,
      };
    },
    afford: async () => ({ now: { usd: 1, nanoUsd: '1' }, afterInFlight: { usd: 1, nanoUsd: '1' } }),
  };
  return { guard, asks, settled };
}

async function recorded(samples: number, more: Partial<GenerateRequest> = {}): Promise<string> {
  const path = newPath();
  const cassette = await openCassette(path, { mode: 'record' });
  await cassette.record('small', engine().model).generate(request({ samples, ...more }));
  await cassette.close();
  return path;
}

async function replayOf(path: string): Promise<Model> {
  return (await openCassette(path, { mode: 'replay' })).replay('small');
}

describe('record and replay', () => {
  it('writes a header, a model and a call, and replays the same answers', async () => {
    const path = await recorded(3, { logprobs: { top: 0 } });
    const lines = linesOf(path).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map((line) => line['kind'])).toEqual(['tollgate-cassette', 'model', 'call']);
    expect(lines[2]).toMatchObject({
      model: 'small',
      prompt: { system: 'Be terse.', user: 'What is 2 + 2?' },
      call: { inputTokens: 20, engineSeconds: 0.5 },
      samples: [
        {
          content: 'answer 0',
          finish: { unified: 'stop', by: 'eos' },
          outputTokens: 4,
          reasoningTokens: 0,
          engineSeconds: 0.1,
          logprobs: [
            ['ans', -0.1235],
            ['wer', 0],
            [' ', -2],
            ['0', -1.5],
          ],
        },
        {},
        {},
      ],
    });
    const result = await (await replayOf(path)).generate(request({ samples: 2, logprobs: { top: 0 } }));
    expect(texts(result)).toEqual(['answer 0', 'answer 1']);
    expect(result.candidates[1]?.logprobs?.[3]).toEqual({ text: '1', logprob: -1.5 });
    expect(result.candidates[0]?.producedBy).toEqual({ provider: 'llama-cpp', modelId: 'tiny' });
    expect(result.charges).toHaveLength(1);
    expect(result.charges[0]?.usage).toEqual({
      inputUncached: 20,
      outputText: 8,
      outputReasoning: 0,
      engineSeconds: 0.7,
    });
  });

  it('serves each sample once in a session and all of them in each session', async () => {
    const cassette = await openCassette(await recorded(4), { mode: 'replay' });
    const [one, two] = [cassette.session(), cassette.session()];
    const first = cassette.replay('small', { session: one });
    const second = cassette.replay('small', { session: two });
    expect(texts(await first.generate(request({ samples: 3 })))).toEqual(['answer 0', 'answer 1', 'answer 2']);
    expect(texts(await second.generate(request({ samples: 2 })))).toEqual(['answer 0', 'answer 1']);
    expect(texts(await cassette.replay('small', { session: one }).generate(request()))).toEqual(['answer 3']);
    expect(texts(await second.generate(request()))).toEqual(['answer 2']);
  });

  it('ignores seed and number of samples in a pool, and whether a text is a string or a part', async () => {
    const model = await replayOf(await recorded(2, { seed: 7 }));
    const asParts: GenerateRequest = {
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'Be terse.' }] },
        { role: 'user', content: [{ type: 'text', text: 'What is 2 + 2?' }] },
      ],
      seed: 9,
    };
    expect(texts(await model.generate(asParts))).toEqual(['answer 0']);
  });

  it('names tools by their JSON Schema, also where only a Standard Schema is given', async () => {
    const path = newPath();
    const tool = (standard: z.ZodType): GenerateRequest =>
      request({ tools: [{ name: 'add', input: { standard } }], output: { standard } });
    const cassette = await openCassette(path, { mode: 'record' });
    await cassette.record('small', engine().model).generate(tool(z.object({ a: z.number() })));
    expect(cassette.recordedSamples('small', tool(z.object({ a: z.number() })))).toBe(1);
    expect(cassette.recordedSamples('small', tool(z.object({ a: z.string() })))).toBe(0);
  });

  it('bills the prompt once a call or once a sample, as the recorded model does', async () => {
    const path = newPath();
    const cassette = await openCassette(path, { mode: 'record' });
    const hosted = scriptedModel(
      [{ text: 'a', usage: { inputUncached: 6, cacheRead: 4, outputText: 2, outputReasoning: 3 } }, { text: 'bb' }],
      { capabilities: { samples: { nativeMax: 1, promptBilledOnce: false, cancelOne: false } } },
    );
    await cassette.record('hosted', hosted).generate(request({ samples: 2 }));
    const result = await cassette.replay('hosted').generate(request({ samples: 2 }));
    expect(result.charges.map((charge) => charge.usage)).toEqual([
      { inputUncached: 6, cacheRead: 4, outputText: 2, outputReasoning: 3 },
      { inputUncached: 6, outputText: 1, outputReasoning: 0 },
    ]);
  });

  it('is held and settled like a live leaf', async () => {
    const model = await replayOf(await recorded(3));
    const { guard, asks, settled } = spyGuard();
    await model.generate(request({ samples: 3, context: rootContext({ guards: [guard] }) }));
    expect(asks).toHaveLength(1);
    expect(asks[0]?.bound).toMatchObject({ samples: 3, promptBilledOnce: true });
    expect(settled[0]).toMatchObject({ usageKnown: 'exact', usage: { inputUncached: 20, outputText: 12 } });
  });

  it('streams token by token where log-probabilities tell the tokens', async () => {
    const model = await replayOf(await recorded(1, { logprobs: { top: 0 } }));
    const parts: StreamPart[] = [];
    for await (const part of model.stream(request())) parts.push(part);
    expect(parts.map((part) => part.type)).toEqual([
      'start',
      'commit',
      ...Array.from({ length: 4 }, () => 'text-delta'),
      'candidate-finish',
      'finish',
    ]);
    expect(parts.flatMap((part) => (part.type === 'text-delta' ? [part.text] : [])).join('')).toBe('answer 0');
  });

  it('reads what was asked for only: no log-probabilities unless requested, and a warning where there are none', async () => {
    const withThem = await (await replayOf(await recorded(1, { logprobs: { top: 0 } }))).generate(request());
    expect(withThem.candidates[0]).not.toHaveProperty('logprobs');
    const without = await (await replayOf(await recorded(1))).generate(request({ logprobs: { top: 0 } }));
    expect(without.warnings).toMatchObject([{ code: 'unsupported', option: 'logprobs' }]);
  });

  it('keeps tool calls and reasoning', async () => {
    const content = [
      { type: 'reasoning', text: 'Hm.', metadata: { anthropic: { signature: 's' } } },
      { type: 'tool-call', toolCallId: 't1', toolName: 'add', input: { a: 1 } },
    ] as const;
    const cassette = await openCassette(newPath(), { mode: 'record' });
    const live = await cassette.record('hosted', scriptedModel([{ content }])).generate(request());
    const replayed = await cassette.replay('hosted').generate(request());
    expect(replayed.candidates[0]?.content).toEqual(content);
    expect(replayed.candidates[0]?.finish).toEqual(live.candidates[0]?.finish);
  });
});

describe('a lower output cap', () => {
  it('cuts tokens, text, log-probabilities and engine time, and the leaf says the budget did it', async () => {
    const model = await replayOf(await recorded(1, { logprobs: { top: 0 } }));
    const { guard, settled } = spyGuard(2);
    const context = rootContext({ guards: [guard] });
    const result = await model.generate(request({ logprobs: { top: 0 }, context }));
    expect(result.candidates[0]).toMatchObject({
      content: [{ type: 'text', text: 'answer' }],
      finish: { unified: 'length', by: 'budget' },
      outputTokens: 2,
      engineSeconds: 0.05,
    });
    expect(result.candidates[0]?.logprobs).toHaveLength(2);
    expect(settled[0]?.usage).toMatchObject({ outputText: 2, engineSeconds: 0.55 });
  });

  it('cuts the text in proportion where tokens are not known, and leaves a cut tool call out', async () => {
    const cassette = await openCassette(newPath(), { mode: 'record' });
    const usage = { inputUncached: 1, outputText: 30, outputReasoning: 10 };
    const content = [
      { type: 'reasoning', text: 'r'.repeat(10) },
      { type: 'text', text: 't'.repeat(10) },
      { type: 'tool-call', toolCallId: 't', toolName: 'add', input: 'x'.repeat(100) },
    ] as const;
    const model = cassette.record(
      'hosted',
      scriptedModel([
        { text: 'abcdefgh', usage },
        { content, usage },
      ]),
    );
    await model.generate(request({}, 'text'));
    await model.generate(request({}, 'parts'));
    const ask = async (user: string): Promise<GenerateResult> =>
      cassette.replay('hosted').generate(request({ context: rootContext({ guards: [spyGuard(10).guard] }) }, user));
    const text = await ask('text');
    expect(texts(text)).toEqual(['ab']);
    expect(text.charges[0]?.usage).toMatchObject({ outputText: 0, outputReasoning: 10 });
    expect((await ask('parts')).candidates[0]?.content.map((part) => part.type)).toEqual(['reasoning', 'text']);
  });
});

describe('a miss', () => {
  it('names file, model, prompt and the field in which the nearest recording differs', async () => {
    const path = await recorded(1, { temperature: 0.8 });
    await expect((await replayOf(path)).generate(request({ temperature: 0.7 }))).rejects.toMatchObject({
      code: 'cassette-miss',
      message: expect.stringMatching(
        new RegExp(`${path}.*"small".*What is 2 \\+ 2\\?.*differs in temperature \\(recorded: 0.8, asked: 0.7\\)`),
      ),
    });
  });

  it('says when only the rest of the conversation differs, and when the prompt is new', async () => {
    const model = await replayOf(await recorded(1));
    await expect(model.generate({ messages: [{ role: 'user', content: 'What is 2 + 2?' }] })).rejects.toThrow(
      'differs in messages.',
    );
    await expect(model.generate(request({}, 'Something else'))).rejects.toThrow('1 other requests of this model');
  });

  it('says how many samples there were, and serves none of them to the request that wanted too many', async () => {
    const model = await replayOf(await recorded(3));
    await model.generate(request());
    await expect(model.generate(request({ samples: 3 }))).rejects.toMatchObject({
      code: 'exhausted',
      message: expect.stringMatching(/holds 3 samples of "small".*1 are used in this session and 3 more/),
    });
    expect(texts(await model.generate(request({ samples: 2 })))).toEqual(['answer 1', 'answer 2']);
  });

  it('names the models there are', async () => {
    const cassette = await openCassette(await recorded(1), { mode: 'replay' });
    expect(cassette.models).toEqual(['small']);
    expect(cassette.model('small')).toMatchObject({ provider: 'llama-cpp', modelId: 'tiny' });
    expect(() => cassette.replay('big')).toThrow('has no model "big". It holds: "small"');
  });
});

describe('resuming a recording', () => {
  it('asks only for what is missing, and never twice', async () => {
    const path = await recorded(3);
    const before = readFileSync(path, 'utf8');
    const live = engine();
    const cassette = await openCassette(path, { mode: 'record' });
    const model = cassette.record('small', live.model);
    const result = await model.generate(request({ samples: 5 }));
    expect(live.sent.map((sent) => sent.samples)).toEqual([2]);
    expect(texts(result)).toEqual(['answer 0', 'answer 1', 'answer 2', 'answer 0', 'answer 1']);
    expect(result.charges).toHaveLength(2);
    expect(result.trace.values).toEqual({ fromTape: 3, asked: 2 });
    expect(new Set(result.candidates.map((candidate) => candidate.id)).size).toBe(5);
    expect(readFileSync(path, 'utf8').startsWith(before)).toBe(true);

    await model.generate(request());
    expect(live.samplesAsked()).toBe(3);
    const another = cassette.record('small', live.model);
    await another.generate(request({ samples: 6 }));
    expect(live.samplesAsked()).toBe(3);
  });

  it.each([1, 20, 120])(
    'loses only the call that was being written when the process died (%i bytes short)',
    async (missing) => {
      const path = newPath();
      const cassette = await openCassette(path, { mode: 'record' });
      const model = cassette.record('small', engine().model);
      await model.generate(request({ samples: 2 }, 'first'));
      await model.generate(request({ samples: 2 }, 'second'));
      await cassette.close();
      writeFileSync(path, readFileSync(path).subarray(0, -missing));

      const torn = await openCassette(path, { mode: 'replay' });
      expect(torn.notes).toEqual([expect.stringContaining('cut off in the middle of writing')]);
      expect(torn.recordedSamples('small', request({}, 'first'))).toBe(2);
      expect(torn.recordedSamples('small', request({}, 'second'))).toBe(0);

      const live = engine();
      const resumed = await openCassette(path, { mode: 'record' });
      const again = resumed.record('small', live.model);
      await again.generate(request({ samples: 2 }, 'first'));
      await again.generate(request({ samples: 2 }, 'second'));
      await resumed.close();
      expect(live.samplesAsked()).toBe(2);
      const whole = await openCassette(path, { mode: 'replay' });
      expect(whole.notes).toEqual([]);
      expect(texts(await whole.replay('small').generate(request({ samples: 2 }, 'second')))).toEqual([
        'answer 0',
        'answer 1',
      ]);
    },
  );

  it('starts anew on a file whose very first line was torn', async () => {
    const path = newPath();
    writeFileSync(path, '{"kind":"tollgate-cas');
    const cassette = await openCassette(path, { mode: 'record' });
    await cassette.record('small', engine().model).generate(request());
    expect(linesOf(path)).toHaveLength(3);
  });

  it('gives two concurrent requests of one prompt different samples', async () => {
    const cassette = await openCassette(await recorded(3), { mode: 'record' });
    const live = engine();
    const model = cassette.record('small', live.model);
    const results = await Promise.all([2, 2, 2].map(async (samples) => model.generate(request({ samples }))));
    expect(results.map((result) => result.candidates.length)).toEqual([2, 2, 2]);
    expect(live.samplesAsked()).toBe(3);
    // Three answers were on the tape and three are new: the engine counts anew, so each text comes twice.
    expect(results.flatMap(texts).toSorted()).toEqual([
      'answer 0',
      'answer 0',
      'answer 1',
      'answer 1',
      'answer 2',
      'answer 2',
    ]);
  });

  it('never sends a seed twice for one prompt, and sends the asked one first', async () => {
    const path = newPath();
    const first = engine();
    const cassette = await openCassette(path, { mode: 'record' });
    const model = cassette.record('small', first.model);
    await Promise.all([model.generate(request({ seed: 7 })), model.generate(request({ seed: 7 }))]);
    await cassette.close();
    const second = engine();
    const resumed = await openCassette(path, { mode: 'record' });
    await resumed.record('small', second.model).generate(request({ seed: 7, samples: 3 }));
    const seeds = [...first.sent, ...second.sent].map((sent) => sent.seed);
    expect(seeds[0]).toBe(7);
    expect(new Set(seeds).size).toBe(3);
  });

  it('leaves out attempts that a budget or an abort cut', async () => {
    const path = newPath();
    const cassette = await openCassette(path, { mode: 'record' });
    const cut = scriptedModel([{ text: 'ab', finish: { unified: 'length', by: 'length' } }]);
    const context = rootContext({ guards: [spyGuard(1).guard] });
    await cassette.record('hosted', cut).generate(request({ context }));
    expect(cassette.recordedSamples('hosted', request())).toBe(0);

    const controller = new AbortController();
    const clock = virtualClock();
    const slow = scriptedModel([{ texts: ['late', 'later'], delayMs: 60_000 }]);
    const call = cassette
      .record('hosted', slow)
      .generate(request({ samples: 2, signal: controller.signal, context: rootContext({ clock }) }));
    await clock.advance(1);
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: 'aborted', partial: { candidates: [{}, {}] } });
    expect(linesOf(path).filter((line) => line.includes('"call"'))).toEqual([]);
  });

  it('gives claimed samples back when a guard refuses', async () => {
    const cassette = await openCassette(await recorded(2), { mode: 'record' });
    const live = engine();
    const model = cassette.record('small', live.model);
    const { guard } = spyGuard();
    const refusing: SpendGuard = { ...guard, admit: async () => Promise.reject(new Error('no money')) };
    await expect(model.generate(request({ samples: 2, context: rootContext({ guards: [refusing] }) }))).rejects.toThrow(
      'no money',
    );
    expect(texts(await model.generate(request({ samples: 2 })))).toEqual(['answer 0', 'answer 1']);
    expect(live.samplesAsked()).toBe(0);
  });

  it('is short, not failed, where the tape has samples and the engine has none', async () => {
    const cassette = await openCassette(await recorded(2), { mode: 'record' });
    const failing = defineModel({
      provider: 'llama-cpp',
      modelId: 'tiny',
      capabilities: engine().model.capabilitiesFor(),
      call: async () => Promise.reject(new Error('out of memory')),
    });
    const result = await cassette.record('small', failing).generate(request({ samples: 3 }));
    expect(result.candidates).toHaveLength(2);
    expect(result.charges).toHaveLength(2);
    expect(result.warnings).toMatchObject([{ code: 'short', message: expect.stringContaining('2 of 3 samples') }]);
  });

  it('serves a request that is a part of one that was split', async () => {
    const path = newPath();
    const asked = request({ samples: 3 });
    const recorded = texts(
      await (await openCassette(path, { mode: 'record' })).record('small', engine().model).generate(asked),
    );
    const again = (await openCassette(path, { mode: 'record' })).record('small', engine().model);
    const served: string[] = [];
    for (const firstSample of [0, 1, 2]) served.push(...texts(await again.generate(request({ firstSample }))));
    expect(served).toEqual(recorded);
  });

  it('streams tape and engine as one stream', async () => {
    const cassette = await openCassette(await recorded(1), { mode: 'record' });
    const parts: StreamPart[] = [];
    const stream = cassette.record('small', engine().model).stream(request({ samples: 2 }));
    for await (const part of stream) parts.push(part);
    expect(parts.filter((part) => part.type === 'start')).toHaveLength(1);
    expect(parts.filter((part) => part.type === 'candidate-finish')).toHaveLength(2);
    expect(parts.at(-1)).toEqual({ type: 'finish', result: await stream.result });
    expect(texts(await stream.result)).toHaveLength(2);
  });
});

describe('exact', () => {
  it('gives the same answer to the same request, as often as it is asked', async () => {
    const path = newPath();
    const live = engine();
    const cassette = await openCassette(path, { mode: 'record', match: 'exact' });
    const model = cassette.record('small', live.model);
    const first = await model.generate(request({ samples: 2, seed: 1 }));
    expect(texts(await model.generate(request({ samples: 2, seed: 1 })))).toEqual(texts(first));
    await model.generate(request({ samples: 2, seed: 2 }));
    expect(live.samplesAsked()).toBe(4);
    const replayed = (await openCassette(path, { mode: 'replay' })).replay('small');
    for (const seed of [2, 1, 2]) {
      expect(texts(await replayed.generate(request({ samples: 2, seed })))).toEqual(
        seed === 1 ? ['answer 0', 'answer 1'] : ['answer 2', 'answer 3'],
      );
    }
    await expect(replayed.generate(request({ samples: 1, seed: 1 }))).rejects.toThrow(
      'differs in samples (recorded: 2, asked: 1)',
    );
  });
});

describe('the file', () => {
  it('is read gzipped, also in several members', async () => {
    const path = await recorded(2);
    const [header, model, call] = linesOf(path);
    const packed = newPath();
    writeFileSync(packed, Buffer.concat([gzipSync(`${header}\n${model}\n`), gzipSync(`${call}\n`)]));
    expect(texts(await (await replayOf(packed)).generate(request({ samples: 2 })))).toEqual(['answer 0', 'answer 1']);
    await expect(openCassette(packed, { mode: 'record' })).rejects.toThrow('Unpack it first');
    writeFileSync(packed, readFileSync(packed).subarray(0, -9));
    await expect(openCassette(packed, { mode: 'replay' })).rejects.toThrow('gzipped and cut off or damaged');
  });

  it.each([
    ['not JSON', 'nonsense\n', ':4: not JSON'],
    ['an unknown kind', '{"kind":"reply"}\n', ':4: expected a line of kind "model" or "call", received "reply"'],
    ['a broken call', '{"kind":"call","model":"small","key":"xyz","call":{},"samples":[]}\n', ':4: key: expected 32'],
    [
      'an unknown model',
      `{"kind":"call","model":"big","key":"${'0'.repeat(32)}","call":{},"samples":[{"content":"a","finish":{"unified":"stop","by":"eos"}}]}\n`,
      ':4: a call of model "big"',
    ],
    [
      'a log-probability that is none',
      `{"kind":"call","model":"small","key":"${'0'.repeat(32)}","call":{},"samples":[{"content":"a","finish":{"unified":"stop","by":"eos"},"logprobs":[["a"]]}]}\n`,
      ':4: samples.0.logprobs',
    ],
  ])('refuses %s, with the line number', async (_name, line, message) => {
    const path = await recorded(1);
    appendFileSync(path, line);
    await expect(openCassette(path, { mode: 'replay' })).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringContaining(`${path}${message}`),
    });
  });

  it('refuses another version, another kind of file, an empty one and a missing one', async () => {
    const path = newPath();
    writeFileSync(path, '{"kind":"tollgate-cassette","version":2}\n');
    await expect(openCassette(path, { mode: 'record' })).rejects.toThrow(':1: a cassette of version 2');
    writeFileSync(path, '{"task":"a"}\n');
    await expect(openCassette(path, { mode: 'replay' })).rejects.toThrow(':1: not a Tollgate cassette');
    writeFileSync(path, '');
    await expect(openCassette(path, { mode: 'replay' })).rejects.toThrow('is empty');
    await expect(openCassette(newPath(), { mode: 'replay' })).rejects.toThrow('There is no cassette at');
  });

  it('keeps request defaults, and refuses to go on with others', async () => {
    const path = newPath();
    await openCassette(path, { mode: 'record', defaults: { temperature: 0.8 } });
    expect((await openCassette(path, { mode: 'replay' })).defaults).toEqual({ temperature: 0.8 });
    expect((await openCassette(path, { mode: 'record' })).defaults).toEqual({ temperature: 0.8 });
    await expect(openCassette(path, { mode: 'record', defaults: { temperature: 1 } })).rejects.toThrow(
      'recorded with the defaults {"temperature":0.8}',
    );
    await expect(openCassette(path, { mode: 'record', match: 'exact' })).rejects.toThrow('recorded with match "pool"');
  });

  it('holds one model under a name, and its declared price', async () => {
    const cassette = await openCassette(await recorded(1), { mode: 'record' });
    expect(() => cassette.record('small', scriptedModel([]))).toThrow('holds llama-cpp/tiny under the name "small"');
    const pricing = {
      declaration: { usdPerHour: 0.12 },
      priceOf: () => ({ amount: { usd: 0.001, nanoUsd: '1000000' }, known: 'override' as const }),
      upperBound: () => ({ amount: { usd: 0.001, nanoUsd: '1000000' }, known: 'override' as const }),
    };
    const result = await cassette.record('small', engine().model, { pricing }).generate(request());
    expect(cassette.model('small').pricing).toEqual({ usdPerHour: 0.12 });
    expect(result.charges[0]?.cost?.nanoUsd).toBe('1000000');
    cassette.record('hosted', scriptedModel([], { pricing }));
    expect(cassette.model('hosted').pricing).toEqual({ usdPerHour: 0.12 });
  });

  it('does not record under a cassette that was opened to replay', async () => {
    const cassette = await openCassette(await recorded(1), { mode: 'replay' });
    expect(() => cassette.record('small', engine().model)).toThrow("open it with { mode: 'record' }");
  });

  it('refuses a model that others answer for, and keeps what it cost', async () => {
    const cassette = await openCassette(newPath(), { mode: 'record' });
    const composite = Object.assign(scriptedModel([{ text: 'a' }], { modelId: 'cascade' }), {
      generate: async (asked: GenerateRequest) => scriptedModel([{ text: 'a' }], { modelId: 'other' }).generate(asked),
    });
    await expect(cassette.record('cascade', composite).generate(request())).rejects.toMatchObject({
      code: 'invalid-option',
      message: expect.stringContaining('Record the models that a strategy asks'),
      charges: [{ model: { modelId: 'other' } }],
    });
  });
});

it('any sequence of requests replays sample for sample as it was recorded, whatever the batches of the engine', async () => {
  const asks = fc.array(fc.record({ prompt: fc.constantFrom('a', 'b'), samples: fc.integer({ min: 1, max: 5 }) }), {
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(asks, fc.integer({ min: 1, max: 4 }), async (sequence, nativeMax) => {
      const path = newPath();
      const cassette = await openCassette(path, { mode: 'record' });
      const live = cassette.record('small', engine(nativeMax).model);
      const replay = async (model: Model): Promise<readonly unknown[]> => {
        const seen: unknown[] = [];
        for (const { prompt, samples } of sequence) {
          const { candidates, charges } = await model.generate(request({ samples }, prompt));
          seen.push([
            candidates.map(({ content, finish }) => ({ content, finish })),
            charges.map(({ usage }) => usage),
          ]);
        }
        return seen;
      };
      const first = await replay(live);
      await cassette.close();
      if (sequence.length === 0) return;
      expect(rounded(await replay(await replayOf(path)))).toEqual(rounded(first));
    }),
    { numRuns: 60 },
  );
});

/** Engine seconds are kept to a microsecond. */
function rounded(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, part: unknown) => (typeof part === 'number' ? Number(part.toFixed(5)) : part)),
  );
}
