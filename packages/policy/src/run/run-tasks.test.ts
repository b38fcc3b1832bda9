import { createLedger, type Ledger, memoryStore, perToken } from '@tollgate/budget';
import { defineModel, InvalidOptionError, MissingLibraryError, type Model, ModelCallError } from '@tollgate/sdk';
import { textCapabilities, virtualClock } from '@tollgate/sdk/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveStrategies } from '../config/strategy-spec.ts';
import type { TollgateConfig } from '../config/config.ts';
import type { Task } from '../tasks/task.ts';
import { type Answering, answeringModel, promptOf } from './__fixtures__/answering-model.ts';
import { livePool } from './model-pool.ts';
import type { ResultLine } from './result-line.ts';
import { runTasks, type RunOutcome, type RunTasksOptions } from './run-tasks.ts';

/** What a sample of the answering model costs: 15 tokens. */
const sampleUsd = 0.000015;

const tasksOf = (count: number): Task[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `t${i}`,
    prompt: `What is ${i} + 1?`,
    check: { kind: 'number', answer: i + 1 },
  }));

/** Knows the sums up to 3 and is wrong beyond. */
const half: Answering = (request) => {
  const number = Number(/What is (\d+)/.exec(promptOf(request))?.[1]);
  return `The answer is ${number < 3 ? number + 1 : 99}.`;
};

interface Setting extends Partial<Omit<RunTasksOptions, 'strategies' | 'pool'>> {
  readonly models?: Readonly<Record<string, Model | (() => Model | Promise<Model>)>>;
  readonly strategies?: readonly string[];
  readonly config?: Pick<TollgateConfig, 'strategies'>;
}

async function run(setting: Setting = {}): Promise<RunOutcome & { readonly ledger: Ledger }> {
  const {
    models = { small: answeringModel('small-1', half) },
    strategies = ['single:small'],
    config,
    ...options
  } = setting;
  const clock = options.clock ?? virtualClock(0, { autoAdvance: true });
  const ledger = options.ledger ?? (await createLedger({ store: memoryStore(), clock }));
  const factories = Object.fromEntries(
    Object.entries(models).map(([name, model]) => [name, typeof model === 'function' ? model : () => model]),
  );
  const pool = livePool({ models: factories, ...(options.prices !== undefined && { prices: options.prices }) });
  const outcome = await runTasks({
    tasks: tasksOf(6),
    runId: 'run-1',
    budgetUsd: 1,
    ...options,
    clock,
    ledger,
    pool,
    strategies: resolveStrategies(strategies, {
      models: pool.names,
      ...(config !== undefined && { config: { models: factories, ...config } }),
    }),
  });
  return { ...outcome, ledger };
}

const statuses = (lines: readonly ResultLine[]): readonly string[] =>
  lines.map(({ task, status }) => `${task} ${status}`).sort();

