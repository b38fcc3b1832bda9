import { createAnthropic } from '@ai-sdk/anthropic';
import { dynamicTurns, fixedTurns, perToken, turnsForAiSdk, unlimitedTurns, withBreakers } from '@tollgate/budget';
import type { TurnPolicy } from '@tollgate/sdk';
import { toAiSdk } from '@tollgate/sdk/ai-sdk';
import { type Script, scriptedModel } from '@tollgate/sdk/testing';
import { generateText, streamText, tool, ToolLoopAgent } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { expect, it } from 'vitest';
import { z } from 'zod';

const usage = {
  inputTokens: { total: 10, noCache: 10, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 3, text: 3, reasoning: 0 },
} as const;

/** Calls a tool in every step, by the input that is given for it; answers where it may not. */
function eager(
  inputOf: (step: number) => number = (step) => step,
  { provider = 'mock', stubborn = false, words = '' } = {},
): MockLanguageModelV4 {
  const model: MockLanguageModelV4 = new MockLanguageModelV4({
    provider,
    modelId: 'm',
    doGenerate: async ({ toolChoice, prompt }) => {
      const step = prompt.filter(({ role }) => role === 'assistant').length;
      const isOff = toolChoice?.type === 'none' && !stubborn;
      const call = {
        type: 'tool-call' as const,
        toolCallId: `c${step}`,
        toolName: 'look',
        input: JSON.stringify({ at: inputOf(step) }),
      };
      const text = isOff ? 'What there is.' : words;
      return {
        content: [...(text === '' ? [] : [{ type: 'text' as const, text }]), ...(isOff ? [] : [call])],
        finishReason: { unified: isOff ? 'stop' : 'tool-calls', raw: undefined },
        usage,
        warnings: [],
      };
    },
  });
  return model;
}

const tools = { look: tool({ inputSchema: z.object({ at: z.number() }), execute: async ({ at }) => at }) };
const prompt = 'Look around.';

/** The notes in a prompt, by the number of messages before each. */
function notes(model: MockLanguageModelV4, call = -1): readonly string[] {
  const sent = model.doGenerateCalls.at(call)?.prompt ?? [];
  return sent.flatMap(({ role, content }, i) => {
    if (role !== 'user' || i === 0) return [];
    const [part] = content;
    return part?.type === 'text' ? [`${i} ${part.text.slice(0, 22)}`] : [];
  });
}

it('works, reminds, closes with tools off, and ends with an answer', async () => {
  const model = eager();
  const turns = turnsForAiSdk(fixedTurns({ turns: 3, reminders: { last: 1 } }));
  const { text, steps } = await generateText({ model, tools, prompt, ...turns });
  expect([text, steps.length]).toEqual(['What there is.', 4]);
  expect(model.doGenerateCalls.map(({ toolChoice }) => toolChoice?.type)).toEqual(['auto', 'auto', 'auto', 'none']);
  expect(model.doGenerateCalls.every(({ tools: sent }) => sent?.length === 1)).toBe(true);
  // The reminder stays where it was said, so the prefix does too.
  expect(notes(model)).toEqual(['5 1 turn of work is left', '8 This is the last turn:']);
});

it('never changes what was sent before', async () => {
  for (const reminders of ['every', { last: 2 }, { fractions: [0.5] }, 'off'] as const) {
    const model = eager();
    const policy = dynamicTurns({ initial: 4, extension: 2, reminders });
    await generateText({ model, tools, prompt, ...turnsForAiSdk(policy) });
    const sent = model.doGenerateCalls.map((call) => call.prompt);
    expect(sent.length).toBe(7);
    for (const [i, messages] of sent.entries()) {
      const before = sent[i - 1] ?? [];
      expect(messages.slice(0, before.length)).toEqual(before);
    }
  }
});

