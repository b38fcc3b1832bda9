import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, context as otelContext, ROOT_CONTEXT, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { afterEach, describe, expect, it } from 'vitest';
import { ModelCallError } from '../errors/model-call-error.ts';
import { TollgateError } from '../errors/tollgate-error.ts';
import { RecordingGuard } from '../leaf/__fixtures__/recording-guard.ts';
import { rootContext } from '../leaf/call-context.ts';
import { withFallback } from '../middleware/with-fallback.ts';
import { withRetry } from '../middleware/with-retry.ts';
import { withTimeout } from '../middleware/with-timeout.ts';
import type { Usage } from '../spec/usage.ts';
import { runStrategy } from '../strategy/run-strategy.ts';
import { scriptedModel } from '../testing/scripted-model.ts';
import { virtualClock } from '../testing/virtual-clock.ts';
import { memoryTelemetry, type WrittenSpan } from './__fixtures__/memory-telemetry.ts';
import { withTelemetry } from './with-telemetry.ts';

const messages = [
  { role: 'system', content: 'Be a sphinx.' },
  { role: 'user', content: 'What walks on four legs?' },
] as const;
const usage: Usage = { inputUncached: 10, cacheRead: 5, cacheWrite: { total: 2 }, outputText: 3, outputReasoning: 4 };
const busy = new ModelCallError('busy', { failure: 'overloaded', dispatch: 'refused' });

function contextAt(startMs = 1000, guards = [new RecordingGuard()]) {
  return rootContext({ clock: virtualClock(startMs, { autoAdvance: true }), guards, seed: 1 });
}

const tree = (spans: readonly WrittenSpan[]) => spans.map(({ name, parent }) => [name, parent?.name]);

afterEach(() => otelContext.disable());