describe('runTasks', () => {
  it('grades every strategy on every task, and accounts for every nano-dollar', async () => {
    const { lines, report, stopped, ledger } = await run({
      strategies: ['single:small', 'vote:small:3'],
      concurrency: 2,
    });
    expect(stopped).toBeUndefined();
    expect(lines).toHaveLength(12);
    expect(lines.find(({ strategy, task }) => strategy === 'vote:small:3' && task === 't2')).toMatchObject({
      status: 'accepted',
      passed: true,
      answer: '3',
      text: 'The answer is 3.',
      confidence: 1,
      signal: 'vote-share',
      costUsd: 3 * sampleUsd,
      attempts: 3,
      outputTokens: 15,
    });
    expect(
      lines
        .filter(({ passed }) => passed)
        .map(({ task }) => task)
        .sort(),
    ).toEqual(['t0', 't0', 't1', 't1', 't2', 't2']);
    const [single, vote] = report.strategies;
    expect(single).toMatchObject({
      name: 'single:small',
      accuracy: 0.5,
      attempts: 6,
      tokens: 90,
      answered: 6,
      abstained: 0,
    });
    expect(single?.costOfPassUsd).toBeCloseTo(2 * sampleUsd, 12);
    expect(vote).toMatchObject({ name: 'vote:small:3', accuracy: 0.5, attempts: 18, tokens: 270 });
    expect(report).toMatchObject({ tasks: 6, ledger: { capUsd: 1, heldUsd: 0, rows: 24 }, notes: [] });
    expect(nano((single?.costUsd ?? 0) + (vote?.costUsd ?? 0))).toBe(nano(report.ledger.spentUsd));
    expect(nano(report.ledger.spentUsd)).toBe(24 * 15_000);
    expect(report.models).toMatchObject([
      { name: 'small', provider: 'test', modelId: 'small-1', price: { kind: 'per-token' }, attempts: 24, tokens: 360 },
    ]);
    const rows = await ledger.rows();
    expect(
      rows.every(({ scopes }) =>
        ['run', 'strategy', 'task', 'model'].every((kind) => scopes.some((scope) => scope.kind === kind)),
      ),
    ).toBe(true);
  });

  it('tells models of one name at the provider apart by their name in the pool', async () => {
    const { report } = await run({
      models: { cold: answeringModel('same', half), hot: answeringModel('same', half) },
      strategies: ['cascade:cold,hot:2@1', 'single:hot'],
      config: {},
    });
    expect(report.models).toMatchObject([
      { name: 'cold', attempts: 12 },
      { name: 'hot', attempts: 6 },
    ]);
    expect(report.strategies[1]?.spendByModel).toEqual({ hot: expect.closeTo(6 * sampleUsd, 12) });
  });

  describe('what a strategy can see', () => {
    const gold = '918273645';
    const seen: unknown[] = [];
    const spy: Answering = (request, call) => {
      seen.push(request, call.original, call.context);
      return 'The answer is 5.';
    };
    const tasks: Task[] = [
      {
        id: 'secret',
        prompt: 'What?',
        check: { kind: 'number', answer: gold },
        verify: { kind: 'regex', answer: '\\d' },
        class: 'sums',
      },
    ];

    it.each([
      'single:a',
      'vote:a:2',
      'cascade:a,b:2',
      'model-switch:a,b:2',
      'mini-n:a:1x2',
      'mini-n:a:1x2:oracle',
      'own',
    ])('is never the check that grades: %s', async (strategy) => {
      seen.length = 0;
      const { lines } = await run({
        tasks,
        models: { a: answeringModel('a', spy), b: answeringModel('b', spy) },
        strategies: [strategy],
        config: { strategies: { own: ({ a }) => a as Model } },
      });
      expect(lines).toMatchObject([{ passed: false, answer: '5' }]);
      expect(seen.length).toBeGreaterThanOrEqual(3);
      expect(reachableFrom(seen)).not.toContain(gold);
    });

    it('is the check it may use at run time', async () => {
      seen.length = 0;
      await run({ tasks, models: { a: answeringModel('a', spy) }, strategies: ['single:a'] });
      expect(seen[0]).toMatchObject({ evidence: { verify: { kind: 'regex', answer: '\\d' } } });
      expect(reachableFrom(seen)).toContain('\\d');
    });
  });

  it('asks with the defaults of the run', async () => {
    const small = answeringModel('small-1', half);
    const defaults = {
      system: 'Be short.',
      examples: [{ user: 'What is 8 + 1?', assistant: '9' }],
      temperature: 0.5,
      topP: 0.9,
      maxOutputTokens: 20,
      stop: ['\n'],
      logprobs: true,
    };
    await run({ models: { small }, tasks: tasksOf(1), defaults });
    expect(small.requests[0]).toMatchObject({
      messages: [
        { role: 'system', content: 'Be short.' },
        { role: 'user', content: 'What is 8 + 1?' },
        { role: 'assistant', content: '9' },
        { role: 'user', content: 'What is 0 + 1?' },
      ],
      temperature: 0.5,
      topP: 0.9,
      maxOutputTokens: 20,
      stop: ['\n'],
      logprobs: { top: 0 },
    });
    expect(small.requests[0]).not.toHaveProperty('evidence');
  });

  it('seeds each task by its id, whatever runs beside it', async () => {
    const seedsAt = async (concurrency: number, seed?: number): Promise<ReadonlyMap<string, number | undefined>> => {
      const small = answeringModel('small-1', half, { delayMs: 10 });
      await run({ models: { small }, concurrency, ...(seed !== undefined && { seed }) });
      return new Map(small.requests.map((request) => [promptOf(request), request.seed]));
    };
    const [one, many, other, none] = [await seedsAt(1, 7), await seedsAt(6, 7), await seedsAt(1, 8), await seedsAt(1)];
    expect(many).toEqual(one);
    expect(new Set(one.values()).size).toBe(6);
    expect([...other.values()]).not.toEqual([...one.values()]);
    expect([...none.values()]).toEqual(Array.from({ length: 6 }));
  });

  it.each([1, 3, 50])('keeps at most %d tasks in flight', async (concurrency) => {
    let inFlight = 0;
    let most = 0;
    const counting: Answering = async (_, { context }) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await context.clock.sleep(5);
      inFlight -= 1;
      return '1';
    };
    await run({ models: { small: answeringModel('s', counting) }, tasks: tasksOf(9), concurrency });
    expect(most).toBe(Math.min(concurrency, 9));
  });

  it('prices a model by its name where a price is given', async () => {
    const double = perToken({ inputUsdPerMillion: 2, outputUsdPerMillion: 2 });
    const models = { a: answeringModel('same', half), b: answeringModel('same', half) };
    const { report } = await run({ models, strategies: ['single:a', 'single:b'], prices: { b: double } });
    expect(report.strategies.map(({ costUsd }) => nano(costUsd))).toEqual([90_000, 180_000]);
    expect(report.models).toMatchObject([{ price: { inputUsdPerMillion: 1 } }, { price: { inputUsdPerMillion: 2 } }]);
  });

  describe('under a budget', () => {
    it('never passes the cap, however much is in flight, and leaves nothing held', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 400 }),
          fc.integer({ min: 1, max: 8 }),
          fc.constantFrom('single:small', 'vote:small:3', 'cascade:small,big:2@1'),
          async (microUsd, concurrency, strategy) => {
            const models = {
              small: answeringModel('small-1', half, { delayMs: 5 }),
              big: answeringModel('big-1', half, { delayMs: 9 }),
            };
            const budgetUsd = microUsd / 1e6;
            const { report, stopped, lines, ledger } = await run({
              models,
              strategies: [strategy],
              budgetUsd,
              concurrency,
            });
            const { settled, held, overrun } = await ledger.totals({ run: 'run-1' });
            expect(settled.usd).toBeLessThanOrEqual(budgetUsd);
            expect([held.usd, overrun.usd]).toEqual([0, 0]);
            expect(report.ledger).toMatchObject({ capUsd: budgetUsd, spentUsd: settled.usd, heldUsd: 0 });
            expect(report.strategies[0]?.costUsd).toBeCloseTo(settled.usd, 12);
            if (lines.filter(({ status }) => status !== 'aborted').length < 6) expect(stopped?.by).toBe('budget');
            else expect(stopped).toBeUndefined();
          },
        ),
        { seed: 11, numRuns: 40 },
      );
    });

    it('stops where the next call does not fit, and says how many tasks ran', async () => {
      // A call holds 60 millionths and needs 42: after the fourth, 40 are left.
      const { report, stopped, lines } = await run({ budgetUsd: 0.0001, concurrency: 1 });
      expect(stopped).toMatchObject({
        by: 'budget',
        message: expect.stringMatching(
          /^run "run-1" has \$0\.00004 of \$0\.0001 left; this call needs at least \$0\.000042/,
        ),
      });
      expect(lines.map(({ task, status }) => `${task} ${status}`)).toEqual([
        't0 accepted',
        't1 accepted',
        't2 accepted',
        't3 accepted',
      ]);
      expect(report.ledger).toMatchObject({ spentUsd: 0.00006, heldUsd: 0, rows: 4 });
      expect(report.notes).toEqual(['single:small ran 4 of 6 tasks.']);
    });

    it('runs nothing where one call is too dear, and has figures all the same', async () => {
      const { report, stopped, lines } = await run({ budgetUsd: 0.000041 });
      expect(stopped?.by).toBe('budget');
      expect(lines).toEqual([]);
      expect(report.strategies).toMatchObject([
        { accuracy: 0, accuracyCi95: [0, 1], costOfPassUsd: null, costUsd: 0, attempts: 0 },
      ]);
      expect(report.ledger).toMatchObject({ spentUsd: 0, heldUsd: 0, rows: 0 });
    });

    it('goes on with other tasks where a limit on one task is met', async () => {
      const clock = virtualClock(0, { autoAdvance: true });
      const ledger = await createLedger({ store: memoryStore(), clock });
      await ledger.setLimit({ kind: 'task', id: 't1', usd: 0 });
      const { lines, stopped } = await run({ ledger, clock });
      expect(stopped).toBeUndefined();
      expect(lines.find(({ task }) => task === 't1')).toMatchObject({
        status: 'budget',
        passed: false,
        attempts: 0,
        reason: expect.stringContaining('task "t1"'),
      });
      expect(lines).toHaveLength(6);
    });

    it('holds a model of the pool to a limit under its name there', async () => {
      const clock = virtualClock(0, { autoAdvance: true });
      const ledger = await createLedger({ store: memoryStore(), clock });
      await ledger.setLimit({ kind: 'model', id: 'small', usd: 0 });
      const { lines } = await run({
        ledger,
        clock,
        models: { small: answeringModel('s', half), big: answeringModel('b', half) },
        strategies: ['single:small', 'single:big'],
      });
      expect(statuses(lines.filter(({ strategy }) => strategy === 'single:small'))).toEqual(
        tasksOf(6).map(({ id }) => `${id} budget`),
      );
      expect(statuses(lines.filter(({ strategy }) => strategy === 'single:big'))).toEqual(
        tasksOf(6).map(({ id }) => `${id} accepted`),
      );
    });
  });

  it('settles what runs when it is aborted, starts nothing more, and counts what was cut off in no figure per task', async () => {
    const controller = new AbortController();
    let asked = 0;
    const abortingAtFour: Answering = () => {
      asked += 1;
      return '1';
    };
    const small = answeringModel('s', abortingAtFour, { delayMs: 10 });
    const { lines, stopped, report, ledger } = await run({
      models: { small },
      strategies: ['single:small', 'vote:small:2'],
      concurrency: 2,
      signal: controller.signal,
      onLine: (line) => {
        if (line.task === 't1') controller.abort(new Error('enough'));
      },
    });
    expect(stopped).toMatchObject({ by: 'abort', message: 'stopped by the user' });
    const final = lines.filter(({ status }) => status === 'accepted');
    expect(final.map(({ task }) => task).sort()).toEqual(['t0', 't1']);
    const cut = lines.filter(({ status }) => status === 'aborted');
    expect(cut.every(({ passed, attempts }) => !passed && attempts > 0)).toBe(true);
    expect(asked).toBe(2);
    expect(small.requests.length).toBe(2 + cut.length);
    expect(await ledger.totals()).toMatchObject({ held: { usd: 0 }, rows: 2 + cut.length });
    expect(report.strategies[0]).toMatchObject({ accuracy: 0.5, answered: 2, attempts: 2 + cut.length });
    expect(report.strategies[0]?.costPerTaskUsd).toBeCloseTo(sampleUsd, 12);
    expect(nano(report.strategies[0]?.costUsd ?? 0)).toBe(2 * 15_000 + cut.length * 11_000);
    expect(report.strategies[1]).toMatchObject({ attempts: 0, accuracyCi95: [0, 1] });
    expect(report.notes).toEqual(['single:small ran 2 of 6 tasks.', 'vote:small:2 ran 0 of 6 tasks.']);
  });

  it('starts nothing under a signal that has fired', async () => {
    const small = answeringModel('s', half);
    const { stopped, lines } = await run({ models: { small }, signal: AbortSignal.abort() });
    expect(stopped?.by).toBe('abort');
    expect([lines.length, small.requests.length]).toEqual([0, 0]);
  });

  describe('stops with the error of', () => {
    it('a missing package, before anything is spent', async () => {
      const missing = (): Promise<Model> =>
        Promise.reject(new MissingLibraryError('node-llama-cpp', 'The llama.cpp adapter'));
      const { stopped, lines, report } = await run({
        models: { small: missing, big: answeringModel('b', half) },
        strategies: ['single:small', 'single:big'],
      });
      expect(stopped).toMatchObject({
        by: 'error',
        message: 'The llama.cpp adapter needs the package "node-llama-cpp". Install it: npm install node-llama-cpp',
      });
      expect(stopped?.error).toBeInstanceOf(MissingLibraryError);
      expect(lines).toEqual([]);
      expect(report.ledger.rows).toBe(0);
    });

    it('a model without a price', async () => {
      const unpriced = defineModel({
        provider: 'test',
        modelId: 'unpriced',
        capabilities: textCapabilities({ limits: { maxOutputTokens: 50 } }),
        call: () => Promise.reject(new Error('must not be asked')),
      });
      const { stopped } = await run({ models: { small: unpriced } });
      expect(stopped).toMatchObject({
        by: 'error',
        message: expect.stringMatching(/^No price is known for "test\/unpriced"/),
      });
    });

    it('an option that cannot be meant, aborting what is in flight', async () => {
      const clock = virtualClock(0, { autoAdvance: true });
      const wrong: Answering = async (request, { context, signal }) => {
        if (promptOf(request).includes('What is 0'))
          throw new InvalidOptionError('temperature', 'temperature is wrong here.');
        await context.clock.sleep(60_000, signal);
        return '1';
      };
      const small = answeringModel('s', wrong, { delayMs: 1 });
      const { stopped, lines, ledger } = await run({ models: { small }, concurrency: 3, clock });
      expect(stopped).toMatchObject({ by: 'error', message: 'temperature is wrong here.' });
      expect(statuses(lines)).toEqual(['t1 aborted', 't2 aborted']);
      expect(small.requests).toHaveLength(3);
      expect(clock.monotonic()).toBeLessThan(60_000);
      expect(await ledger.totals()).toMatchObject({ held: { usd: 0 } });
    });

    it('a disk that is full, with the result that could not be written', async () => {
      const small = answeringModel('s', half);
      const { stopped, lines } = await run({
        models: { small },
        concurrency: 1,
        onLine: ({ task }) => {
          if (task === 't1') throw new Error('disk full');
        },
      });
      expect(stopped).toMatchObject({ by: 'error', message: 'disk full' });
      expect(lines.map(({ task }) => task)).toEqual(['t0', 't1']);
      expect(small.requests).toHaveLength(2);
    });
  });

  it('goes on past calls that fail, and tries those tasks again when it is resumed, and no other', async () => {
    const clock = virtualClock(0, { autoAdvance: true });
    const ledger = await createLedger({ store: memoryStore(), clock });
    let broken = true;
    const flaky: Answering = (request) => {
      const odd = /What is [135]/.test(promptOf(request));
      if (broken && odd)
        throw new ModelCallError('test/s answered 500: try later', {
          failure: 'server',
          dispatch: 'refused',
          status: 500,
        });
      return '4';
    };
    const small = answeringModel('s', flaky);
    const first = await run({ models: { small }, ledger, clock });
    expect(first.stopped).toBeUndefined();
    expect(statuses(first.lines)).toEqual([
      't0 accepted',
      't1 failed',
      't2 accepted',
      't3 failed',
      't4 accepted',
      't5 failed',
    ]);
    expect(first.report.strategies[0]).toMatchObject({ answered: 3, abstained: 3, accuracy: 0 });
    expect(first.report.notes).toEqual([
      'single:small: calls failed in 3 of 6 tasks, which count as not passed and are tried again on resume. The first: test/s answered 500: try later',
    ]);

    broken = false;
    const before = small.requests.length;
    const second = await run({ models: { small }, ledger, clock, earlier: first.lines });
    expect(small.requests.slice(before).map(promptOf).sort()).toEqual([
      'What is 1 + 1?',
      'What is 3 + 1?',
      'What is 5 + 1?',
    ]);
    expect(
      second.lines
        .slice(6)
        .map(({ task, status }) => `${task} ${status}`)
        .sort(),
    ).toEqual(['t1 accepted', 't3 accepted', 't5 accepted']);
    expect(second.report.strategies[0]).toMatchObject({ answered: 6, abstained: 0, accuracy: 1 / 6 });
    expect(second.report.ledger.spentUsd).toBeCloseTo(6 * sampleUsd, 12);
  });

  it('pays for nothing twice: a finished run that is resumed asks nobody and reports the same', async () => {
    const clock = virtualClock(0, { autoAdvance: true });
    const ledger = await createLedger({ store: memoryStore(), clock });
    const small = answeringModel('small-1', half);
    const first = await run({ models: { small }, ledger, clock, strategies: ['single:small', 'vote:small:2'] });
    const progress: unknown[] = [];
    const second = await run({
      models: { small },
      ledger,
      clock,
      strategies: ['single:small', 'vote:small:2'],
      earlier: first.lines,
      onProgress: (state) => progress.push(state),
    });
    expect(small.requests).toHaveLength(18);
    // Nothing ran, so there is no time to tell; all else is as it was.
    const untimed = ({ report }: RunOutcome): unknown[] => report.strategies.map((one) => ({ ...one, wallSeconds: 0 }));
    expect(untimed(second)).toEqual(untimed(first));
    expect(second.report.ledger).toEqual(first.report.ledger);
    expect(progress).toEqual([expect.objectContaining({ done: 12, total: 12, passed: 6 })]);
    expect(progress[0]).not.toHaveProperty('remainingSeconds');
  });

  it('keeps the money of strategies that only an earlier run asked, and their label', async () => {
    const clock = virtualClock(0, { autoAdvance: true });
    const ledger = await createLedger({ store: memoryStore(), clock });
    const first = await run({ ledger, clock, strategies: ['mini-n:small:1x2:oracle'] });
    const states: { readonly done: number; readonly total: number; readonly spentUsd: number }[] = [];
    const { report } = await run({
      ledger,
      clock,
      strategies: ['single:small'],
      earlier: first.lines,
      onProgress: (state) => states.push(state),
    });
    expect(report.strategies).toMatchObject([
      { name: 'single:small' },
      { name: 'mini-n:small:1x2:oracle', oracleVerifier: true, accuracy: 0.5 },
    ]);
    const sum = report.strategies.reduce((total, { costUsd }) => total + costUsd, 0);
    expect(nano(sum)).toBe(nano(report.ledger.spentUsd));
    expect(states[0]).toMatchObject({ done: 0, total: 6 });
    expect(states[0]?.spentUsd).toBeGreaterThan(0);
    expect(states.at(-1)).toMatchObject({ done: 6, total: 6 });
  });

  it('refuses results whose money another ledger has', async () => {
    const first = await run();
    await expect(run({ earlier: first.lines })).rejects.toThrow(
      /results of the run "run-1", and the ledger has no row of what they cost\. .*FILE\.ledger/,
    );
  });

  it('tells how far it is', async () => {
    const states: { readonly done: number; readonly passed: number; readonly leftUsd: number }[] = [];
    await run({
      concurrency: 1,
      budgetUsd: 0.001,
      models: { small: answeringModel('s', half, { delayMs: 500 }) },
      onProgress: (state) => states.push(state),
    });
    expect(states).toHaveLength(7);
    expect(states[0]).toEqual({ done: 0, total: 6, passed: 0, spentUsd: 0, leftUsd: 0.001, elapsedSeconds: 0 });
    expect(states[2]).toMatchObject({ done: 2, passed: 2, elapsedSeconds: 1, remainingSeconds: 2 });
    expect(states.at(-1)).toMatchObject({ done: 6, passed: 3, remainingSeconds: 0 });
    expect(states.at(-1)?.leftUsd).toBeCloseTo(0.001 - 6 * sampleUsd, 12);
  });

  it('labels an oracle in its lines and its report', async () => {
    const { lines, report } = await run({ strategies: ['single:small', 'mini-n:small:1x2:oracle'] });
    expect(lines.filter(({ oracle }) => oracle === true).map(({ strategy }) => strategy)).toEqual(
      Array.from({ length: 6 }, () => 'mini-n:small:1x2:oracle'),
    );
    expect(report.strategies.map(({ oracleVerifier }) => oracleVerifier)).toEqual([undefined, true]);
  });

  it.each([
    [{ budgetUsd: 0 }, /^budgetUsd must be US dollars above 0, received 0/],
    [{ budgetUsd: -1 }, /^budgetUsd must be/],
    [{ budgetUsd: Number.NaN }, /^budgetUsd must be .*received NaN/],
    [{ budgetUsd: Number.POSITIVE_INFINITY }, /^budgetUsd must be/],
    [{ concurrency: 0 }, /^concurrency must be a whole number of 1 or more, received 0/],
    [{ concurrency: 1.5 }, /^concurrency must be/],
  ])('refuses %j', async (options, message) => {
    await expect(run(options)).rejects.toThrow(InvalidOptionError);
    await expect(run(options)).rejects.toThrow(message);
  });
});

function nano(usd: number): number {
  return Math.round(usd * 1e9);
}

/** Every text and number that can be got at from some values, one after the other. */
function reachableFrom(roots: readonly unknown[]): string {
  const seen = new Set<unknown>();
  const found: string[] = [];
  const queue: unknown[] = [...roots];
  for (let value = queue.pop(); value !== undefined || queue.length > 0; value = queue.pop()) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') found.push(String(value));
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) continue;
    seen.add(value);
    if (value instanceof Map) queue.push(...value.keys(), ...value.values());
    if (value instanceof Set) queue.push(...value);
    for (const key of Reflect.ownKeys(value)) {
      if (typeof key === 'string') found.push(key);
      const descriptor = Reflect.getOwnPropertyDescriptor(value, key);
      queue.push(descriptor?.value);
    }
  }
  return found.join('\n');
}