it('adds turns for progress, which is a call that is new, and not for a loop', async () => {
  const stepsOf = async (inputOf: (step: number) => number): Promise<number> =>
    (
      await generateText({
        model: eager(inputOf),
        tools,
        prompt,
        ...turnsForAiSdk(dynamicTurns({ initial: 4, extension: 3 })),
      })
    ).steps.length;
  expect(await stepsOf((step) => step)).toBe(8);
  expect(await stepsOf(() => 7)).toBe(5);
  const failing = {
    look: tool({
      inputSchema: tools.look.inputSchema,
      execute: async (): Promise<number> => Promise.reject(new Error('No.')),
    }),
  };
  const { steps } = await generateText({
    model: eager(),
    tools: failing,
    prompt,
    ...turnsForAiSdk(dynamicTurns({ initial: 4, extension: 3 })),
  });
  expect(steps.length).toBe(5);
});

it('takes the caller`s word for what there is, and never an agent`s in a loop that is not ours', async () => {
  const model = eager();
  const noPatch = turnsForAiSdk(dynamicTurns({ initial: 2, extension: 1, extend: 'no-artifact' }), {
    assess: (step, earlier) => ({ artifact: step.text !== '' && earlier.length > 5 }),
  });
  expect((await generateText({ model, tools, prompt, ...noPatch })).steps.length).toBe(4);
  const asking = turnsForAiSdk(dynamicTurns({ initial: 2, extension: 1, extend: 'model-request' }));
  expect((await generateText({ model: eager(), tools, prompt, ...asking })).steps.length).toBe(3);
});

it('leaves the tool choice of Claude as it was, so that the cached prompt stays, and stops after its words', async () => {
  const model = eager((step) => step, { provider: 'anthropic.messages', words: 'So far.' });
  const { text, steps } = await generateText({ model, tools, prompt, ...turnsForAiSdk(fixedTurns({ turns: 2 })) });
  expect(model.doGenerateCalls.map(({ toolChoice }) => toolChoice?.type)).toEqual(['auto', 'auto', 'auto']);
  expect([text, steps.length]).toEqual(['So far.', 3]);
  const silent = eager((step) => step, { provider: 'anthropic.messages' });
  const again = await generateText({ model: silent, tools, prompt, ...turnsForAiSdk(fixedTurns({ turns: 2 })) });
  expect(again.steps.length).toBe(4);
  const told = eager();
  await generateText({
    model: told,
    tools,
    prompt,
    ...turnsForAiSdk(fixedTurns({ turns: 2 }), { keepToolChoice: true }),
  });
  expect(told.doGenerateCalls.at(-1)?.toolChoice).toEqual({ type: 'auto' });
});

it('keeps tools, tool_choice and every earlier message in what Claude is sent', async () => {
  const bodies: { tools: unknown; tool_choice: unknown; messages: { role: string; content: unknown[] }[] }[] = [];
  const anthropic = createAnthropic({
    apiKey: 'none',
    fetch: async (_, init) => {
      bodies.push(JSON.parse(init?.body as string) as (typeof bodies)[number]);
      const last = bodies.length === 4;
      const id = `toolu_${bodies.length}`;
      return Response.json({
        id: 'msg',
        type: 'message',
        role: 'assistant',
        model: 'claude-sonnet-5',
        content: last
          ? [{ type: 'text', text: 'Done.' }]
          : [{ type: 'tool_use', id, name: 'look', input: { at: bodies.length } }],
        stop_reason: last ? 'end_turn' : 'tool_use',
        usage: { input_tokens: 5, output_tokens: 5 },
      });
    },
  });
  const { text } = await generateText({
    model: anthropic('claude-sonnet-5'),
    tools,
    prompt,
    ...turnsForAiSdk(fixedTurns({ turns: 3, reminders: 'every' })),
  });
  expect([text, bodies.length]).toEqual(['Done.', 4]);
  for (const [i, body] of bodies.entries()) {
    expect([body.tools, body.tool_choice]).toEqual([bodies[0]?.tools, bodies[0]?.tool_choice]);
    const before =
      bodies[i - 1]?.messages.flatMap(({ role, content }) => content.map((part) => ({ role, part }))) ?? [];
    const now = body.messages.flatMap(({ role, content }) => content.map((part) => ({ role, part })));
    expect(now.slice(0, before.length)).toEqual(before);
  }
  expect(JSON.stringify(bodies[3]?.messages.at(-1)?.content.at(-1))).toContain('This is the last turn');
});

