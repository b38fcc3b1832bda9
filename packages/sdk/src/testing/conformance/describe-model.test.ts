import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { defineModel } from '../../leaf/define-model.ts';
import type { LeafCall, LeafOutcome } from '../../leaf/leaf-call.ts';
import { createModelStream } from '../../leaf/model-stream.ts';
import { textCapabilities } from '../../leaf/text-capabilities.ts';
import type { Model } from '../../spec/model.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import type { GenerateResult, Warning } from '../../spec/result.ts';
import type { StreamPart } from '../../spec/stream.ts';
import { answersOf } from '../provider/answers.ts';
import type { ConformanceReplies } from './conformance-case.ts';
import { describeModel, type DescribeModelOptions } from './describe-model.ts';

type Call = (call: LeafCall, replies: ConformanceReplies) => Promise<LeafOutcome>;

/** A leaf that keeps every rule, but for what it is told otherwise. */
function leaf(replies: ConformanceReplies, call: Call = honest, capabilities = textCapabilities()): Model {
  return defineModel({ provider: 'test', modelId: 'm', capabilities, call: (each) => call(each, replies) });
}

const honest: Call = async ({ request, emit, signal, context }, replies) => {
  const reply = replies({ request });
  if (typeof reply === 'string') return answer({ text: reply }, emit);
  if ('headersAfterMs' in reply) {
    await context.clock.sleep(reply.headersAfterMs ?? 0, signal).catch(() => undefined);
    if (signal?.aborted === true)
      return { candidates: [{ content: [], finish: { unified: 'aborted', by: 'aborted' } }], usage: {} };
  }
  if ('error' in reply || 'body' in reply) throw new Error('not in these tests');
  return { ...answer(reply, emit), warnings: warningsFor(request) };
};

function answer(reply: Parameters<typeof answersOf>[0], emit: LeafCall['emit']): LeafOutcome {
  const candidates = answersOf(reply);
  for (const [sample, { content }] of candidates.entries()) {
    for (const part of content) if (part.type === 'text') emit?.({ type: 'text-delta', sample, text: part.text });
  }
  return { candidates, usage: reply.usage ?? { inputUncached: 3, cacheRead: 0, outputText: 2, outputReasoning: 0 } };
}

function warningsFor(request: GenerateRequest): readonly Warning[] {
  return (['tools', 'output', 'logprobs'] as const)
    .filter((option) => request[option] !== undefined)
    .map((option) => ({ code: 'unsupported', option, message: 'It was left out.' }));
}

/** Runs the suite by itself and gives the names of the cases that fail. */
async function failing(
  make: (replies: ConformanceReplies) => Model,
  options: Partial<DescribeModelOptions> = {},
): Promise<{ readonly failed: readonly string[]; readonly names: readonly string[] }> {
  const tests: { readonly name: string; readonly body: () => Promise<void> }[] = [];
  await describeModel('any', (replies) => ({ model: make(replies) }), {
    describe: (_, body) => body(),
    it: (name, body) => tests.push({ name, body }),
    ...options,
  });
  const failed: string[] = [];
  for (const { name, body } of tests) {
    try {
      await body();
    } catch {
      failed.push(name);
    }
  }
  return { failed, names: tests.map(({ name }) => name) };
}

// The test model cannot refuse: what only a refusal shows is left out.
const skip = { 'a refusal by the engine is an error of its kind, and costs nothing': 'not in these tests' };

/** The same model with another way of answering. */
function changed(model: Model, change: Partial<Pick<Model, 'generate' | 'stream' | 'close'>>): Model {
  return {
    specVersion: 1,
    provider: model.provider,
    modelId: model.modelId,
    capabilitiesFor: (request) => model.capabilitiesFor(request),
    generate: (request) => model.generate(request),
    stream: (request) => model.stream(request),
    close: async () => model.close?.(),
    ...change,
  };
}

function without(request: GenerateRequest, option: 'context' | 'temperature' | 'stop'): GenerateRequest {
  return Object.fromEntries(Object.entries(request).filter(([name]) => name !== option)) as typeof request;
}

