import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { BudgetExceededError } from '../errors/budget-errors.ts';
import { ModelCallError } from '../errors/model-call-error.ts';
import { generateText } from '../ask/generate-text.ts';
import { RecordingGuard } from '../leaf/__fixtures__/recording-guard.ts';
import { rootContext } from '../leaf/call-context.ts';
import type { AssistantPart, Message } from '../spec/content.ts';
import type { JsonValue } from '../spec/json.ts';
import type { Money } from '../spec/money.ts';
import type { Pricing } from '../spec/pricing.ts';
import type { Finish } from '../spec/result.ts';
import type { StrategyCore } from '../spec/strategy-core.ts';
import type { TurnPolicy } from '../spec/turn-policy.ts';
import { runStrategy } from '../strategy/run-strategy.ts';
import { scriptedModel, type ScriptedModelOptions, type ScriptStep } from '../testing/scripted-model.ts';
import { virtualClock } from '../testing/virtual-clock.ts';
import type { AgentEvent } from './agent-outcome.ts';
import { type AgentTool, defineTool } from './define-tool.ts';
import { type AgentOptions, runAgent } from './run-agent.ts';
import { unansweredCalls } from './unanswered-calls.ts';

const nano: Pricing = {
  priceOf: () => ({ amount: { usd: 1e-9, nanoUsd: '1' }, known: 'list' }),
  upperBound: () => ({ amount: { usd: 1e-9, nanoUsd: '1' }, known: 'list' }),
  declaration: {},
};

const add = defineTool({
  name: 'add',
  description: 'Adds two numbers.',
  input: z.object({ a: z.number(), b: z.number().default(1) }),
  run: ({ a, b }) => a + b,
});

let ids = 0;
function call(toolName: string, input: JsonValue, more: { readonly invalid?: string } = {}): AssistantPart {
  ids += 1;
  return { type: 'tool-call', toolCallId: `call-${ids}`, toolName, input, ...more };
}

function agentModel(steps: readonly ScriptStep[], options: ScriptedModelOptions = {}) {
  const { capabilities, ...rest } = options;
  return scriptedModel(steps, { ...rest, capabilities: { tools: true, ...capabilities } });
}

function tool(name: string, run: AgentTool['run'], more: Partial<AgentTool> = {}): AgentTool {
  return { name, input: { json: { type: 'object' } }, run, ...more };
}

/** The tool results of a conversation, in order. */
function resultsIn(messages: readonly Message[]) {
  return messages.flatMap((message) => (message.role === 'tool' ? message.content : []));
}

function textIn(message: Message | undefined): string {
  const { content = '' } = message ?? {};
  if (typeof content === 'string') return content;
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
}

describe('an agent', () => {
  it('runs the tools the model calls, tells it what they gave, and ends with its answer', async () => {
    const first = { ...call('add', { a: 2, b: 3 }), toolCallId: 'call-x' } as AssistantPart;
    using model = agentModel([{ content: [first] }, { text: 'It is 5.' }], { pricing: nano });
    const outcome = await runAgent({
      model,
      tools: [add],
      prompt: 'What is 2 + 3?',
      system: 'Be brief.',
      effort: 'low',
    });
    expect(outcome).toMatchObject({
      status: 'finished',
      reason: 'the model called no more tools',
      answer: 'It is 5.',
      finish: { unified: 'stop' },
      turns: 2,
      charges: [{}, {}],
      costUsd: 2e-9,
      warnings: [],
    });
    expect(outcome.messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'What is 2 + 3?' },
      { role: 'assistant', content: [first] },
      { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'call-x', toolName: 'add', output: 5 }] },
      { role: 'assistant', content: [{ type: 'text', text: 'It is 5.' }] },
    ]);
    expect(model.calls[1]).toMatchObject({ effort: 'low', tools: [{ name: 'add', description: 'Adds two numbers.' }] });
    expect(model.calls[1]?.messages).toEqual(outcome.messages.slice(0, 4));
    expect(outcome.error).toBeUndefined();
  });

  it('answers a conversation without tools in one turn', async () => {
    using model = scriptedModel([{ text: 'Hello' }]);
    const outcome = await runAgent({ model, prompt: [{ role: 'user', content: 'Hi' }] });
    expect(outcome).toMatchObject({ status: 'finished', answer: 'Hello', turns: 1 });
    expect(model.calls[0]).not.toHaveProperty('tools');
  });

  it('hands what the model said back as it was: thinking, signatures, calls', async () => {
    const content: readonly AssistantPart[] = [
      { type: 'reasoning', text: 'hm', origin: { provider: 'p', modelId: 'm' }, metadata: { p: { signature: 's' } } },
      { type: 'text', text: 'Let me see.', metadata: { p: { id: 1 } } },
      { ...call('add', { a: 1 }), metadata: { p: { block: 2 } } },
    ];
    using model = agentModel([{ content }, { text: 'done' }]);
    await runAgent({ model, tools: [add], prompt: 'Go.' });
    expect(model.calls[1]?.messages[1]).toEqual({ role: 'assistant', content });
  });

  it('reads the last answer by the schema of the request', async () => {
    using model = agentModel([{ content: [call('add', { a: 1 })] }, { text: '{"sum":2}' }, { text: 'two' }]);
    const output = { json: { type: 'object', required: ['sum'] } } as const;
    expect(await runAgent({ model, tools: [add], prompt: 'Go.', output })).toMatchObject({
      status: 'finished',
      object: { sum: 2 },
    });
    const missed = await runAgent({ model, prompt: 'Go.', output });
    expect(missed.warnings).toMatchObject([{ option: 'output', message: expect.stringContaining('not JSON') }]);
    expect(missed).not.toHaveProperty('object');
  });

  it('shows turns, tools and calls in its trace, and no content', async () => {
    using model = agentModel([{ content: [call('add', { a: 1 }), call('secret-name', {})] }, { text: 'ok' }]);
    const { trace } = await runAgent({ model, tools: [add], prompt: 'Go.' });
    expect(trace).toMatchObject({ kind: 'agent', status: 'finished', values: { turns: 2 } });
    expect(
      trace.children.map(({ kind, children }) => [kind, children.map(({ name, status }) => `${name}: ${status}`)]),
    ).toEqual([
      ['turn', ['scripted/model: answered', 'add 1: answered', 'unknown tool 2: failed']],
      ['turn', ['scripted/model: answered']],
    ]);
    expect(JSON.stringify(trace)).not.toContain('secret-name');
  });
});

