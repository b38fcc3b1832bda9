import { createLedger, type Ledger, memoryStore, perToken, withBudget } from '@tollgate/budget';
import { cascade, single, vote, voteShare } from '@tollgate/router';
import { type Model, ModelCallError, withRetry } from '@tollgate/sdk';
import { fromAiSdk, readTollgateMetadata, toAiSdk } from '@tollgate/sdk/ai-sdk';
import { scriptedModel } from '@tollgate/sdk/testing';
import { finalNumber } from '@tollgate/verifier';
import { APICallError, generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai';
import { MockLanguageModelV4, simulateReadableStream } from 'ai/test';
import { describe, expect, it } from 'vitest';

// The AI SDK prints warnings, unless it is told not to.
Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });

const prompt = 'Compute 91 * 21.';
const pricing = perToken({ inputUsdPerMillion: 1, outputUsdPerMillion: 4 });
const limits = { maxOutputTokens: 60, contextTokens: 1000 };
const script = { pricing, capabilities: { limits, tools: true } };

async function ledgerOf(usd: number): Promise<Ledger> {
  const ledger = await createLedger({ store: memoryStore() });
  await ledger.setLimit({ kind: 'user', id: 'each', usd });
  return ledger;
}

const origin = { provider: 'scripted', modelId: 'model' };
const ada = { tollgate: { scopes: { user: 'ada' } } };
const add = tool({
  inputSchema: jsonSchema<{ a: number; b: number }>({ type: 'object' }),
  execute: async ({ a, b }) => a + b,
});

const usageOf = (input: number, output: number) => ({
  inputTokens: { total: input, noCache: input, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: output, text: output, reasoning: 0 },
});

/** A model of the AI SDK that says each answer once. */
function mock(modelId: string, answers: readonly string[]): MockLanguageModelV4 {
  const left = [...answers];
  return new MockLanguageModelV4({
    provider: 'lab',
    modelId,
    doStream: async () => ({
      stream: simulateReadableStream({
        chunks: [
          { type: 'text-start', id: '1' },
          { type: 'text-delta', id: '1', delta: left.shift() ?? 'nothing' },
          { type: 'text-end', id: '1' },
          {
            type: 'finish',
            finishReason: { unified: 'stop', raw: undefined },
            usage: usageOf(10, 3),
          },
        ],
      }),
    }),
  });
}

describe('a cascade under a budget, in the AI SDK', () => {
  const make = async (usd: number) => {
    const small = scriptedModel([{ texts: ['1911', '1811', '1901'] }], { modelId: 'small', ...script });
    const big = scriptedModel([{ text: '1911' }], { modelId: 'big', ...script });
    const ledger = await ledgerOf(usd);
    const strategy = cascade([small, big], { confidence: voteShare({ samples: 3 }), accept: 0.6 });
    return { ledger, small, big, model: toAiSdk(withBudget(strategy, { ledger })) };
  };

  it('answers, and says what it decided and what all of it cost', async () => {
    const { ledger, small, big, model } = await make(0.01);
    const { text, usage, response, providerMetadata } = await generateText({ model, prompt, providerOptions: ada });
    expect(text).toBe('1911');
    const account = readTollgateMetadata(providerMetadata);
    expect(account?.charges.map((charge) => charge.model.modelId)).toEqual(['small', 'big']);
    expect(account?.producedBy?.modelId).toBe('big');
    expect(response.modelId).toBe('big');
    // Tokens of the one that answered; money of both.
    expect(usage.inputTokens).toBe(account?.charges[1]?.usage.inputUncached);
    const { settled, held, rows } = await ledger.totals({ user: 'ada' });
    expect([account?.costUsd, rows, held.usd]).toEqual([settled.usd, 2, 0]);
    expect([small.calls.length, big.calls.length]).toEqual([1, 1]);
  });

  it('streams what it decided on, whole', async () => {
    const { model } = await make(0.01);
    const streamed = streamText({ model, prompt, providerOptions: ada });
    const types: string[] = [];
    for await (const part of streamed.fullStream) types.push(part.type);
    expect(types).toContain('ping');
    expect(await streamed.text).toBe('1911');
    expect(readTollgateMetadata(await streamed.providerMetadata)?.charges).toHaveLength(2);
  });

  it('is refused by its cap once, before anything is sent', async () => {
    const { small, model } = await make(0.000_001);
    const asked = generateText({ model, prompt, providerOptions: ada, maxRetries: 2 });
    await expect(asked).rejects.toMatchObject({ code: 'budget-exceeded', isRetryable: false });
    const errors: unknown[] = [];
    const streamed = streamText({
      model,
      prompt,
      providerOptions: ada,
      onError: ({ error }) => void errors.push(error),
    });
    await streamed.consumeStream();
    expect(errors).toMatchObject([{ code: 'budget-exceeded' }]);
    expect(small.calls).toHaveLength(0);
  });

  it('needs the scope that its limit is set on', async () => {
    const { model } = await make(0.01);
    await expect(generateText({ model, prompt })).rejects.toMatchObject({ code: 'missing-scope', isRetryable: false });
  });
});

it('a vote without an answer is a normal end with its reason, and an error where one is wanted', async () => {
  const make = (options?: { readonly onAbstain: 'throw' }) =>
    toAiSdk(vote(scriptedModel([{ texts: ['no', 'idea'] }], script), { samples: 2, answer: finalNumber() }), options);
  const { text, finishReason, providerMetadata } = await generateText({ model: make(), prompt });
  expect([text, finishReason]).toEqual(['', 'other']);
  expect(readTollgateMetadata(providerMetadata)).toMatchObject({ decision: { status: 'abstained' }, charges: [{}] });
  const strict = generateText({ model: make({ onAbstain: 'throw' }), prompt });
  await expect(strict).rejects.toMatchObject({ code: 'abstained', charges: [{}] });
});