/** Changes every result. */
function results(change: (result: GenerateResult, request: GenerateRequest) => GenerateResult) {
  return (replies: ConformanceReplies): Model => {
    const model = leaf(replies);
    return changed(model, { generate: async (request) => change(await model.generate(request), request) });
  };
}

/** Changes every part of a stream. */
function parts(change: (part: StreamPart) => readonly StreamPart[]) {
  return (replies: ConformanceReplies): Model => {
    const model = leaf(replies);
    return changed(model, {
      stream: (request) =>
        createModelStream(async (push, signal) => {
          const stream = model.stream({ ...request, signal });
          for await (const part of stream) for (const each of part.type === 'finish' ? [] : change(part)) push(each);
          return stream.result;
        }, request.signal),
    });
  };
}

/** Models that break one rule, and the case that has to see it. */
const broken: Readonly<
  Record<string, { readonly make: (replies: ConformanceReplies) => Model; readonly seen: string }>
> = {
  'a stream that says something else': {
    make: parts((part) => (part.type === 'text-delta' ? [{ ...part, text: 'other' }] : [part])),
    seen: 'the parts of a stream come in order',
  },
  'text before its commit': {
    make: parts((part) => (part.type === 'commit' ? [] : [part])),
    seen: 'the parts of a stream come in order',
  },
  'half a character': {
    make: parts((part) =>
      part.type === 'text-delta' ? part.text.split('').map((text) => ({ ...part, text })) : [part],
    ),
    seen: 'characters are never split, wherever the bytes are',
  },
  'an answer with something that JSON has not': {
    make: results((result) => ({ ...result, at: new Date(0) }) as GenerateResult),
    seen: 'a result is plain JSON',
  },
  'the prompt in the trace': {
    make: results((result, { messages }) => ({
      ...result,
      trace: { ...result.trace, rule: JSON.stringify(messages) },
    })),
    seen: 'the trace holds no content',
  },
  'the answers of others': {
    make: (replies) =>
      leaf((call) => replies({ ...call, request: { messages: [{ role: 'user', content: 'call 0' }] } })),
    seen: 'twenty calls at once each get their own answer',
  },
  'a length that is not said': {
    make: results((result) => ({
      ...result,
      candidates: result.candidates.map((each) => ({ ...each, finish: { unified: 'stop', by: 'eos' } })),
    })),
    seen: 'maxOutputTokens ends an answer by length',
  },
  'an abort that nobody hears': {
    make: (replies) => leaf(replies, async (call, all) => honest({ ...call, signal: undefined }, all)),
    seen: 'an abort before the answer ends generate at once',
  },
  'usage that is not known': {
    make: (replies) => leaf(replies, async (...call) => ({ ...(await honest(...call)), usage: {} })),
    seen: 'usage is there in every way of asking, in buckets that do not overlap',
  },
  'tokens that are counted twice': {
    make: (replies) =>
      leaf(replies, async (...call) => {
        const outcome = await honest(...call);
        const { outputText = 0, outputReasoning = 0 } = outcome.usage;
        return { ...outcome, usage: { ...outcome.usage, outputText: outputText + outputReasoning } };
      }),
    seen: 'usage is what the engine reports, split at the edge',
  },
  'two charges for one attempt': {
    make: results((result) => ({ ...result, charges: [...result.charges, ...result.charges] })),
    seen: 'every attempt is one charge, and every candidate has its own',
  },
  'calls past the guard': {
    make: (replies) => {
      const model = leaf(replies);
      return changed(model, { generate: (request) => model.generate(without(request, 'context')) });
    },
    seen: 'money is held before anything is sent, and every hold is ended once',
  },
  'options that are not checked': {
    make: (replies) => {
      const model = leaf(replies);
      return changed(model, { generate: (request) => model.generate(without(request, 'temperature')) });
    },
    seen: 'options out of range are refused with the range, and nothing is sent',
  },
  'turns that are forgotten': {
    make: (replies) =>
      leaf((call) => replies({ request: { ...call.request, messages: call.request.messages.slice(-1) } })),
    seen: 'a system prompt and earlier turns reach the engine in order',
  },
  'samples that are forgotten': {
    make: results((result) => ({ ...result, candidates: result.candidates.slice(0, 1) })),
    seen: 'several samples are as many candidates',
  },
  'silence about what it cannot do': {
    make: results((result) => ({ ...result, warnings: [] })),
    seen: 'gap: a tool is called, its result goes back, and an answer comes (it takes no tools)',
  },
  'a stop string that is not sent': {
    make: (replies) => leaf(({ request }) => replies({ request: without(request, 'stop') })),
    seen: 'an answer ends before a stop string',
  },
  'a chance that no seed rules': {
    make: (() => {
      let calls = 0;
      return (replies: ConformanceReplies) =>
        leaf(replies, async (...call) => {
          const outcome = await honest(...call);
          if (call[0].request.seed === undefined) return outcome;
          calls += 1;
          return {
            ...outcome,
            candidates: outcome.candidates.map((each) => ({ ...each, content: [{ type: 'text', text: `${calls}` }] })),
          };
        });
    })(),
    seen: 'a seed gives the same answer again',
  },
  'a model that is never closed': {
    make: (replies) => changed(leaf(replies), { close: async () => undefined }),
    seen: 'a model that is closed refuses, and can be closed again',
  },
};