it('tells the policy whose loop it is, what was spent and what is left', async () => {
  const views: unknown[] = [];
  const policy: TurnPolicy<null> = {
    name: 'watching',
    start: () => null,
    before: (state, view) => {
      views.push(view);
      return { state, decision: { type: 'proceed' } };
    },
    after: (state) => state,
  };
  const { prepareStep } = turnsForAiSdk(policy, { capUsd: 1, costOf: ({ text }) => (text === 'free' ? undefined : 2) });
  const step = { text: '', toolCalls: [], content: [], providerMetadata: undefined };
  prepareStep({ steps: [step], messages: [], model: 'm' });
  prepareStep({ steps: [{ ...step, text: 'free' }], messages: [], model: 'm' });
  expect(views).toEqual([
    { turnKey: 'step-1', used: 0, spentUsd: 0, leftUsd: 1, owned: false },
    { turnKey: 'step-2', used: 1, spentUsd: 2, leftUsd: 0, owned: false },
    { turnKey: 'step-1', used: 0, spentUsd: 0, leftUsd: 1, owned: false },
    { turnKey: 'step-2', used: 1, owned: false },
  ]);
});

it('one result serves an agent that is called again, and at once', async () => {
  const model = eager();
  const agent = new ToolLoopAgent({ model, tools, ...turnsForAiSdk(fixedTurns({ turns: 2 })) });
  const runs = await Promise.all([agent.generate({ prompt }), agent.generate({ prompt })]);
  const later = await agent.generate({ prompt });
  expect([...runs, later].map(({ steps }) => steps.length)).toEqual([3, 3, 3]);
});

/** A model of ours that calls a tool with something new each time, for $0.10, and answers where it may not call one. */
function priced(): ReturnType<typeof toAiSdk> {
  const usage = { inputUncached: 1000, outputText: 0 };
  const script: Script = ({ toolChoice, messages }) =>
    toolChoice === 'none'
      ? { text: 'What there is.', usage }
      : {
          content: [
            { type: 'tool-call', toolCallId: `c${messages.length}`, toolName: 'look', input: { at: messages.length } },
          ],
          usage,
        };
  const pricing = perToken({ inputUsdPerMillion: 100, outputUsdPerMillion: 100 });
  return toAiSdk(scriptedModel(script, { pricing, capabilities: { tools: true } }));
}

it('streams', async () => {
  const result = streamText({ model: priced(), tools, prompt, ...turnsForAiSdk(fixedTurns({ turns: 2 })) });
  expect([await result.text, (await result.steps).length]).toEqual(['What there is.', 3]);
});

it('keeps what the closing turn takes out of a cap, by what steps really cost', async () => {
  const turns = turnsForAiSdk(withBreakers(unlimitedTurns()), { capUsd: 0.55 });
  const { text, steps } = await generateText({ model: priced(), tools, prompt, maxOutputTokens: 100, ...turns });
  // After four steps $0.15 is left, which is the closing turn's.
  expect([text, steps.length]).toEqual(['What there is.', 5]);
});

it('lets the model end by itself', async () => {
  const model = new MockLanguageModelV4({
    doGenerate: {
      content: [{ type: 'text', text: 'Yes.' }],
      finishReason: { unified: 'stop', raw: undefined },
      usage,
      warnings: [],
    },
  });
  const { text, steps } = await generateText({ model, tools, prompt, ...turnsForAiSdk(fixedTurns({ turns: 5 })) });
  expect([text, steps.length]).toEqual(['Yes.', 1]);
});