describe('a tool', () => {
  it('gets input typed and made by its schema', () => {
    defineTool({
      name: 'typed',
      input: z.object({ a: z.string().transform(Number) }),
      run: (input) => expectTypeOf(input).toEqualTypeOf<{ a: number }>(),
    });
    defineTool({ name: 'json', input: { json: {} }, run: (input) => expectTypeOf(input).toEqualTypeOf<JsonValue>() });
  });

  it.each<readonly [string, AssistantPart, RegExp]>([
    ['that does not exist', call('subtract', {}), /^There is no tool "subtract"\. The tools are: add, broken\.$/],
    [
      'with arguments that do not fit',
      call('add', { a: 'two' }),
      /^The arguments do not fit: a does not fit: .* Call it again\.$/,
    ],
    [
      'with arguments that are not JSON',
      call('add', '{"a":', { invalid: 'Unexpected end' }),
      /^The arguments are not JSON: Unexpected end\./,
    ],
    ['that throws', call('broken', {}), /^It broke$/],
  ])('%s is an error the model can mend', async (_, wrong, message) => {
    const broken = tool('broken', () => {
      throw new Error('It broke');
    });
    using model = agentModel([{ content: [wrong] }, { text: 'Sorry.' }]);
    const outcome = await runAgent({ model, tools: [add, broken], prompt: 'Go.' });
    expect(outcome.status).toBe('finished');
    expect(resultsIn(outcome.messages)).toMatchObject([{ isError: true, output: expect.stringMatching(message) }]);
  });

  it.each<readonly [unknown, JsonValue]>([
    [undefined, null],
    ['text', 'text'],
    [{ a: undefined, at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
  ])('that gives %j is read as JSON', async (given, output) => {
    using model = agentModel([{ content: [call('give', {})] }, { text: 'ok' }]);
    const outcome = await runAgent({ model, tools: [tool('give', () => given)], prompt: 'Go.' });
    const [result] = resultsIn(outcome.messages);
    expect(result).toMatchObject({ output });
    expect(result).not.toHaveProperty('isError');
  });

  it('that gives what is no JSON is an error', async () => {
    const ring: { self?: unknown } = {};
    ring.self = ring;
    using model = agentModel([{ content: [call('give', {}), call('big', {})] }, { text: 'ok' }]);
    const tools = [tool('give', () => ring), tool('big', () => 1n)];
    const outcome = await runAgent({ model, tools, prompt: 'Go.' });
    expect(resultsIn(outcome.messages)).toMatchObject([{ isError: true }, { isError: true }]);
  });

  it('has its output cut at a length, and not inside a character', async () => {
    using model = agentModel([{ content: [call('text', {}), call('list', {})] }, { text: 'ok' }]);
    const tools = [tool('text', () => 'abc😀def'), tool('list', () => [1, 2, 3, 4])];
    const outcome = await runAgent({ model, tools, prompt: 'Go.', maxToolOutputCharacters: 4 });
    expect(resultsIn(outcome.messages).map(({ output }) => output)).toEqual([
      'abc\uFFFD\n[cut: the first 4 of 8 characters]',
      '[1,2\n[cut: the first 4 of 9 characters]',
    ]);
  });

  it('is one of several that run at once, at most so many; results are in the order of the calls', async () => {
    const clock = virtualClock(0, { autoAdvance: true });
    let running = 0;
    let most = 0;
    const wait = tool('wait', async (input, { context }) => {
      running += 1;
      most = Math.max(most, running);
      await context.clock.sleep((input as { ms: number }).ms);
      running -= 1;
      return (input as { ms: number }).ms;
    });
    const waits = [40, 10, 30, 20];
    using model = agentModel([{ content: waits.map((ms) => call('wait', { ms })) }, { text: 'ok' }]);
    const events: AgentEvent[] = [];
    const outcome = await runAgent({
      model,
      tools: [wait],
      prompt: 'Go.',
      maxParallelTools: 2,
      context: rootContext({ clock }),
      onEvent: (event) => void events.push(event),
    });
    expect(most).toBe(2);
    expect(resultsIn(outcome.messages).map(({ output }) => output)).toEqual(waits);
    expect(events.flatMap((event) => (event.type === 'tool-result' ? [event.result.output] : []))).toEqual([
      10, 40, 30, 20,
    ]);
    expect(clock.now()).toBe(60);
  });

  it('is given up when its time is over, whether it listens or not, and leaves no timer', async () => {
    const clock = virtualClock(0, { autoAdvance: true });
    const stopped: unknown[] = [];
    const listens = tool(
      'listens',
      (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            stopped.push(signal.reason);
            reject(signal.reason as Error);
          });
        }),
    );
    const deaf = tool('deaf', () => new Promise(() => undefined), { timeoutMs: 20 });
    using model = agentModel([{ content: [call('listens', {}), call('deaf', {}), call('quick', {})] }, { text: 'ok' }]);
    const tools = [listens, deaf, tool('quick', () => 1)];
    const outcome = await runAgent({ model, tools, prompt: 'Go.', toolTimeoutMs: 50, context: rootContext({ clock }) });
    expect(resultsIn(outcome.messages)).toMatchObject([
      { isError: true, output: 'It took longer than 50 ms and was given up.' },
      { isError: true, output: 'It took longer than 20 ms and was given up.' },
      { output: 1 },
    ]);
    expect(stopped).toHaveLength(1);
  });

  it('asks models and agents of its own: bounded, traced and charged with the rest', async () => {
    const guard = new RecordingGuard();
    using small = scriptedModel([{ text: 'sub' }, { text: 'plain' }], { modelId: 'small', pricing: nano });
    const tools = [
      tool('agent', async (_, { context, signal, charge }) => {
        const inner = await runAgent({ model: small, prompt: 'Sub.', context, signal });
        charge(inner.charges);
        return inner.answer;
      }),
      tool('model', async (_, { context, signal, charge }) => {
        const { text, charges } = await generateText(small, 'Plain.', { context, signal });
        charge(charges);
        return text;
      }),
    ];
    using model = agentModel([{ content: [call('agent', {})] }, { content: [call('model', {})] }, { text: 'ok' }], {
      pricing: nano,
    });
    const context = rootContext({ guards: [guard], scopes: { task: 't' } });
    const outcome = await runAgent({ model, tools, prompt: 'Go.', context });
    expect(outcome.status).toBe('finished');
    expect(outcome.charges).toHaveLength(5);
    expect(guard.asks.map(({ model: { modelId }, scopes }) => [modelId, scopes])).toEqual(
      ['model', 'small', 'model', 'small', 'model'].map((modelId) => [modelId, { task: 't' }]),
    );
    const [first] = outcome.trace.children;
    expect(first?.children[1]).toMatchObject({
      kind: 'tool',
      children: [{ kind: 'agent', children: [{ kind: 'turn' }] }],
    });
  });

  it('that fails with an error of a model has what it cost on the bill', async () => {
    using small = scriptedModel([{ error: new ModelCallError('lost', { failure: 'network', dispatch: 'unknown' }) }], {
      pricing: nano,
    });
    using model = agentModel([{ content: [call('ask', {})] }, { text: 'ok' }], { pricing: nano });
    const ask = tool('ask', async (_, { context }) => (await generateText(small, 'x', { context })).text);
    const outcome = await runAgent({ model, tools: [ask], prompt: 'Go.' });
    expect(outcome.charges.map(({ usageKnown }) => usageKnown)).toEqual(['exact', 'upper-bound', 'exact']);
    expect(resultsIn(outcome.messages)).toMatchObject([{ isError: true, output: 'lost' }]);
  });
});

