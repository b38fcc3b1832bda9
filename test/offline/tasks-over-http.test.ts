import { join } from 'node:path';
import { createLedger, type Ledger, memoryStore, perToken } from '@tollgate/budget';
import {
  defineConfig,
  livePool,
  type ModelPool,
  replayPool,
  resolveStrategies,
  runTasks,
  type RunOutcome,
  type Task,
} from '@tollgate/policy';
import { openCassette } from '@tollgate/sdk/cassettes';
import { openaiCompatible } from '@tollgate/sdk/openai-compatible';
import { virtualClock } from '@tollgate/sdk/testing';
import { describe, expect, it } from 'vitest';
import { chatServer, type Reply } from '../support/chat-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const server = chatServer();
const folder = temporaryFolder('offline');

const tasks: readonly Task[] = [1, 2, 3, 4].map((n) => ({
  id: `t${n}`,
  prompt: `What is 2 times ${n}?`,
  check: { kind: 'number', answer: 2 * n },
}));

// 20 tokens of prompt and 5 of answer: 25,000 nano-dollars of small, 250,000 of big.
const config = defineConfig({
  models: {
    small: () =>
      openaiCompatible('small-1', {
        baseUrl: server.baseUrl,
        pricing: perToken({ inputUsdPerMillion: 1, outputUsdPerMillion: 1 }),
      }),
    big: () =>
      openaiCompatible('big-1', {
        baseUrl: server.baseUrl,
        pricing: perToken({ inputUsdPerMillion: 10, outputUsdPerMillion: 10 }),
      }),
  },
  strategies: { frugal: 'cascade:small,big:2@1' },
  defaults: { system: 'Answer with a number.', maxOutputTokens: 50, temperature: 0.7 },
});

const answer = (n: number): Reply => ({ text: `The answer is ${n}.` });

/** Replies by model and task, in turn. */
function script(replies: Readonly<Record<string, readonly Reply[]>>): void {
  const asked = new Map<string, number>();
  server.serve(({ model, prompt }) => {
    const key = `${model} t${/times (\d)/.exec(prompt)?.[1]}`;
    const turn = asked.get(key) ?? 0;
    asked.set(key, turn + 1);
    const reply = replies[key]?.[turn];
    if (reply === undefined) throw new Error(`request ${turn + 1} of ${key} was not expected`);
    return reply;
  });
}

async function run(
  pool: ModelPool,
  strategies: readonly string[],
  budgetUsd = 0.01,
): Promise<RunOutcome & { readonly ledger: Ledger; readonly waitedMs: number }> {
  const clock = virtualClock(0, { autoAdvance: true });
  const ledger = await createLedger({ store: memoryStore(), clock });
  const outcome = await runTasks({
    tasks,
    strategies: resolveStrategies(strategies, { models: pool.names, config }),
    pool,
    ledger,
    runId: 'offline',
    budgetUsd,
    clock,
    concurrency: 2,
    seed: 7,
    ...(config.defaults !== undefined && { defaults: config.defaults }),
  });
  return { ...outcome, ledger, waitedMs: clock.monotonic() };
}

const briefly = ({ lines }: RunOutcome): readonly string[] =>
  lines
    .map(
      ({ strategy, task, status, passed, attempts, answer: found }) =>
        `${strategy} ${task} ${status} ${passed} ${found ?? '-'} in ${attempts}`,
    )
    .sort();