it('a tool loop is held step by step, and each step has its account', async () => {
  const model = scriptedModel(
    [
      { content: [{ type: 'tool-call', toolCallId: 'a', toolName: 'add', input: { a: 1, b: 2 } }] },
      { content: [{ type: 'tool-call', toolCallId: 'b', toolName: 'add', input: { a: 3, b: 4 } }] },
      { text: 'Ten.' },
    ],
    script,
  );
  const ledger = await ledgerOf(0.01);
  const budgeted = toAiSdk(withBudget(single(model), { ledger }));
  const { text, steps } = await generateText({
    model: budgeted,
    prompt,
    tools: { add },
    stopWhen: stepCountIs(5),
    providerOptions: ada,
  });
  expect(text).toBe('Ten.');
  const costs = steps.map((step) => readTollgateMetadata(step.providerMetadata)?.costUsd ?? Number.NaN);
  const { settled, rows } = await ledger.totals({ user: 'ada' });
  expect(rows).toBe(3);
  expect(costs.reduce((sum, cost) => sum + cost, 0)).toBeCloseTo(settled.usd, 9);
  expect(model.calls[2]?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant', 'tool']);
  expect(model.calls[2]?.messages.at(-1)?.content).toMatchObject([{ output: 7 }]);
});

describe('retries', () => {
  it('have one owner: a model that stays overloaded is asked as often as withRetry says', async () => {
    let calls = 0;
    const overloaded = new MockLanguageModelV4({
      doStream: async () => {
        calls += 1;
        throw new APICallError({
          message: 'Overloaded',
          url: 'https://a.test',
          requestBodyValues: {},
          statusCode: 529,
        });
      },
    });
    const model = toAiSdk(fromAiSdk(overloaded, { retry: { attempts: 2, baseDelayMs: 0 } }));
    await expect(generateText({ model, prompt, maxRetries: 2 })).rejects.toBeInstanceOf(ModelCallError);
    expect(calls).toBe(2);
  });

  it('of a scripted model are charged and shown', async () => {
    const refused = new ModelCallError('busy', { failure: 'rate-limit', dispatch: 'refused' });
    const model = withRetry(scriptedModel([{ error: refused }, { text: '97' }], script), { baseDelayMs: 0 });
    const { text, providerMetadata } = await generateText({ model: toAiSdk(model), prompt });
    expect(text).toBe('97');
    expect(readTollgateMetadata(providerMetadata)?.decision?.status).toBe('unverified');
  });
});

describe('models of the AI SDK in a strategy', () => {
  it('vote, held and priced like any other', async () => {
    const ledger = await ledgerOf(0.01);
    const lab = mock('small', ['1911', '1811', '1911']);
    const small = fromAiSdk(lab, { pricing, capabilities: { limits } });
    const model = toAiSdk(withBudget(vote(small, { samples: 3 }), { ledger }));
    const { text, providerMetadata } = await generateText({ model, prompt, providerOptions: ada });
    expect(text).toBe('1911');
    expect(lab.doStreamCalls).toHaveLength(3);
    // 3 x (10 x $1 + 3 x $4) per million.
    expect(readTollgateMetadata(providerMetadata)?.costUsd).toBeCloseTo(66e-6, 12);
    expect((await ledger.totals({ user: 'ada' })).settled.usd).toBeCloseTo(66e-6, 12);
  });

  it('get the abort of a call of the AI SDK', async () => {
    const controller = new AbortController();
    const hung = new MockLanguageModelV4({
      doStream: async ({ abortSignal }) => {
        queueMicrotask(() => controller.abort());
        return new Promise((_, reject) =>
          abortSignal?.addEventListener('abort', () => reject(abortSignal.reason as Error)),
        );
      },
    });
    const model: Model = vote(fromAiSdk(hung), { samples: 1 });
    const asked = generateText({ model: toAiSdk(model), prompt, abortSignal: controller.signal });
    await expect(asked).rejects.toMatchObject({ name: 'AbortError', code: 'aborted' });
  });
});

it.each(['whole', 'streamed'])(
  'thinking of the model that was chosen goes back to it with its signature, %s',
  async (how) => {
    const thinker = scriptedModel(
      [
        {
          content: [
            { type: 'reasoning', text: 'I add.', metadata: { scripted: { signature: 's' } } },
            { type: 'tool-call', toolCallId: 'a', toolName: 'add', input: { a: 1, b: 2 }, origin },
          ],
        },
        { text: 'Three.' },
      ],
      script,
    );
    // A cascade of one shows its answer whole once it has decided, signatures included.
    const model = toAiSdk(cascade([thinker], { confidence: voteShare({ samples: 1 }), accept: 0.5 }));
    const call = { model, prompt, tools: { add }, stopWhen: stepCountIs(3) };
    const text = how === 'whole' ? (await generateText(call)).text : await streamText(call).text;
    expect(text).toBe('Three.');
    expect(thinker.calls[1]?.messages[1]?.content).toMatchObject([
      { type: 'reasoning', text: 'I add.', metadata: { scripted: { signature: 's' } }, origin },
      { type: 'tool-call', toolName: 'add', origin },
    ]);
  },
);
