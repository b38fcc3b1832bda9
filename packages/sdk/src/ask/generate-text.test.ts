import { describe, expect, it } from 'vitest';
import { generateText } from './generate-text.ts';
import { rootContext } from '../leaf/call-context.ts';
import { totalUsd } from '../leaf/total-usd.ts';
import { RecordingGuard } from '../leaf/__fixtures__/recording-guard.ts';
import type { Pricing } from '../spec/pricing.ts';
import type { Charge } from '../spec/result.ts';
import type { StrategyCore } from '../spec/strategy-core.ts';
import { runStrategy } from '../strategy/run-strategy.ts';
import { scriptedModel } from '../testing/scripted-model.ts';

const nano: Pricing = {
  priceOf: () => ({ amount: { usd: 1e-9, nanoUsd: '1' }, known: 'list' }),
  upperBound: () => ({ amount: { usd: 1e-9, nanoUsd: '1' }, known: 'list' }),
  declaration: {},
};

function charge(nanoUsd: string | undefined): Charge {
  return {
    attemptId: 'a',
    model: { provider: 'test', modelId: 'm' },
    usage: {},
    usageKnown: 'exact',
    ...(nanoUsd !== undefined && { cost: { usd: Number(nanoUsd) / 1e9, nanoUsd } }),
    candidateIds: [],
  };
}

describe('generateText', () => {
  it('gives the usage of one attempt, and leaves that of several to their charges', async () => {
    using model = scriptedModel([
      { text: '97', usage: { inputUncached: 9, outputText: 2 } },
      { text: '97', usage: { inputUncached: 9, outputText: 2 } },
      { text: '97', usage: { inputUncached: 9, outputText: 2 } },
    ]);
    expect((await generateText(model, 'Name a prime.')).usage).toEqual({ inputUncached: 9, outputText: 2 });
    expect((await generateText(model, 'Name a prime.', { samples: 2 })).usage).toBeUndefined();
  });

  it('asks with a prompt and gives the text and its cost', async () => {
    using model = scriptedModel(
      [
        {
          content: [
            { type: 'reasoning', text: 'hm' },
            { type: 'text', text: '97' },
          ],
        },
      ],
      { pricing: nano },
    );
    const result = await generateText(model, 'Name a prime.');
    expect(result).toMatchObject({
      text: '97',
      costUsd: 1e-9,
      decision: { status: 'unverified' },
      candidates: [{}],
      charges: [{}],
    });
    expect(model.calls[0]?.messages).toEqual([{ role: 'user', content: 'Name a prime.' }]);
  });

  it('puts the system prompt before a conversation, and passes the options on', async () => {
    using model = scriptedModel([{ text: 'a' }]);
    const messages = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello' },
      { role: 'user', content: 'Go on' },
    ] as const;
    await generateText(model, messages, { system: 'Be brief.', maxOutputTokens: 5, seed: 3 });
    expect(model.calls[0]).toMatchObject({
      messages: [{ role: 'system', content: 'Be brief.' }, ...messages],
      maxOutputTokens: 5,
      seed: 3,
    });
  });

  it('says who the call is for', async () => {
    let scopes: unknown;
    const guard = new RecordingGuard();
    using model = scriptedModel([{ text: 'a' }, { text: 'b' }]);
    const spied = {
      ...model,
      capabilitiesFor: model.capabilitiesFor.bind(model),
      stream: model.stream.bind(model),
      generate: async (request: Parameters<typeof model.generate>[0]) => {
        scopes = request.context?.scopes;
        return model.generate(request);
      },
    };
    await generateText(spied, 'Hi', { scopes: { user: 'ada' } });
    expect(scopes).toEqual({ user: 'ada' });
    await generateText(model, 'Hi', { context: rootContext({ guards: [guard], scopes: { user: 'bob' } }) });
    expect(guard.asks[0]?.scopes).toEqual({ user: 'bob' });
  });

  it('refuses scopes beside a context, which has its own', async () => {
    const model = scriptedModel([]);
    const call = generateText(model, 'Hi', { scopes: { user: 'ada' }, context: rootContext() });
    await expect(call).rejects.toMatchObject({ code: 'invalid-option', option: 'scopes' });
  });

  it('gives the text of the answer that was chosen, or none where a strategy abstained', async () => {
    const last: StrategyCore<readonly string[]> = {
      name: 'last',
      start: () => [],
      observe: (_, event) => (event.type === 'drawn' ? event.candidates.map(({ id }) => id) : []),
      next: (ids) => {
        const candidate = ids.at(-1);
        return candidate === undefined
          ? { type: 'draw', from: 0, count: 2 }
          : { type: 'accept', candidate, reason: 'the last' };
      },
    };
    const never: StrategyCore<null> = {
      name: 'never',
      start: () => null,
      observe: () => null,
      next: () => ({ type: 'abstain', reason: 'unsure' }),
    };
    const source = scriptedModel([{ texts: ['41', '42'] }]);
    expect((await generateText(runStrategy(last, { sources: [source] }), 'Hi')).text).toBe('42');
    expect(await generateText(runStrategy(never, { sources: [source] }), 'Hi')).toMatchObject({ text: '', costUsd: 0 });
  });
});

describe('totalUsd', () => {
  it('adds whole nano-dollars, which do not round', () => {
    expect(totalUsd([])).toBe(0);
    expect(totalUsd(Array.from({ length: 10 }, () => charge('100000000')))).toBe(1);
    expect(totalUsd([charge('1'), charge('9007199254740993')])).toBe(9_007_199.254740994);
  });

  it('is unknown where one charge has no price', () => {
    expect(totalUsd([charge('5'), charge(undefined)])).toBeUndefined();
  });
});
