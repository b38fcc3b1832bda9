import { createLedger, memoryStore, perToken, withBudget } from '@tollgate/budget';
import { AbortedError, type GenerateResult, ModelCallError } from '@tollgate/sdk';
import { type ProviderReply, startProviderServer } from '@tollgate/sdk/testing';
import { createRandom } from '@tollgate/stats';
import { expect, it } from 'vitest';
import { createNodeFetch } from '@tollgate/sdk/node';
import { adapters } from './run-fault.ts';

const calls = 1000;
const together = 25;
const text = 'one two three four five six seven eight nine ten';

/** What the server does: all that a call can meet while its caller leaves. */
const replies: readonly ProviderReply[] = [
  text,
  { text, everyMs: 1 },
  { text, headersAfterMs: 4 },
  { text, headersAfterMs: 2, everyMs: 2 },
  { text, breaks: { after: 'content', by: 'cut' } },
  { text, breaks: { after: 'nothing', by: 'cut' } },
  { text, breaks: { after: 'content', by: 'stall' } },
  { text, everyMs: 1, breaks: { after: 'everything', by: 'stall' } },
  { error: 'overloaded' },
  { error: 'rate-limit', retryAfterMs: 2 },
  { error: 'server' },
];

it('a thousand random aborts leave no hold, no socket and no timer', async () => {
  const random = createRandom(4711);
  // Timers of the test runner's own start are none of ours.
  await until(() => resources()['Timeout'] === 0, 1000);
  const before = resources();
  const server = await startProviderServer({ replies: () => replies[random.int(replies.length)] ?? text });
  const ledger = await createLedger({ store: memoryStore() });
  await ledger.setLimit({ kind: 'run', id: 'night', usd: 1000 });
  const priceOf = () => perToken({ inputUsdPerMillion: 1, outputUsdPerMillion: 1 });
  const fetch = createNodeFetch({ environment: {} });
  const models = Object.values(adapters).map((adapter) =>
    withBudget(adapter({ url: server.url, fetch }, { retry: { baseDelayMs: 2 }, idleTimeoutMs: 500 }), {
      ledger,
      scopes: { run: 'night' },
      priceOf,
    }),
  );

  /** One call that is left at a random moment, in a random way. */
  const leave = async (): Promise<'whole' | 'aborted' | 'left' | 'failed'> => {
    const model = models[random.int(models.length)]!;
    const controller = new AbortController();
    const way = random.int(4);
    // Most leave while things happen, some late enough to get an answer, however slow the machine.
    const moment = random.int(8) === 0 ? 400 : random.int(40);
    const enough = random.int(8);
    const request = {
      messages: [{ role: 'user', content: 'Count.' }],
      maxOutputTokens: 64,
      signal: controller.signal,
    } as const;
    const timer = setTimeout(() => controller.abort(), moment);
    try {
      let result: GenerateResult;
      if (way === 0) result = await model.generate(request);
      else {
        const stream = model.stream(request);
        if (way === 1) result = await stream.result;
        else {
          let deltas = 0;
          for await (const part of stream) {
            if (part.type !== 'text-delta') continue;
            deltas += 1;
            if (deltas > enough && way === 2) break;
            if (deltas > enough) controller.abort();
          }
          result = await stream.result;
        }
      }
      return result.candidates.some(({ finish }) => finish.by === 'aborted') ? 'left' : 'whole';
    } catch (error) {
      if (AbortedError.isInstance(error)) return 'aborted';
      if (ModelCallError.isInstance(error)) return 'failed';
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };

  const outcomes = { whole: 0, aborted: 0, left: 0, failed: 0 };
  for (let done = 0; done < calls; done += together) {
    for (const outcome of await Promise.all(Array.from({ length: together }, leave))) outcomes[outcome] += 1;
    const { held } = await ledger.totals();
    expect(held.nanoUsd).toBe('0');
  }
  if (process.env['SHOW']) process.stderr.write(JSON.stringify(outcomes) + '\n');
  // A test of aborts in which nothing is aborted would say nothing.
  expect(outcomes.aborted).toBeGreaterThan(calls / 4);
  expect(outcomes.whole + outcomes.left).toBeGreaterThan(calls / 50);
  expect(outcomes.left).toBeGreaterThan(0);

  // Every attempt that was sent is a row that has ended.
  const rows = await ledger.rows();
  expect(rows.filter(({ status }) => status === 'held')).toEqual([]);

  // Connections that can be used again lie idle for a while, and then are closed by themselves.
  await until(() => server.openSockets === 0, 8000);
  expect(server.openSockets).toBe(0);
  await server.close();
  await until(() => kinds.every((kind) => resources()[kind] === before[kind]), 2000);
  expect(resources()).toEqual(before);
}, 60_000);

const kinds = ['TCPSocketWrap', 'TCPServerWrap', 'Timeout'] as const;

/** What keeps this process busy, counted by kind. */
function resources(): Readonly<Record<string, number>> {
  const active = process.getActiveResourcesInfo();
  return Object.fromEntries(kinds.map((kind) => [kind, active.filter((each) => each === kind).length]));
}

/** Waits; its own timer has ended whenever it looks. */
async function until(holds: () => boolean, ms: number): Promise<void> {
  const end = performance.now() + ms;
  while (!holds() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
}