describe('a limit on turns', () => {
  const again = (): ScriptStep => ({ content: [call('add', { a: 1 })] });

  it('reminds once, then closes: tools stay in the request, calling is off, the prefix is never edited', async () => {
    using model = agentModel([again(), again(), again(), again(), again(), { text: 'What I have.' }]);
    const outcome = await runAgent({ model, tools: [add], prompt: 'Go.', turns: 5 });
    expect(outcome).toMatchObject({
      status: 'turn-limit',
      reason: 'all 5 turns are used',
      answer: 'What I have.',
      turns: 6,
    });
    expect(model.calls.map(({ toolChoice }) => toolChoice)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      'none',
    ]);
    expect(new Set(model.calls.map(({ tools }) => JSON.stringify(tools))).size).toBe(1);
    expect(model.calls.map(({ messages }) => /left, this one included/.test(textIn(messages.at(-1))))).toEqual([
      false,
      false,
      false,
      false,
      true,
      false,
    ]);
    expect(textIn(model.calls[5]?.messages.at(-1))).toMatch(/^This is the last turn/);
    for (const [i, { messages }] of model.calls.entries()) {
      const next = model.calls[i + 1]?.messages ?? outcome.messages;
      expect(next.slice(0, messages.length)).toEqual(messages);
    }
  });

  it('has the conversation cached up to its notes, where that is asked for; the conversation itself has no marks', async () => {
    using model = agentModel([again(), { text: 'What I have.' }]);
    const outcome = await runAgent({ model, tools: [add], prompt: 'Go.', turns: 1, cache: { ttl: '1h' } });
    const sent = model.calls.map(({ messages }) =>
      messages.map(({ content }) => (typeof content === 'string' ? [] : content.map(({ cache }) => cache?.ttl))),
    );
    expect(sent).toEqual([[['1h']], [['1h'], [undefined], ['1h'], []]]);
    expect(textIn(model.calls[1]?.messages.at(-1))).toMatch(/^This is the last turn/);
    expect(JSON.stringify(outcome.messages)).not.toContain('1h');
  });

  it('leaves the tool choice where changing it would cost the cache, and does not run what is called', async () => {
    let runs = 0;
    const count = tool('count', () => {
      runs += 1;
      return runs;
    });
    const calls = (text: string): ScriptStep => ({ content: [{ type: 'text', text }, call('count', {})] });
    using model = agentModel([calls('a'), calls(''), { text: 'Enough.' }], {
      capabilities: { toolChoiceKeepsCache: false },
    });
    const outcome = await runAgent({ model, tools: [count], prompt: 'Go.', turns: 1 });
    expect(outcome).toMatchObject({ status: 'turn-limit', answer: 'Enough.' });
    expect(runs).toBe(1);
    expect(model.calls.map(({ toolChoice }) => toolChoice)).toEqual([undefined, undefined, undefined]);
    expect(resultsIn(outcome.messages)[1]).toMatchObject({
      isError: true,
      output: expect.stringContaining('closing turn'),
    });
  });

  it('takes a closing answer with words in it, calls or not', async () => {
    using model = agentModel([again(), { content: [{ type: 'text', text: 'So far.' }, call('add', { a: 1 })] }]);
    const outcome = await runAgent({ model, tools: [add], prompt: 'Go.', turns: 1 });
    expect(outcome).toMatchObject({ status: 'turn-limit', answer: 'So far.', turns: 2 });
    expect(unansweredCalls(outcome.messages)).toEqual([]);
  });

  it('ends for good after a second closing turn, with the newest words there are', async () => {
    using model = agentModel([
      { content: [{ type: 'text', text: 'I look.' }, call('add', { a: 1 })] },
      again(),
      again(),
    ]);
    const outcome = await runAgent({ model, tools: [add], prompt: 'Go.', turns: 1 });
    expect(outcome).toMatchObject({ status: 'turn-limit', answer: 'I look.', turns: 3 });
  });

  it('does not touch an agent that ends in time', async () => {
    using model = agentModel([again(), { text: 'done' }]);
    expect(await runAgent({ model, tools: [add], prompt: 'Go.', turns: 2 })).toMatchObject({
      status: 'finished',
      turns: 2,
    });
  });

  it('goes on from a saved state: the same turns, the same money, the same policy', async () => {
    const limit: TurnPolicy<{ readonly seen: number }> = {
      name: 'limit',
      start: () => ({ seen: 0 }),
      before: (state, { spentUsd = 0 }) => ({
        state,
        decision:
          state.seen < 3
            ? { type: 'proceed', reminder: `${state.seen} $${spentUsd * 1e9}` }
            : { type: 'stop', reason: 'enough' },
      }),
      after: (state) => ({ seen: state.seen + 1 }),
    };
    let saved: AgentEvent | undefined;
    const stop = new AbortController();
    using model = agentModel([again(), again(), again()], { pricing: nano });
    const first = await runAgent({
      model,
      tools: [add],
      prompt: 'Go.',
      turns: limit,
      signal: stop.signal,
      onEvent: (event) => {
        saved = event;
        if (event.type === 'turn-end') stop.abort();
      },
    });
    expect(first).toMatchObject({ status: 'aborted', turns: 1 });
    if (saved?.type !== 'turn-end') throw new Error('The last event is not the end of a turn.');
    expect(saved.state).toEqual(first.state);
    const second = await runAgent({
      model,
      tools: [add],
      turns: limit,
      resume: JSON.parse(JSON.stringify(saved.state)),
    });
    expect(second).toMatchObject({
      status: 'turn-limit',
      reason: 'enough',
      turns: 3,
      costUsd: 2e-9,
      state: { spentUsd: 3e-9, policy: { seen: 3 } },
    });
    expect(model.calls.map(({ messages }) => textIn(messages.at(-1)).split('\n').at(-1))).toEqual([
      '0 $0',
      '1 $1',
      '2 $2',
    ]);
  });

  it('has what was written before, where a resumed run ends at once', async () => {
    using model = agentModel([
      { content: [{ type: 'text', text: 'I add.' }, call('add', { a: 1 })] },
      again(),
      again(),
    ]);
    const { state } = await runAgent({ model, tools: [add], prompt: 'Go.', turns: 1 });
    const outcome = await runAgent({ model, tools: [add], turns: 1, resume: { ...state, turns: 9 } });
    expect(outcome).toMatchObject({ status: 'turn-limit', answer: 'I add.', turns: 9, charges: [] });
  });

  it('takes a new message with a saved state', async () => {
    using model = scriptedModel([{ text: 'one' }, { text: 'two' }]);
    const { state } = await runAgent({ model, prompt: 'First.' });
    const outcome = await runAgent({ model, prompt: 'Second.', resume: state });
    expect(outcome).toMatchObject({ status: 'finished', answer: 'two', turns: 2 });
    expect(outcome.messages.map(textIn)).toEqual(['First.', 'one', 'Second.', 'two']);
  });

  it('can be asked for more, where the policy offers that', async () => {
    const seen: unknown[] = [];
    const policy: TurnPolicy<null> = {
      name: 'extends',
      mayExtend: true,
      start: () => null,
      before: (state) => ({ state, decision: { type: 'proceed' } }),
      after: (state, observation) => {
        seen.push(observation);
        return state;
      },
    };
    using model = agentModel([{ content: [call('request_more_turns', { reason: 'much' })] }, { text: 'ok' }]);
    const outcome = await runAgent({ model, tools: [add], prompt: 'Go.', turns: policy });
    expect(model.calls[0]?.tools?.map(({ name }) => name)).toEqual(['add', 'request_more_turns']);
    expect(seen).toEqual([
      { turnKey: 'turn-1', toolCalls: 1, finished: false, progress: false, requestedMore: true },
      { turnKey: 'turn-2', toolCalls: 0, finished: true, progress: false, requestedMore: false },
    ]);
    expect(resultsIn(outcome.messages)[0]).not.toHaveProperty('isError');
  });

  it('that fails itself ends the run, with nothing lost', async () => {
    const broken: TurnPolicy<null> = {
      name: 'broken',
      start: () => null,
      before: (state, { used }) => {
        if (used > 0) throw new Error('no idea');
        return { state, decision: { type: 'proceed' } };
      },
      after: (state) => state,
    };
    using model = agentModel([again()]);
    const outcome = await runAgent({ model, tools: [add], prompt: 'Go.', turns: broken });
    expect(outcome).toMatchObject({
      status: 'failed',
      reason: 'The agent failed: no idea',
      charges: [{}],
      turns: 1,
      error: { code: 'internal' },
    });
  });
});

