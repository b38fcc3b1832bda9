import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AbortedError, ModelCallError, StreamTruncatedError, textOf, type TollgateError } from '@tollgate/sdk';
import { startProviderServer } from '@tollgate/sdk/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createNodeFetch } from '@tollgate/sdk/node';
import { repositoryRoot } from '../support/repository-root.ts';
import { answerText, type Fault, faults, type Outcome } from './fault-table.ts';
import { faultsPage } from './faults-page.ts';
import { adapters, type FaultRun, runFault } from './run-fault.ts';

const classes = { ModelCallError, StreamTruncatedError, AbortedError };

function checkOutcome({ result, error }: FaultRun, outcome: Outcome): void {
  if ('answer' in outcome) {
    expect(error).toBeUndefined();
    const said = result?.candidates.map(textOf);
    // Compared by hand: a difference in 8 MB is nothing to print.
    expect(said?.length === 1 && said[0] === outcome.answer).toBe(true);
    expect(result?.charges).toMatchObject([{ usageKnown: 'exact' }]);
    return;
  }
  expect(error).toBeInstanceOf(classes[outcome.error]);
  const { charges } = error as TollgateError;
  expect(charges.map(({ usageKnown }) => usageKnown)).toEqual(outcome.charged === undefined ? [] : [outcome.charged]);
  if (ModelCallError.isInstance(error)) {
    const { failure, dispatch, retryAfterMs } = error;
    expect({ failure, dispatch, retryAfterMs }).toEqual({
      failure: outcome.failure,
      dispatch: outcome.dispatch,
      retryAfterMs: outcome.retryAfterMs,
    });
  }
  if (outcome.message !== undefined) expect((error as Error).message).toMatch(outcome.message);
  expect((error as Error).message).not.toContain('sk-not-for-anybody');
  if (outcome.partial === undefined) return;
  if (ModelCallError.isInstance(error)) expect(error.contentDelivered).toBe(true);
  const partial = (error as ModelCallError).partial ?? (error as AbortedError).partial;
  expect(partial?.candidates.map(({ content }) => content)).toMatchObject([[{ text: outcome.partial }]]);
}

describe.each(Object.entries(adapters))('%s', (_, adapter) => {
  it.each(faults.map((fault): [string, Fault] => [fault.name, fault]))('%s', async (_name, fault) => {
    await using run = await runFault(fault, adapter, { retry: false, heals: false });
    checkOutcome(run, fault.outcome);
    expect(run.holds).toBe(0);
    if (fault.aborts !== undefined) expect(await run.socketsLeft()).toBe(0);
  });

  const errors = faults.filter(({ outcome }) => 'error' in outcome);
  it.each(errors.map((fault): [string, Fault] => [fault.name, fault]))('with retry: %s', async (_name, fault) => {
    await using run = await runFault(fault, adapter, { retry: true, heals: true });
    const retried = 'retried' in fault.outcome && fault.outcome.retried;
    // Some faults are those of a place and do not heal.
    const healed = retried && fault.to === undefined;
    expect(run.sends).toBe(retried ? (healed ? 2 : 3) : 1);
    expect(run.error === undefined).toBe(healed);
    expect(run.holds).toBe(0);
  });
});

describe.each(Object.entries(adapters))('%s, beside the table', (_, adapter) => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('gives up a silent server after 300 s where nothing else is said', async () => {
    await using server = await startProviderServer({
      replies: () => ({ text: 'late', breaks: { after: 'nothing', by: 'stall' } }),
    });
    // The sockets are real; only the waiting is not.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const model = adapter({ url: server.url, fetch: createNodeFetch({ environment: {} }) }, { retry: false });
    const failure = model.generate({ messages: [{ role: 'user', content: 'x' }] }).catch((error: unknown) => error);
    while (server.calls.length === 0) await new Promise(setImmediate);
    await vi.advanceTimersByTimeAsync(300_000);
    expect(await failure).toMatchObject({
      failure: 'timeout',
      message: `${model.provider}/${model.modelId} was silent for idleTimeoutMs (300000).`,
    });
  });

  it('uses a connection again after an answer that was read to its end', async () => {
    await using server = await startProviderServer({ replies: () => answerText });
    const model = adapter({ url: server.url, fetch: createNodeFetch({ environment: {} }) }, { retry: false });
    for (let i = 0; i < 8; i += 1) await model.generate({ messages: [{ role: 'user', content: 'x' }] });
    // The pool opens a second one where the first is not quite free yet.
    expect(server.openSockets).toBeLessThanOrEqual(2);
  });
});

it('the guide says what is tested here', () => {
  expect(readFileSync(join(repositoryRoot, 'docs/guides/faults.md'), 'utf8')).toBe(faultsPage(faults));
});