describe('a call', () => {
  it('is one span by the conventions, with usage, finish, cost, decision and times', async () => {
    const { tracer, meter, spans, measured } = memoryTelemetry();
    const model = withTelemetry(
      scriptedModel([{ text: 'a man', usage, delayMs: 250 }], { provider: 'openai', modelId: 'm' }),
      {
        tracer,
        meter,
      },
    );
    const { trace } = await model.generate({
      messages,
      maxOutputTokens: 50,
      temperature: 0.5,
      topP: 0.9,
      seed: 3,
      stop: ['.'],
      sessionKey: 'talk-1',
      context: contextAt(),
    });
    expect(trace.name).toBe('telemetry openai/m');
    const [call, attempt] = spans;
    expect(spans).toHaveLength(2);
    expect(call).toMatchObject({
      name: 'chat m',
      kind: SpanKind.CLIENT,
      startMs: 1000,
      endMs: 1250,
      status: undefined,
    });
    expect(call?.attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'm',
      'gen_ai.request.max_tokens': 50,
      'gen_ai.request.temperature': 0.5,
      'gen_ai.request.top_p': 0.9,
      'gen_ai.request.seed': 3,
      'gen_ai.request.stop_sequences': ['.'],
      'gen_ai.conversation.id': 'talk-1',
      'gen_ai.response.model': 'm',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': 17,
      'gen_ai.usage.output_tokens': 7,
      'gen_ai.usage.cache_read.input_tokens': 5,
      'gen_ai.usage.cache_creation.input_tokens': 2,
      'gen_ai.usage.reasoning.output_tokens': 4,
      'tollgate.attempts': 1,
      'tollgate.cost.usd': 0.001,
      'tollgate.decision.status': 'unverified',
    });
    expect(attempt).toMatchObject({ name: 'leaf openai/m', kind: SpanKind.CLIENT, startMs: 1000, endMs: 1250 });
    expect(attempt?.parent).toBe(call);
    expect(attempt?.attributes).not.toHaveProperty('gen_ai.usage.input_tokens');
    const names = { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'm' };
    expect(measured).toEqual([
      { instrument: 'gen_ai.client.operation.duration', value: 0.25, attributes: names },
      { instrument: 'gen_ai.client.token.usage', value: 17, attributes: { ...names, 'gen_ai.token.type': 'input' } },
      { instrument: 'gen_ai.client.token.usage', value: 7, attributes: { ...names, 'gen_ai.token.type': 'output' } },
      { instrument: 'tollgate.cost', value: 0.001, attributes: names },
    ]);
  });

  it('is told the same as a stream, and the time to the first chunk', async () => {
    const { tracer, meter, spans, measured } = memoryTelemetry();
    const model = withTelemetry(scriptedModel([{ text: 'a man', delayMs: 400 }]), { tracer, meter });
    const stream = model.stream({ messages, context: contextAt() });
    const types: string[] = [];
    for await (const part of stream) types.push(part.type);
    expect(types).toEqual(['start', 'commit', 'text-delta', 'text-delta', 'candidate-finish', 'finish']);
    expect(spans[0]).toMatchObject({ endMs: 1400, attributes: { 'gen_ai.response.finish_reasons': ['stop'] } });
    expect(measured.filter(({ instrument }) => instrument.endsWith('time_to_first_chunk'))).toMatchObject([
      { value: 0.4 },
    ]);
  });

  it('that is left in the middle is ended, aborted, with what it cost', async () => {
    const { tracer, meter, spans } = memoryTelemetry();
    const model = withTelemetry(scriptedModel([{ text: 'late', delayMs: 1000 }]), { tracer, meter });
    const context = contextAt();
    const stream = model.stream({ messages, context });
    for await (const part of stream) {
      if (part.type !== 'start') continue;
      await context.clock.sleep(10);
      break;
    }
    await stream.result;
    expect(spans[0]).toMatchObject({
      status: { code: SpanStatusCode.ERROR, message: 'aborted' },
      attributes: { 'error.type': 'aborted', 'tollgate.attempts': 1, 'gen_ai.response.finish_reasons': ['aborted'] },
    });
  });

  it('that fails says what failed, and quotes nothing', async () => {
    const { tracer, meter, spans, measured } = memoryTelemetry();
    const failures: readonly (readonly [Error, string])[] = [
      [
        new ModelCallError('The prompt "What walks" is bad', { failure: 'bad-request', dispatch: 'refused' }),
        'bad-request',
      ],
      [new TollgateError('cassette-miss', 'no answer to "What walks"'), 'cassette-miss'],
    ];
    for (const [error, type] of failures) {
      const model = withTelemetry(scriptedModel([{ error }]), { tracer, meter });
      await expect(model.generate({ messages, context: contextAt() })).rejects.toBe(error);
      expect(spans.at(-2)).toMatchObject({
        attributes: { 'error.type': type },
        status: { code: SpanStatusCode.ERROR, message: type },
      });
      expect(measured.at(-1)).toMatchObject({
        instrument: 'gen_ai.client.operation.duration',
        attributes: { 'error.type': type },
      });
    }
    expect(JSON.stringify([spans.map(({ attributes, status }) => [attributes, status]), measured])).not.toContain(
      'walks',
    );
  });

  it('shows prompts and answers only where that was asked for', async () => {
    for (const content of [false, true]) {
      const { tracer, meter, spans } = memoryTelemetry();
      const call = { type: 'tool-call', toolCallId: 't', toolName: 'ask', input: { who: 'Oedipus' } } as const;
      const model = withTelemetry(scriptedModel([{ content: [{ type: 'text', text: 'a man' }, call] }]), {
        tracer,
        meter,
        content,
      });
      const file = { type: 'file', mediaType: 'image/png', data: { base64: 'c2VjcmV0' } } as const;
      const asked = [...messages, { role: 'user', content: [file] } as const];
      await model.generate({
        messages: asked,
        context: contextAt(),
        providerOptions: { scripted: { apiKey: 'sk-never' } },
      });
      const told = JSON.stringify(spans.map(({ attributes }) => attributes));
      for (const text of ['sphinx', 'four legs', 'a man', 'Oedipus']) expect(told.includes(text)).toBe(content);
      for (const text of ['c2VjcmV0', 'sk-never']) expect(told).not.toContain(text);
      if (!content) continue;
      expect(JSON.parse(String(spans[0]?.attributes['gen_ai.output.messages']))).toEqual([
        {
          role: 'assistant',
          parts: [
            { type: 'text', content: 'a man' },
            { type: 'tool_call', id: 't', name: 'ask', arguments: { who: 'Oedipus' } },
          ],
          finish_reason: 'tool-calls',
        },
      ]);
      expect(JSON.parse(String(spans[0]?.attributes['gen_ai.system_instructions']))).toEqual([
        { type: 'text', content: 'Be a sphinx.' },
      ]);
    }
  });
});