describe('an answer that is no plain end', () => {
  it.each<readonly [string, ScriptStep, string | undefined]>([
    ['refused', { text: 'No.', finish: { unified: 'refusal', by: 'eos' } }, 'the model refused'],
    [
      'filtered',
      { text: '', finish: { unified: 'content-filter', by: 'eos' } },
      'a content filter ended the last answer',
    ],
    [
      'cut',
      { text: 'Once upon', finish: { unified: 'length', by: 'length' } },
      'the last answer was cut at the output limit',
    ],
    ['empty', { text: '' }, 'the last answer is empty'],
  ])('and was %s finishes the run and says so', async (_, step, message) => {
    using model = scriptedModel([step]);
    const outcome = await runAgent({ model, prompt: 'Go.' });
    expect(outcome).toMatchObject({ status: 'finished', reason: message, warnings: [{ message }] });
    expect(outcome.answer).toBe('text' in step && step.text !== '' ? step.text : undefined);
  });

  it('keeps the newest words where the last answer is empty', async () => {
    using model = agentModel([{ content: [{ type: 'text', text: 'I add.' }, call('add', { a: 1 })] }, { content: [] }]);
    const outcome = await runAgent({ model, tools: [add], prompt: 'Go.' });
    expect(outcome).toMatchObject({ status: 'finished', answer: 'I add.' });
    expect(outcome.messages.at(-1)?.role).toBe('tool');
  });

  it('runs the whole calls of an answer that was cut, and tells of the one that was not', async () => {
    const cut: Finish = { unified: 'length', by: 'length' };
    const content = [call('add', { a: 1 }), call('add', '{"a":', { invalid: 'Unexpected end' })];
    using model = agentModel([{ content, finish: cut }, { text: 'ok' }]);
    const outcome = await runAgent({ model, tools: [add], prompt: 'Go.' });
    expect(resultsIn(outcome.messages)).toMatchObject([
      { output: 2 },
      { isError: true, output: expect.stringContaining('cut at the output limit') },
    ]);
    expect(outcome.messages[1]).toEqual({ role: 'assistant', content });
  });

  it('does not run the calls of a refused one', async () => {
    using model = agentModel([{ content: [call('add', { a: 1 })], finish: { unified: 'refusal', by: 'eos' } }]);
    const outcome = await runAgent({ model, tools: [add], prompt: 'Go.' });
    expect(outcome.status).toBe('finished');
    expect(resultsIn(outcome.messages)).toMatchObject([{ isError: true, output: expect.stringContaining('refusal') }]);
  });

  it('goes on where it paused: it is sent back as it is, and a reminder waits', async () => {
    const paused: Finish = { unified: 'other', raw: 'pause_turn', by: 'eos' };
    using model = agentModel([{ text: 'Searching', finish: paused }, { text: 'Found.' }]);
    const outcome = await runAgent({ model, prompt: 'Go.', turns: 2 });
    expect(outcome).toMatchObject({ status: 'finished', answer: 'Found.', turns: 2 });
    expect(model.calls[1]?.messages.at(-1)).toEqual({
      role: 'assistant',
      content: [{ type: 'text', text: 'Searching' }],
    });
  });

  it('is a failure where a strategy abstains', async () => {
    const never: StrategyCore<null> = {
      name: 'never',
      start: () => null,
      observe: () => null,
      next: () => ({ type: 'abstain', reason: 'unsure' }),
    };
    const outcome = await runAgent({ model: runStrategy(never, { sources: [scriptedModel([])] }), prompt: 'Go.' });
    expect(outcome).toMatchObject({
      status: 'failed',
      reason: 'there is no answer: unsure',
      error: { code: 'invalid-output' },
    });
  });

  it('is a failure where the engine broke off', async () => {
    using model = scriptedModel([{ text: 'Half', finish: { unified: 'error', raw: 'engine_error', by: 'eos' } }]);
    expect(await runAgent({ model, prompt: 'Go.' })).toMatchObject({
      status: 'failed',
      answer: 'Half',
      error: { code: 'call-failed' },
    });
  });
});

