import { AbortedError, InvalidOptionError, TollgateError } from '@tollgate/sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SandboxPool } from './sandbox-pool.ts';
import type { Job, JobEvent, SandboxWorker } from './worker-protocol.ts';

class FakeWorker implements SandboxWorker {
  readonly #ready = Promise.withResolvers<void>();
  readonly #gone = Promise.withResolvers<void>();
  readonly ready = this.#ready.promise;
  readonly gone = this.#gone.promise;
  readonly jobs: Job[] = [];
  tell: (event: JobEvent) => void = () => undefined;
  isKilled = false;
  isHeld = false;

  constructor(isReady = true) {
    if (isReady) this.#ready.resolve();
  }

  run(job: Job, tell: (event: JobEvent) => void): void {
    this.jobs.push(job);
    this.tell = tell;
  }

  end(status: 'ok' | 'failed' = 'ok', spent = false): void {
    this.tell({ status, spent, ...(status === 'failed' && { error: 'X: y' }) });
  }

  start(): void {
    this.#ready.resolve();
  }

  fail(): void {
    this.#ready.reject(new TollgateError('sandbox-unavailable', 'no'));
    this.#gone.resolve();
  }

  kill(): void {
    this.isKilled = true;
    this.#gone.resolve();
  }

  hold(busy: boolean): void {
    this.isHeld = busy;
  }
}

let workers: FakeWorker[] = [];
let areReady = true;
const pool = (concurrency = 1, prepared: Promise<void> = Promise.resolve()): SandboxPool =>
  new SandboxPool(
    {
      name: 'fake',
      language: 'python',
      keepsCpu: false,
      prepare: async () => {
        await prepared;
        return () => {
          const worker = new FakeWorker(areReady);
          workers.push(worker);
          return worker;
        };
      },
    },
    { concurrency },
  );
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  workers = [];
  areReady = true;
});
afterEach(() => {
  vi.useRealTimers();
});