describe('the suite', () => {
  it('passes a model that keeps the rules', async () => {
    expect((await failing((replies) => leaf(replies), { skip })).failed).toEqual([]);
  });

  it.each(Object.entries(broken))('sees %s', async (_, { make, seen }) => {
    const { failed, names } = await failing(make, { skip });
    expect(names).toContain(seen);
    expect(failed).toContain(seen);
  });

  it('says what it leaves out, and why', async () => {
    const { names } = await failing((replies) => leaf(replies), { skip });
    expect(names.filter((name) => name.startsWith('gap: '))).toEqual([
      'gap: a refusal by the engine is an error of its kind, and costs nothing (not in these tests)',
      'gap: a tool is called, its result goes back, and an answer comes (it takes no tools)',
      'gap: an answer is held to a schema (it holds no answer to a schema)',
      'gap: log-probabilities are those of the tokens of the answer (it gives none)',
    ]);
  });

  it('makes the model once where it is told to, and closes it with the last case', async () => {
    let made = 0;
    let closed = 0;
    const tests: (() => Promise<void>)[] = [];
    await describeModel(
      'any',
      (replies) => {
        made += 1;
        return { model: leaf(replies), close: () => void (closed += 1) };
      },
      { describe: (_, body) => body(), it: (_, body) => tests.push(body), skip, reuse: true },
    );
    for (const test of tests) await test();
    expect([made, closed]).toEqual([1, 1]);
  });

  it('runs under the test runner of Node', () => {
    const entry = new URL('../index.ts', import.meta.url).href;
    const program = `
      import { describe, it } from 'node:test';
      import { describeModel, scriptedModel } from ${JSON.stringify(entry)};
      const stepOf = (reply) => (typeof reply === 'string' ? { text: reply } : { ...reply, delayMs: reply.headersAfterMs });
      await describeModel('scripted', (replies) => ({ model: scriptedModel((request) => stepOf(replies({ request }))) }), {
        describe,
        it,
        skip: {
          'samples beyond what one call gives are split into several': 'an example of a reason',
          'a refusal by the engine is an error of its kind, and costs nothing': 'an example of a reason',
          'a tool is called, its result goes back, and an answer comes': 'an example of a reason',
          'an answer is held to a schema': 'an example of a reason',
          'log-probabilities are those of the tokens of the answer': 'an example of a reason',
        },
      });
    `;
    const done = spawnSync(process.execPath, ['--conditions=@tollgate/source', '--input-type=module', '-'], {
      input: program,
      encoding: 'utf8',
      cwd: import.meta.dirname,
      env: { ...process.env, NODE_TEST_CONTEXT: undefined },
    });
    expect(done.stdout).toContain('an answer ends before a stop string');
    expect(done.stdout).toMatch(/fail 0$/m);
    expect(done.status).toBe(0);
  });
});