const money: Money = { usd: 0, nanoUsd: '0' };
function refusal(): BudgetExceededError {
  return new BudgetExceededError('The cap is reached.', {
    scope: { kind: 'run', id: 'r' },
    dimension: 'usd',
    cap: money,
    settled: money,
    held: money,
    asked: money,
  });
}

describe('an end from outside', () => {
  it('keeps the work where the money ends', async () => {
    const words = { type: 'text', text: 'I add.' } as const;
    using model = agentModel([{ content: [words, call('add', { a: 1 })] }, { error: refusal() }], { pricing: nano });
    const outcome = await runAgent({ model, tools: [add], prompt: 'Go.' });
    expect(outcome).toMatchObject({
      status: 'budget',
      answer: 'I add.',
      turns: 1,
      costUsd: 1e-9,
      error: { code: 'budget-exceeded' },
    });
    expect(outcome.messages).toHaveLength(3);
  });

  it('does not go on from an answer that the budget cut, nor run its tools', async () => {
    using model = agentModel([{ content: [call('add', { a: 1 })], finish: { unified: 'length', by: 'budget' } }]);
    const outcome = await runAgent({ model, tools: [add], prompt: 'Go.' });
    expect(outcome.status).toBe('budget');
    expect(resultsIn(outcome.messages)).toMatchObject([{ isError: true, output: expect.stringContaining('budget') }]);
  });

  it('has every charge and the newest words where a call fails', async () => {
    const lost = new ModelCallError('lost', {
      failure: 'network',
      dispatch: 'unknown',
      partial: {
        candidates: [{ content: [{ type: 'text', text: 'Hal' }], finish: { unified: 'error', by: 'eos' } }],
        usage: { outputText: 1 },
      },
    });
    using model = agentModel([{ content: [call('add', { a: 1 })] }, { error: lost }], { pricing: nano });
    const outcome = await runAgent({ model, tools: [add], prompt: 'Go.' });
    expect(outcome).toMatchObject({
      status: 'failed',
      reason: 'lost',
      answer: 'Hal',
      error: lost,
      costUsd: 2e-9,
      charges: [{}, { usageKnown: 'estimated' }],
    });
  });

  it('is aborted while the model writes', async () => {
    const clock = virtualClock(0, { autoAdvance: true });
    const stop = new AbortController();
    using model = agentModel([{ content: [call('add', { a: 1 })] }, { text: 'late', delayMs: 100 }]);
    const running = runAgent({
      model,
      tools: [add],
      prompt: 'Go.',
      signal: stop.signal,
      context: rootContext({ clock }),
      onEvent: ({ type }) => {
        if (type === 'turn-end')
          clock.sleep(50).then(
            () => stop.abort(new Error('enough')),
            () => undefined,
          );
      },
    });
    const outcome = await running;
    expect(outcome).toMatchObject({
      status: 'aborted',
      turns: 1,
      charges: [{}, {}],
      error: { code: 'aborted' },
      trace: { status: 'aborted' },
    });
    expect(outcome.messages).toHaveLength(3);
  });

  it('is aborted while tools run: each call has its result, and a deaf tool is waited for one second', async () => {
    const clock = virtualClock(0, { autoAdvance: true });
    const stop = new AbortController();
    const tools = [tool('deaf', () => new Promise(() => stop.abort())), tool('quick', () => 1)];
    using model = agentModel([{ content: [call('quick', {}), call('deaf', {})] }]);
    const context = rootContext({ clock });
    const outcome = await runAgent({ model, tools, prompt: 'Go.', signal: stop.signal, context });
    expect(outcome).toMatchObject({ status: 'aborted', turns: 1 });
    expect(resultsIn(outcome.messages)).toMatchObject([{ output: 1 }, { isError: true, output: 'It was aborted.' }]);
    expect(clock.now()).toBe(1000);
  });

  it('has on its bill what a model had cost that a tool was asking when its time was up', async () => {
    const clock = virtualClock(0, { autoAdvance: true });
    using inner = scriptedModel([{ text: 'late', delayMs: 500 }], { pricing: nano });
    const ask = tool(
      'ask',
      async (_, { context, signal }) => (await generateText(inner, 'x', { context, signal })).text,
    );
    using model = agentModel([{ content: [call('ask', {})] }, { text: 'ok' }], { pricing: nano });
    const context = rootContext({ clock });
    const outcome = await runAgent({ model, tools: [ask], prompt: 'Go.', toolTimeoutMs: 100, context });
    expect(outcome).toMatchObject({ status: 'finished', costUsd: 3e-9, charges: [{}, {}, {}] });
    expect(clock.now()).toBe(100);
  });

  it('is aborted before it starts: nothing is sent', async () => {
    using model = scriptedModel([]);
    const outcome = await runAgent({ model, prompt: 'Go.', signal: AbortSignal.abort() });
    expect(outcome).toMatchObject({ status: 'aborted', turns: 0, charges: [], costUsd: 0 });
    expect(outcome).not.toHaveProperty('answer');
  });

  it('passes its deadline', async () => {
    const clock = virtualClock(0, { autoAdvance: true });
    using model = scriptedModel([]);
    const outcome = await runAgent({ model, prompt: 'Go.', context: rootContext({ clock, deadline: clock.now() }) });
    expect(outcome).toMatchObject({ status: 'failed', error: { failure: 'timeout' } });
  });
});

