import { describe, expect, it } from 'vitest';
import { ModelCallError } from '../errors/model-call-error.ts';
import { rootContext } from '../leaf/call-context.ts';
import { defineModel } from '../leaf/define-model.ts';
import { textCapabilities } from '../leaf/text-capabilities.ts';
import type { StrategyCore } from '../spec/strategy-core.ts';
import { runStrategy } from '../strategy/run-strategy.ts';
import { scriptedModel } from '../testing/scripted-model.ts';
import { streamText } from './stream-text.ts';

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe('streamText', () => {
  it('gives the text as it is written, and the result at the end', async () => {
    using model = scriptedModel([
      {
        content: [
          { type: 'reasoning', text: 'hm' },
          { type: 'text', text: 'one two' },
        ],
      },
    ]);
    const stream = streamText(model, 'Count.', { system: 'Be brief.' });
    expect(await all(stream.textStream)).toEqual(['one ', 'two']);
    expect(await stream.text).toBe('one two');
    expect(await stream.costUsd).toBeUndefined();
    expect(await stream.result).toMatchObject({ text: 'one two', usage: { outputReasoning: 0 }, charges: [{}] });
    expect(model.calls[0]?.messages[0]).toEqual({ role: 'system', content: 'Be brief.' });
  });

  it('gives all parts when it is iterated itself', async () => {
    using model = scriptedModel([{ text: 'one' }]);
    const parts = await all(streamText(model, 'Count.'));
    expect(parts.map(({ type }) => type)).toEqual(['start', 'commit', 'text-delta', 'candidate-finish', 'finish']);
  });

  it('sends nothing until somebody listens', async () => {
    using model = scriptedModel([]);
    streamText(model, 'Count.');
    expect(model.calls).toEqual([]);
  });

  it('has a result also where nobody iterates', async () => {
    using model = scriptedModel([{ text: 'one' }]);
    expect(await streamText(model, 'Count.').text).toBe('one');
  });

  it('settles after a break, with what was written', async () => {
    const model = defineModel({
      provider: 'test',
      modelId: 'endless',
      capabilities: textCapabilities(),
      call: async ({ emit, signal }) => {
        emit?.({ type: 'text-delta', sample: 0, text: 'a' });
        await new Promise((resolve) => signal?.addEventListener('abort', resolve));
        const content = [{ type: 'text', text: 'a' }] as const;
        return { candidates: [{ content, finish: { unified: 'aborted', by: 'aborted' } }], usage: { outputText: 1 } };
      },
    });
    const stream = streamText(model, 'Count.');
    for await (const text of stream.textStream) {
      expect(text).toBe('a');
      break;
    }
    expect(await stream.result).toMatchObject({ text: 'a', charges: [{ usage: { outputText: 1 } }] });
  });

  it('gives the text of the chosen candidate only', async () => {
    const last: StrategyCore<readonly string[]> = {
      name: 'last',
      start: () => [],
      observe: (_, event) => (event.type === 'drawn' ? event.candidates.map(({ id }) => id) : []),
      next: (ids) => {
        const candidate = ids.at(-1);
        return candidate === undefined
          ? { type: 'draw', from: 0, count: 2 }
          : { type: 'accept', candidate, reason: 'last' };
      },
    };
    const stream = streamText(runStrategy(last, { sources: [scriptedModel([{ texts: ['41', '42'] }])] }), 'Hi');
    expect(await all(stream.textStream)).toEqual(['42']);
    expect(await stream.text).toBe('42');
  });

  it('fails where it is read, in the loop and in the promises', async () => {
    const down = new ModelCallError('down', { failure: 'server', dispatch: 'refused' });
    using model = scriptedModel([{ error: down }]);
    const stream = streamText(model, 'Count.');
    await expect(all(stream.textStream)).rejects.toBe(down);
    await expect(stream.text).rejects.toBe(down);
    await expect(stream.costUsd).rejects.toBe(down);
  });

  it('refuses several samples, and scopes beside a context', () => {
    const model = scriptedModel([]);
    expect(() => streamText(model, 'Count.', { samples: 2 } as object)).toThrow(/one answer.*samples: 2/);
    expect(() => streamText(model, 'Count.', { scopes: {}, context: rootContext() })).toThrow(/scopes/);
  });
});