describe('SandboxPool', () => {
  it('starts a worker when it is first needed, and uses it again', async () => {
    const sandbox = pool(4);
    expect(workers).toHaveLength(0);
    for (let i = 0; i < 3; i += 1) {
      const running = sandbox.run({ source: `${i}` });
      await settled();
      expect(workers[0]?.isHeld).toBe(true);
      workers[0]?.end();
      expect(await running).toMatchObject({ status: 'ok', output: '', tests: [] });
      expect(workers[0]?.isHeld).toBe(false);
    }
    expect(workers).toHaveLength(1);
    expect(workers[0]?.jobs.map(({ source }) => source)).toEqual(['0', '1', '2']);
  });

  it('gives a program and its limits to the worker, and what it said to the caller', async () => {
    const running = pool().run({ source: 's', tests: ['t', 'u'] }, { keepGoing: true, limits: { outputBytes: 9 } });
    await settled();
    expect(workers[0]?.jobs).toEqual([
      { source: 's', tests: ['t', 'u'], keepGoing: true, compileOnly: false, memoryBytes: 268_435_456, outputBytes: 9 },
    ]);
    for (const event of [{ output: 'a' }, { passed: true }, { output: 'b' }, { passed: false, error: 'X: y' }]) {
      workers[0]?.tell(event);
    }
    workers[0]?.end('failed');
    expect(await running).toEqual({
      status: 'failed',
      error: 'X: y',
      output: 'ab',
      tests: [{ passed: true }, { passed: false, error: 'X: y' }],
      seconds: expect.any(Number),
    });
  });

  it('runs as many at once as it may, and the others in their order', async () => {
    const sandbox = pool(2);
    const ended: number[] = [];
    const running = [0, 1, 2, 3].map(async (i) => {
      await sandbox.run({ source: `${i}` });
      ended.push(i);
    });
    await settled();
    expect(workers.map(({ jobs }) => jobs.length)).toEqual([1, 1]);
    workers[1]?.end();
    await settled();
    expect(workers[1]?.jobs.map(({ source }) => source)).toEqual(['1', '2']);
    workers[0]?.end();
    await settled();
    workers[0]?.end();
    workers[1]?.end();
    await Promise.all(running);
    expect(new Set(ended)).toEqual(new Set([0, 1, 2, 3]));
    expect(workers).toHaveLength(2);
  });

  it('replaces a worker that is spent, and starts the next one at once', async () => {
    const sandbox = pool();
    const running = sandbox.run({ source: '1' });
    await settled();
    workers[0]?.end('failed', true);
    await running;
    expect(workers).toHaveLength(2);
    expect(workers[0]?.isKilled).toBe(true);
    const next = sandbox.run({ source: '2' });
    await settled();
    workers[1]?.end();
    expect(await next).toMatchObject({ status: 'ok' });
  });

  it('ends a program when its time is over, keeps what it had said, and counts no waiting', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const sandbox = pool();
    const first = sandbox.run({ source: '1' }, { limits: { wallMs: 500 } });
    const second = sandbox.run({ source: '2' }, { limits: { wallMs: 400 } });
    await settled();
    workers[0]?.tell({ passed: true });
    await vi.advanceTimersByTimeAsync(500);
    expect(await first).toMatchObject({ status: 'timeout', tests: [{ passed: true }], seconds: 0.5 });
    expect(workers[0]?.isKilled).toBe(true);
    await vi.advanceTimersByTimeAsync(399);
    workers[1]?.end();
    expect(await second).toMatchObject({ status: 'ok', seconds: 0.399 });
  });

  it('hears nothing of a worker after the end', async () => {
    const sandbox = pool();
    const running = sandbox.run({ source: '1' });
    await settled();
    workers[0]?.end();
    workers[0]?.tell({ output: 'late' });
    workers[0]?.end('failed');
    expect(await running).toMatchObject({ status: 'ok', output: '' });
  });

  describe('with a signal', () => {
    it('does not start where it has fired', async () => {
      await expect(pool().run({ source: '1' }, { signal: AbortSignal.abort('why') })).rejects.toMatchObject({
        code: 'aborted',
        cause: 'why',
      });
      expect(workers).toHaveLength(0);
    });

    it('ends the program that runs, and its worker', async () => {
      const abort = new AbortController();
      const sandbox = pool();
      const running = sandbox.run({ source: '1' }, { signal: abort.signal });
      await settled();
      abort.abort();
      await expect(running).rejects.toThrow(AbortedError);
      expect(workers.map(({ isKilled }) => isKilled)).toEqual([true, false]);
    });

    it('leaves the queue, and lets the others go on', async () => {
      const abort = new AbortController();
      const sandbox = pool();
      const [first, second, third] = [
        sandbox.run({ source: '1' }),
        sandbox.run({ source: '2' }, { signal: abort.signal }),
        sandbox.run({ source: '3' }),
      ];
      await settled();
      abort.abort();
      await expect(second).rejects.toThrow(AbortedError);
      workers[0]?.end();
      await settled();
      workers[0]?.end();
      await Promise.all([first, third]);
      expect(workers[0]?.jobs.map(({ source }) => source)).toEqual(['1', '3']);
    });

    it('gives up a worker that is still starting, and leaves it to the next', async () => {
      areReady = false;
      const abort = new AbortController();
      const sandbox = pool();
      const running = sandbox.run({ source: '1' }, { signal: abort.signal });
      await settled();
      abort.abort();
      await expect(running).rejects.toThrow(AbortedError);
      const next = sandbox.run({ source: '2' });
      workers[0]?.start();
      await settled();
      workers[0]?.end();
      expect(await next).toMatchObject({ status: 'ok' });
      expect(workers).toHaveLength(1);
    });
  });

  it('says that a worker could not be started, and tries another for the next program', async () => {
    areReady = false;
    const sandbox = pool();
    const running = sandbox.run({ source: '1' });
    await settled();
    areReady = true;
    workers[0]?.fail();
    await expect(running).rejects.toMatchObject({ code: 'sandbox-unavailable' });
    const next = sandbox.run({ source: '2' });
    await settled();
    workers.at(-1)?.end();
    expect(await next).toMatchObject({ status: 'ok' });
  });

  it('forgets a worker that died while nobody used it', async () => {
    const sandbox = pool();
    const running = sandbox.run({ source: '1' });
    await settled();
    workers[0]?.end();
    await running;
    workers[0]?.kill();
    await settled();
    const next = sandbox.run({ source: '2' });
    await settled();
    workers[1]?.end();
    expect(await next).toMatchObject({ status: 'ok' });
  });

  it('says what is missing, to everyone who asks', async () => {
    const sandbox = pool(1, Promise.reject(new TollgateError('missing-library', 'not there')));
    await expect(sandbox.run({ source: '1' })).rejects.toThrow('not there');
    await expect(sandbox.run({ source: '1' })).rejects.toThrow('not there');
  });

  it('when closed ends what runs and what waits, and runs nothing any more', async () => {
    const sandbox = pool();
    const running = [sandbox.run({ source: '1' }), sandbox.run({ source: '2' })];
    await settled();
    const ended = Promise.allSettled(running);
    const closing = sandbox.close();
    workers[0]?.tell({ status: 'crashed', spent: true });
    await closing;
    expect((await ended).map((each) => each.status === 'rejected' && each.reason)).toMatchObject([
      { code: 'closed' },
      { code: 'closed' },
    ]);
    await expect(sandbox.run({ source: '3' })).rejects.toMatchObject({ code: 'closed' });
    expect(workers).toHaveLength(1);
    await sandbox.close();
  });

  it.each([0, 1.5, Number.NaN, 1025])('refuses a concurrency of %d', (concurrency) => {
    expect(() => pool(concurrency)).toThrow(InvalidOptionError);
  });

  it('refuses limits that cannot be meant, for all programs and for one', async () => {
    await expect(pool().run({ source: '1' }, { limits: { cpuMs: 1 } })).rejects.toThrow(InvalidOptionError);
    const tier = {
      name: 'fake',
      language: 'python',
      keepsCpu: false,
      prepare: () => Promise.reject(new Error()),
    } as const;
    expect(() => new SandboxPool(tier, { limits: { wallMs: 0 } })).toThrow(InvalidOptionError);
  });
});