describe('events', () => {
  it('tell what happens, in order, with the text as it is written', async () => {
    using model = agentModel([
      { content: [{ type: 'text', text: 'I add.' }, call('add', { a: 1 })] },
      { text: 'It is 2.' },
    ]);
    const events: string[] = [];
    await runAgent({
      model,
      tools: [add],
      prompt: 'Go.',
      onEvent: (event) => void events.push(event.type === 'text-delta' ? event.text : `${event.type} ${event.turn}`),
    });
    expect(events).toEqual([
      'turn-start 1',
      'I ',
      'add.',
      'tool-call 1',
      'tool-result 1',
      'turn-end 1',
      'turn-start 2',
      'It ',
      'is ',
      '2.',
      'turn-end 2',
    ]);
  });

  it('end the run as failed where the listener throws, with the turn kept', async () => {
    using model = agentModel([{ text: 'It is 2.' }]);
    const outcome = await runAgent({
      model,
      prompt: 'Go.',
      onEvent: () => {
        throw new Error('not listening');
      },
    });
    expect(outcome).toMatchObject({
      status: 'failed',
      answer: 'It is 2.',
      turns: 1,
      charges: [{}],
      reason: 'The agent failed: not listening',
    });
  });
});

describe('options that cannot be meant', () => {
  const twice = [add, add];
  it.each<readonly [string, Partial<AgentOptions>]>([
    ['prompt', {}],
    ['turns', { prompt: 'Go.', turns: 0 }],
    ['turns', { prompt: 'Go.', turns: 1.5 }],
    ['maxParallelTools', { prompt: 'Go.', maxParallelTools: 0 }],
    ['toolTimeoutMs', { prompt: 'Go.', toolTimeoutMs: 2 ** 31 }],
    ['maxToolOutputCharacters', { prompt: 'Go.', maxToolOutputCharacters: Number.NaN }],
    ['tools', { prompt: 'Go.', tools: twice }],
    ['tools', { prompt: 'Go.', tools: [tool('two words', () => 1)] }],
    ['tools: odd', { prompt: 'Go.', tools: [tool('odd', () => 1, { input: { json: { type: 'odd' } } })] }],
    ['tools: slow, timeoutMs', { prompt: 'Go.', tools: [tool('slow', () => 1, { timeoutMs: 0 })] }],
    ['temperature', { prompt: 'Go.', temperature: 3 }],
    ['messages', { prompt: [] }],
    [
      'prompt',
      {
        prompt: [
          { role: 'user', content: 'Go.' },
          { role: 'assistant', content: [call('add', {})] },
        ],
      },
    ],
    ['system', { system: 'Be brief.', resume: { messages: [], turns: 0, policy: null } }],
    ['scopes', { prompt: 'Go.', scopes: { user: 'ada' }, context: rootContext() }],
    ['output', { prompt: 'Go.', output: { json: { not: {} } } }],
  ])('are refused before anything is sent: %s, %#', async (option, options) => {
    using model = scriptedModel([]);
    await expect(runAgent({ model, ...options })).rejects.toMatchObject({ code: 'invalid-option', option });
  });
});

