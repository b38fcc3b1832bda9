import { describe, expect, it } from 'vitest';
import { ModelCallError } from '../errors/model-call-error.ts';
import { rootContext } from '../leaf/call-context.ts';
import type { Message } from '../spec/content.ts';
import type { StreamPart } from '../spec/stream.ts';
import { textOf } from '../strategy/whole-text.ts';
import { scriptedModel } from './scripted-model.ts';
import { virtualClock } from './virtual-clock.ts';

const messages: Message[] = [{ role: 'user', content: 'The answer?' }];

describe('scriptedModel', () => {
  it('answers step by step, one for each attempt', async () => {
    using model = scriptedModel([{ text: '41' }, { text: '42' }, { text: '43' }]);
    const result = await model.generate({ messages, samples: 2 });
    expect(result.candidates.map(textOf)).toEqual(['41', '42']);
    expect((await model.generate({ messages })).candidates.map(textOf)).toEqual(['43']);
    expect(result.charges[0]?.usage).toEqual({ inputUncached: 3, outputText: 1, outputReasoning: 0 });
  });

  it('takes several samples in one call where the script has them', async () => {
    const model = scriptedModel([{ texts: ['a', 'b'] }, { text: 'c' }]);
    expect((await model.generate({ messages, samples: 2 })).charges).toHaveLength(1);
    await expect(model.generate({ messages, samples: 2 })).rejects.toMatchObject({
      code: 'unexpected-call',
      message: expect.stringContaining('2 samples, and step 2 of the script has 1'),
    });
  });

  it('fails on a call that the script does not have, naming the prompt', async () => {
    const model = scriptedModel([]);
    await expect(model.generate({ messages })).rejects.toMatchObject({
      code: 'unexpected-call',
      message: 'The scripted model was asked for step 1 of a script of 0. The prompt: "The answer?".',
    });
  });

  it('fails on steps that are left over', () => {
    expect(() => {
      using _model = scriptedModel([{ text: 'a' }, { text: 'b' }]);
    }).toThrow('has 2 steps, and the last 2 were never asked for');
  });

  it('throws what the step says, and goes on', async () => {
    const failure = new ModelCallError('busy', { failure: 'overloaded', dispatch: 'refused' });
    const model = scriptedModel([{ error: failure }, { text: 'a' }]);
    await expect(model.generate({ messages })).rejects.toBe(failure);
    expect((await model.generate({ messages })).candidates.map(textOf)).toEqual(['a']);
  });

  it('keeps the calls as they were, whatever happens to the messages later', async () => {
    const model = scriptedModel([{ text: 'a' }]);
    const growing = [...messages];
    await model.generate({ messages: growing });
    growing.push({ role: 'assistant', content: 'a' });
    expect(model.calls).toHaveLength(1);
    expect(model.calls[0]?.messages).toEqual(messages);
    expect(Object.isFrozen(model.calls[0]?.messages[0])).toBe(true);
  });

  it('streams in words and whole tool calls', async () => {
    const call = { type: 'tool-call', toolCallId: 't', toolName: 'add', input: { a: 1 } } as const;
    const model = scriptedModel([{ content: [{ type: 'text', text: 'Let me add.' }, call] }]);
    const parts: StreamPart[] = [];
    for await (const part of model.stream({ messages })) parts.push(part);
    expect(parts.flatMap((part) => (part.type === 'text-delta' ? [part.text] : []))).toEqual(['Let ', 'me ', 'add.']);
    expect(parts.find((part) => part.type === 'tool-call')).toMatchObject({ call });
    expect(parts.find((part) => part.type === 'candidate-finish')).toMatchObject({ finish: { unified: 'tool-calls' } });
  });

  it('waits on the clock of the call, and an abort leaves a candidate that says so', async () => {
    const clock = virtualClock(0, { autoAdvance: true });
    const model = scriptedModel([
      { text: 'late', delayMs: 5000 },
      { text: 'never', delayMs: 5000 },
    ]);
    await model.generate({ messages, context: rootContext({ clock }) });
    expect(clock.now()).toBe(5000);
    const controller = new AbortController();
    const still = virtualClock();
    const call = model.generate({ messages, signal: controller.signal, context: rootContext({ clock: still }) });
    await still.advance(1);
    controller.abort();
    await expect(call).rejects.toMatchObject({
      code: 'aborted',
      partial: { candidates: [{ content: [], finish: { unified: 'aborted', by: 'aborted' } }], charges: [{}] },
    });
  });
});