describe('tasks over HTTP, with the network closed', () => {
  it('accounts for refusals, truncated streams and answers under one budget', async () => {
    script({
      'small-1 t1': [{ status: 429, retryAfter: '2' }, answer(2), answer(2), answer(2)],
      'small-1 t2': [{ cut: 'The answer is' }, answer(4), answer(4)],
      'small-1 t3': [answer(6), answer(7), answer(6)],
      'small-1 t4': [answer(9), answer(9), answer(9)],
      'big-1 t3': [answer(6)],
    });
    const outcome = await run(livePool(config), ['single:small', 'frugal']);
    expect(outcome.stopped).toBeUndefined();
    expect(briefly(outcome)).toEqual([
      'frugal t1 accepted true 2 in 2',
      'frugal t2 accepted true 4 in 2',
      'frugal t3 accepted true 6 in 3',
      'frugal t4 accepted false 9 in 2',
      'single:small t1 accepted true 2 in 1',
      'single:small t2 failed false - in 1',
      'single:small t3 accepted true 6 in 1',
      'single:small t4 accepted false 9 in 1',
    ]);
    expect(outcome.lines.find(({ status }) => status === 'failed')?.reason).toMatch(/small-1/);
    expect(outcome.lines.find(({ strategy, task }) => strategy === 'frugal' && task === 't1')).toMatchObject({
      confidence: 1,
      signal: 'vote-share',
    });
    expect(outcome.waitedMs).toBeGreaterThanOrEqual(2000);

    const rows = await outcome.ledger.rows();
    expect(rows).toHaveLength(14);
    const ofTask = (strategy: string, task: string) =>
      rows
        .filter(({ scopes }) => [strategy, task].every((id) => scopes.some((scope) => scope.id === id)))
        .map(({ status, cost, usageKnown, model, reason }) => ({
          status,
          nano: cost?.nanoUsd,
          usageKnown,
          model: model.modelId,
          reason,
        }));
    expect(ofTask('single:small', 't1')).toEqual([
      { status: 'released', nano: '0', usageKnown: undefined, model: 'small-1', reason: 'rate-limit' },
      { status: 'settled', nano: '25000', usageKnown: 'exact', model: 'small-1', reason: undefined },
    ]);
    const [truncated, ...none] = ofTask('single:small', 't2');
    expect(none).toEqual([]);
    // Nobody knows what the engine made of it: charged by what arrived, and the row says so.
    expect(truncated).toMatchObject({ status: 'settled', usageKnown: 'estimated', model: 'small-1' });
    expect(Number(truncated?.nano)).toBeGreaterThan(0);
    expect(ofTask('frugal', 't3').map(({ model, nano }) => `${model} ${nano}`)).toEqual([
      'small-1 25000',
      'small-1 25000',
      'big-1 250000',
    ]);

    const { settled, held, overrun, cap } = await outcome.ledger.totals({ run: 'offline' });
    expect(settled.usd).toBeLessThanOrEqual(cap?.usd ?? 0);
    expect([held.nanoUsd, overrun.nanoUsd]).toEqual(['0', '0']);
    expect(Number(settled.nanoUsd)).toBe(11 * 25_000 + 250_000 + Number(truncated?.nano));
    const { strategies, ledger, notes } = outcome.report;
    expect(ledger).toMatchObject({ capUsd: 0.01, spentUsd: settled.usd, heldUsd: 0, rows: 14 });
    expect(strategies.reduce((sum, { costUsd }) => sum + Math.round(costUsd * 1e9), 0)).toBe(Number(settled.nanoUsd));
    expect(strategies).toMatchObject([
      { name: 'single:small', accuracy: 0.5, answered: 3, abstained: 1, attempts: 4 },
      { name: 'frugal', accuracy: 0.75, answered: 4, attempts: 9 },
    ]);
    expect(notes).toEqual([
      'single:small: calls failed in 1 of 4 tasks, which count as not passed and are tried again on resume. The first: openai-compatible/small-1 ended before its finish_reason: the answer is not whole.',
    ]);

    expect(server.asked).toHaveLength(14);
    expect(server.asked[0]?.body).toMatchObject({
      stream: true,
      temperature: 0.7,
      messages: [{ role: 'system', content: 'Answer with a number.' }, { role: 'user' }],
    });
    expect(server.asked.map(({ body }) => JSON.stringify(body)).join('\n')).not.toMatch(/"check"|"kind":"number"/);
  });

  it('stops at the cap whatever is in flight', async () => {
    server.serve(() => answer(2));
    const outcome = await run(livePool(config), ['single:big', 'frugal'], 0.003);
    expect(outcome.stopped).toMatchObject({ by: 'budget', message: expect.stringContaining('of $0.003') });
    const { settled, held } = await outcome.ledger.totals();
    expect(settled.usd).toBeLessThanOrEqual(0.003);
    expect(held.usd).toBe(0);
    expect(server.asked.length).toBeGreaterThan(0);
    expect(server.asked.length).toBe(outcome.report.ledger.rows);
  });

  it('comes to the same from the recording of a run, and asks nobody', async () => {
    script({
      'small-1 t1': [{ status: 429, retryAfter: '1' }, answer(2), answer(2)],
      'small-1 t2': [answer(4), answer(4)],
      'small-1 t3': [answer(6), answer(7)],
      'small-1 t4': [answer(9), answer(9)],
      'big-1 t3': [answer(6)],
    });
    const path = join(folder, 'recording.jsonl');
    const recording = await openCassette(path, { mode: 'record' });
    const recorded = await run(livePool(config, recording), ['single:small', 'frugal']);
    await recording.close();
    // The cascade takes what the single sample was answered from the tape, and asks for the rest.
    expect(server.asked).toHaveLength(10);
    server.asked.length = 0;

    server.serve(() => {
      throw new Error('nobody may be asked');
    });
    const replayed = await run(replayPool(await openCassette(path, { mode: 'replay' })), ['single:small', 'frugal']);
    expect(server.asked).toEqual([]);
    expect(briefly(replayed)).toEqual(briefly(recorded));
    expect(briefly(replayed)).toContain('frugal t3 accepted true 6 in 3');
    const figures = ({ report }: RunOutcome): unknown =>
      report.strategies.map((strategy) => ({ ...strategy, wallSeconds: 0, attempts: 0 }));
    expect(figures(replayed)).toEqual(figures(recorded));
    expect(replayed.report.ledger).toMatchObject({ spentUsd: recorded.report.ledger.spentUsd, heldUsd: 0, rows: 13 });
    expect(replayed.report.models).toMatchObject([
      { name: 'small', price: { kind: 'per-token', inputUsdPerMillion: 1 } },
      { name: 'big' },
    ]);
  });
});
