import { createLedger, memoryStore, perToken, withBudget } from '@tollgate/budget';
import { vote } from '@tollgate/router';
import { fromAiSdk, toAiSdk } from '@tollgate/sdk/ai-sdk';
import { MockLanguageModelV4 } from 'ai/test';
import fc from 'fast-check';
import { expect, it } from 'vitest';

type LanguageModel = ReturnType<typeof toAiSdk>;
type Streamed = Awaited<ReturnType<LanguageModel['doStream']>>['stream'];
type StreamedPart = Streamed extends ReadableStream<infer Part> ? Part : never;

const pricing = perToken({ inputUsdPerMillion: 1, outputUsdPerMillion: 4 });
const answer: readonly StreamedPart[] = [
  { type: 'text-start', id: '1' },
  ...['It ', 'is ', '1911', '.'].map((delta): StreamedPart => ({ type: 'text-delta', id: '1', delta })),
  {
    type: 'finish',
    finishReason: { unified: 'stop', raw: undefined },
    usage: {
      inputTokens: { total: 10, noCache: 10, cacheRead: 0, cacheWrite: 0 },
      outputTokens: { total: 3, text: 3, reasoning: 0 },
    },
  },
];

/** A model that hands out its answer part by part, and counts the streams that nobody closed. */
function countingModel(onPull: (pulls: number) => void): MockLanguageModelV4 & { readonly counts: { open: number } } {
  const counts = { open: 0 };
  let pulls = 0;
  const model = new MockLanguageModelV4({
    doStream: async () => {
      const left = [...answer];
      counts.open += 1;
      return {
        stream: new ReadableStream<StreamedPart>(
          {
            pull: (controller) => {
              pulls += 1;
              onPull(pulls);
              const part = left.shift();
              if (part !== undefined) return controller.enqueue(part);
              counts.open -= 1;
              controller.close();
            },
            cancel: () => {
              counts.open -= 1;
            },
          },
          { highWaterMark: 0 },
        ),
      };
    },
  });
  return Object.assign(model, { counts });
}

/** Reads some parts of a stream, leaves it, and says what it failed with. */
async function readSome(model: LanguageModel, parts: number, abortSignal: AbortSignal): Promise<string | undefined> {
  try {
    const { stream } = await model.doStream({
      prompt: [{ role: 'user', content: [{ type: 'text', text: 'Compute 91 * 21.' }] }],
      abortSignal,
    });
    const reader = stream.getReader();
    for (let read = 0; read < parts; read += 1) if ((await reader.read()).done) return undefined;
    await reader.cancel();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.name : 'no error';
  }
}

it('an abort at any point, by the signal or by leaving the stream, leaves nothing held and no stream open', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 8 }), fc.boolean(), fc.integer({ min: 1, max: 3 }), async (...run) => {
      const [at, bySignal, samples] = run;
      const aborting = new AbortController();
      const lab = countingModel((pulls) => {
        if (bySignal && pulls === at) aborting.abort();
      });
      const ledger = await createLedger({ store: memoryStore() });
      await ledger.setLimit({ kind: 'user', id: 'each', usd: 1 });
      const source = fromAiSdk(lab, {
        pricing,
        capabilities: { limits: { maxOutputTokens: 60, contextTokens: 1000 } },
      });
      const budgeted = withBudget(vote(source, { samples }), { ledger, scopes: { user: 'ada' } });
      const parts = bySignal ? Number.POSITIVE_INFINITY : at;
      const failedWith = await readSome(toAiSdk(budgeted), parts, aborting.signal);
      const { held, rows } = await ledger.totals({ user: 'ada' });
      expect({ held: held.usd, open: lab.counts.open, rows }).toEqual({
        held: 0,
        open: 0,
        rows: lab.doStreamCalls.length,
      });
      if (aborting.signal.aborted && at < answer.length) expect(failedWith).toBe('AbortError');
    }),
    { numRuns: 200 },
  );
});
