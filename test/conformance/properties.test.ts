import type { AssistantPart, StreamPart, Usage } from '@tollgate/sdk';
import { type ProviderReply, type ProviderServer, startProviderServer } from '@tollgate/sdk/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostedModels } from './hosted-models.ts';

let reply: ProviderReply;
let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer({ replies: () => reply });
});
afterAll(async () => server.close());

const origin = { provider: 'any', modelId: 'any' };
const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
const id = fc.stringMatching(/^[a-z]{4,8}$/);
const calls = fc
  .uniqueArray(id, { maxLength: 2 })
  .chain((ids) => fc.tuple(...ids.map((toolCallId) => fc.tuple(fc.constant(toolCallId), id, fc.dictionary(id, words)))))
  .map((all) =>
    all.map(
      ([toolCallId, toolName, input]): AssistantPart => ({ type: 'tool-call', toolCallId, toolName, input, origin }),
    ),
  );
const content = fc
  .tuple(fc.option(words, { nil: undefined }), words, calls)
  .map(([thought, text, called]): readonly AssistantPart[] => [
    ...(thought === undefined ? [] : [{ type: 'reasoning' as const, text: thought, origin }]),
    { type: 'text', text },
    ...called,
  ]);
const count = fc.nat(100_000);
const usage = fc.record({ inputUncached: count, cacheRead: count, outputText: count, outputReasoning: count });
const answers = fc.oneof(fc.record({ content, usage }), fc.record({ refusal: words, usage }));
const cuts = fc.array(fc.nat(6000), { maxLength: 12 }).map((places) => [...new Set(places)].sort((a, b) => a - b));

/** Parts of a stream, without the ids that differ from call to call. */
async function shapeOf(stream: AsyncIterable<StreamPart>): Promise<string> {
  const parts: unknown[] = [];
  for await (const part of stream) {
    if (part.type !== 'finish') parts.push(part);
    else parts.push(part.result.candidates.map(({ content: all, finish }) => [all, finish]));
  }
  return JSON.stringify(parts).replaceAll(/"(?:candidateId|attemptId)":"[^"]*"/g, '""');
}

describe.each(Object.entries(hostedModels))('%s', (_, make) => {
  it('gives the same parts, wherever the network splits the bytes', async () => {
    const model = make(server);
    const ask = { messages: [{ role: 'user', content: 'x' }] } as const;
    await fc.assert(
      fc.asyncProperty(answers, cuts, async (answer, splitAt) => {
        reply = answer;
        const whole = await shapeOf(model.stream(ask));
        reply = { ...answer, splitAt };
        expect(await shapeOf(model.stream(ask))).toBe(whole);
        reply = { ...answer, splitAt: Array.from({ length: 6000 }, (__, i) => i + 1) };
        expect(await shapeOf(model.stream(ask))).toBe(whole);
      }),
      { numRuns: 20 },
    );
  });

  it('sums its buckets up to what the provider reported', async () => {
    const model = make(server);
    await fc.assert(
      fc.asyncProperty(usage, async (reported) => {
        reply = { text: 'one', usage: reported };
        const { charges } = await model.generate({ messages: [{ role: 'user', content: 'x' }] });
        expect(charges).toHaveLength(1);
        expect(totals(charges[0]?.usage)).toEqual(totals(reported));
      }),
      { numRuns: 30 },
    );
  });
});

function totals({
  inputUncached = 0,
  cacheRead = 0,
  cacheWrite,
  outputText = 0,
  outputReasoning = 0,
}: Usage = {}): object {
  return {
    input: inputUncached + cacheRead + (cacheWrite?.total ?? 0),
    cacheRead,
    output: outputText + outputReasoning,
    outputReasoning,
  };
}