describe('below a call', () => {
  it('every attempt is a span', async () => {
    const { tracer, meter, spans } = memoryTelemetry();
    const model = withTelemetry(withRetry(scriptedModel([{ error: busy }, { text: 'a' }])), { tracer, meter });
    await model.generate({ messages, context: contextAt() });
    expect(tree(spans)).toEqual([
      ['chat model', undefined],
      ['retry scripted/model', 'chat model'],
      ['leaf scripted/model', 'retry scripted/model'],
      ['leaf scripted/model', 'retry scripted/model'],
    ]);
    expect(spans[1]?.attributes).toMatchObject({
      'tollgate.value.try 1': 'overloaded, refused',
      'tollgate.value.tries': 2,
    });
    expect(spans.map(({ status }) => status?.code)).toEqual([undefined, undefined, SpanStatusCode.ERROR, undefined]);
  });

  it('tokens of different models are told at their attempts, and not added', async () => {
    const { tracer, meter, spans, measured } = memoryTelemetry();
    const slow = withTimeout(scriptedModel([{ text: 'late', delayMs: 5000, usage }], { modelId: 'a' }), {
      timeoutMs: 100,
    });
    const other = scriptedModel([{ text: 'b', usage: { inputUncached: 1, outputText: 2 } }], { modelId: 'b' });
    await withTelemetry(withFallback(slow, [other]), { tracer, meter }).generate({ messages, context: contextAt() });
    expect(spans[0]?.attributes).toMatchObject({ 'tollgate.attempts': 2, 'tollgate.cost.usd': 0.002 });
    expect(spans[0]?.attributes).not.toHaveProperty('gen_ai.usage.input_tokens');
    const leaves = spans.filter(({ name }) => name.startsWith('leaf'));
    expect(leaves.map(({ attributes }) => attributes['gen_ai.usage.output_tokens'])).toEqual([0, 2]);
    const models = measured.flatMap(({ instrument, attributes }) =>
      instrument === 'tollgate.cost' ? [attributes['gen_ai.request.model']] : [],
    );
    expect(models).toEqual(['a', 'b']);
  });

  it('a strategy is told by its nodes, and another telemetry inside only once', async () => {
    const storage = new AsyncLocalStorage<Context>();
    otelContext.setGlobalContextManager({
      active: () => storage.getStore() ?? ROOT_CONTEXT,
      with: (context, ...[run, self, ...given]) => storage.run(context, () => run.call(self as never, ...given)),
      bind: (_, target) => target,
      enable() {
        return this;
      },
      disable() {
        return this;
      },
    });
    const { tracer, meter, spans } = memoryTelemetry();
    const inner = withTelemetry(scriptedModel([{ text: 'a' }], { modelId: 'inner' }), { tracer, meter });
    const strategy = runStrategy<{ readonly id?: string }>(
      {
        name: 'once',
        start: () => ({}),
        observe: (state, event) =>
          event.type === 'drawn' && event.candidates[0] !== undefined ? { id: event.candidates[0].id } : state,
        next: ({ id }) =>
          id === undefined
            ? { type: 'draw', from: 0, count: 1 }
            : { type: 'accept', candidate: id, reason: 'the only one' },
      },
      { sources: [inner] },
    );
    await withTelemetry(strategy, { tracer, meter }).generate({ messages, context: contextAt() });
    const pairs = tree(spans);
    expect(pairs[0]).toEqual(['chat once', undefined]);
    expect(spans[0]).toMatchObject({ kind: SpanKind.INTERNAL, attributes: { 'tollgate.decision.status': 'accepted' } });
    expect(pairs).toContainEqual(['chat inner', 'chat once']);
    expect(pairs).toContainEqual(['strategy once', 'chat once']);
    expect(spans.filter(({ name }) => name.startsWith('leaf'))).toHaveLength(1);
  });

  it('writes nothing and changes nothing where no SDK is set up', async () => {
    const result = await withTelemetry(scriptedModel([{ text: 'a' }])).generate({ messages });
    expect(result.candidates).toHaveLength(1);
  });
});