type Deed = 'adds' | 'fails' | 'lost' | 'unfit' | 'invalid' | 'says' | 'hangs' | 'asks';

function part(deed: Deed): AssistantPart {
  if (deed === 'says') return { type: 'text', text: 'words' };
  if (deed === 'invalid') return call('adds', '{', { invalid: 'cut' });
  return call(deed === 'unfit' ? 'adds' : deed, deed === 'unfit' ? { a: 'x' } : { a: 1 });
}

describe('any script', () => {
  const finishes: readonly Finish[] = [
    { unified: 'tool-calls', by: 'eos' },
    { unified: 'stop', by: 'eos' },
    { unified: 'length', by: 'length' },
    { unified: 'length', by: 'budget' },
    { unified: 'refusal', by: 'eos' },
    { unified: 'content-filter', by: 'eos' },
    { unified: 'other', raw: 'pause_turn', by: 'eos' },
    { unified: 'error', by: 'eos' },
  ];
  const deeds = fc.constantFrom<Deed>('adds', 'fails', 'lost', 'unfit', 'invalid', 'says', 'hangs', 'asks');
  const answer = fc.record({
    deeds: fc.array(deeds, { maxLength: 4 }),
    finish: fc.constantFrom(...finishes),
    delayMs: fc.nat(3),
  });
  const failure = fc.constantFrom(
    () => refusal(),
    () => new ModelCallError('down', { failure: 'server', dispatch: 'refused' }),
    () => new ModelCallError('lost', { failure: 'network', dispatch: 'unknown' }),
  );
  const step = fc.oneof({ weight: 6, arbitrary: answer }, { weight: 1, arbitrary: failure });

  it('ends in a typed result: every attempt is charged, every call has its result, nothing is left running', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 8 }),
        fc.record({
          turns: fc.integer({ min: 1, max: 4 }),
          abortAfterMs: fc.option(fc.nat(12), { nil: undefined }),
          listens: fc.boolean(),
          keepsCache: fc.boolean(),
        }),
        async (steps, { turns, abortAfterMs, listens, keepsCache }) => {
          const clock = virtualClock(0, { autoAdvance: true });
          const guard = new RecordingGuard();
          const stop = new AbortController();
          const script = steps.map(
            (one): ScriptStep =>
              typeof one === 'function'
                ? { error: one() }
                : { content: one.deeds.map(part), finish: one.finish, delayMs: one.delayMs },
          );
          const inner = scriptedModel(
            Array.from({ length: 40 }, (_, i) => ({ text: 'inner', delayMs: i % 4 })),
            { pricing: nano },
          );
          const model = agentModel([...script, ...Array.from({ length: 8 }, () => ({ text: 'end' }))], {
            pricing: nano,
            capabilities: { toolChoiceKeepsCache: keepsCache },
          });
          const numbers = { json: { type: 'object', properties: { a: { type: 'number' } } } } as const;
          const tools = [
            tool('adds', () => 2, { input: numbers }),
            tool('fails', () => {
              throw new Error('broken');
            }),
            tool('hangs', () => new Promise(() => undefined)),
            tool('asks', async (_, { context, signal, charge }) => {
              const { text, charges } = await generateText(inner, 'x', { context, signal });
              charge(charges);
              return text;
            }),
          ];
          if (abortAfterMs !== undefined)
            clock.sleep(abortAfterMs).then(
              () => stop.abort(),
              () => undefined,
            );
          const events: AgentEvent[] = [];
          const outcome = await runAgent({
            model,
            tools,
            prompt: 'Go.',
            turns,
            toolTimeoutMs: 2,
            signal: stop.signal,
            context: rootContext({ clock, guards: [guard] }),
            ...(listens && { onEvent: (event) => void events.push(event) }),
          });
          expect(['finished', 'turn-limit', 'budget', 'aborted', 'failed']).toContain(outcome.status);
          if (stop.signal.aborted && outcome.status !== 'aborted') expect(outcome.turns).toBeGreaterThan(0);
          if (outcome.status === 'failed' || outcome.status === 'aborted') expect(outcome.error).toBeDefined();
          expect(unansweredCalls(outcome.messages)).toEqual([]);
          const called = outcome.messages.flatMap((message) =>
            message.role === 'assistant' && typeof message.content !== 'string'
              ? message.content.filter(({ type }) => type === 'tool-call')
              : [],
          );
          expect(resultsIn(outcome.messages)).toHaveLength(called.length);
          const charged = outcome.charges.map(({ attemptId }) => attemptId);
          expect(new Set(charged).size).toBe(charged.length);
          expect(charged).toHaveLength(guard.settlements.length);
          expect(charged.filter((id) => !guard.asks.some(({ attemptId }) => attemptId === id))).toEqual([]);
          expect(guard.open.size).toBe(0);
          expect(outcome.turns).toBeLessThanOrEqual(turns + 2);
          expect(JSON.parse(JSON.stringify(outcome.state))).toEqual(outcome.state);
          expect(events.filter(({ type }) => type === 'turn-end')).toHaveLength(listens ? outcome.turns : 0);
          for (const [i, { messages }] of model.calls.entries()) {
            const next = model.calls[i + 1]?.messages;
            if (next !== undefined) expect(next.slice(0, messages.length - 1)).toEqual(messages.slice(0, -1));
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
