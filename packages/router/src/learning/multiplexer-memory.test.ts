import { type GenerateRequest, InvalidOptionError, type Scorer, textOf } from '@tollgate/sdk';
import { scriptedModel } from '@tollgate/sdk/testing';
import { createRandom, type Random } from '@tollgate/stats';
import { describe, expect, it } from 'vitest';
import { usdPerCall } from '../__fixtures__/usd-per-call.ts';
import { multiplex, type MultiplexState } from '../strategies/multiplex.ts';
import { vote } from '../strategies/vote.ts';
import { type MultiplexerMemory, multiplexerMemory, type MultiplexerMemoryOptions } from './multiplexer-memory.ts';
import { type Expectation, type MultiplexerState, priorMultiplexer } from './multiplexer-state.ts';

const fallbackUsd = 0.02;
const usd = [0.001, 0.004] as const;

function ask(content: string): GenerateRequest {
  return { messages: [{ role: 'user', content }] };
}

/** A world in which the small model is good at short prompts and the big one at long ones; nobody is best at both. */
function drawTask(random: Random): { readonly request: GenerateRequest; readonly passes: readonly [boolean, boolean] } {
  const isLong = random.next() < 0.5;
  const [small, big] = isLong ? [0.1, 0.9] : [0.95, 0.7];
  return {
    request: ask('x'.repeat((isLong ? 900 : 20) + random.int(20))),
    passes: [random.next() < small, random.next() < big],
  };
}

function memoryOf(options: Partial<MultiplexerMemoryOptions> = {}): MultiplexerMemory {
  const state = priorMultiplexer({ usdPerAnswer: usd, features: ['length'] });
  return multiplexerMemory({ state, random: createRandom('memory'), fallbackUsd, ...options });
}

interface Recalled {
  readonly expected: readonly Expectation[];
  readonly explore?: number;
}

function recall(memory: MultiplexerMemory, request: GenerateRequest): Recalled {
  return memory.recall(request) as unknown as Recalled;
}

/** The model a multiplexer would take. */
function choiceOf({ expected, explore }: Recalled): number {
  const [small = Infinity, big = Infinity] = expected.map(({ pass, usd: price }) => price + (1 - pass) * fallbackUsd);
  const best = small <= big ? 0 : 1;
  return explore === undefined ? best : 1 - best;
}

describe('learning who is good at what', () => {
  it.each(['verdicts on what was chosen', 'every answer, in shadow'] as const)(
    'from %s it beats the best single model',
    (what) => {
      const memory = memoryOf();
      const random = createRandom('stream');
      const totals = [0, 0];
      let own = 0;
      for (let round = 0; round < 3000; round += 1) {
        const { request, passes } = drawTask(random);
        const chosen = choiceOf(recall(memory, request));
        const answers = passes.map((passed, i) => ({ passed, usd: usd[i] ?? 0 }));
        const losses = answers.map((answer) => answer.usd + (answer.passed ? 0 : fallbackUsd));
        if (what === 'every answer, in shadow') memory.observeAll(request, answers, chosen);
        else memory.observe(request, { model: chosen, passed: passes[chosen] ?? false });
        own += losses[chosen] ?? Number.NaN;
        for (const [model, loss] of losses.entries()) totals[model] = (totals[model] ?? 0) + loss;
      }
      // Best possible: 0.001 + 0.05 · 0.02 where short, 0.004 + 0.1 · 0.02 where long, so 0.004 a request, and 0.0045 with a
      // twentieth explored.
      expect(own / 3000).toBeLessThan(0.0049);
      expect(Math.min(...totals) / 3000).toBeGreaterThan(0.007);
      const { rounds, usd: reported, bestSingleUsd, regretUsd } = memory.report();
      const inShadow = what === 'every answer, in shadow';
      expect(rounds).toBe(inShadow ? 3000 : 0);
      expect(reported).toBeCloseTo(inShadow ? own : 0, 9);
      expect(bestSingleUsd).toBeCloseTo(inShadow ? Math.min(...totals) : 0, 9);
      expect(regretUsd).toBeCloseTo(reported - bestSingleUsd, 12);
    },
  );

  it('goes on equally after its state went through JSON', () => {
    const random = createRandom('stream');
    const memory = memoryOf();
    for (let round = 0; round < 200; round += 1) {
      const { request, passes } = drawTask(random);
      memory.observe(request, { model: round % 2, passed: passes[round % 2] ?? false, usd: 0.002 });
    }
    const state = JSON.parse(JSON.stringify(memory)) as MultiplexerState;
    expect(state).toEqual(memory.toJSON());
    const copy = memoryOf({ state, explore: 0 });
    const { request } = drawTask(random);
    expect(recall(copy, request).expected).toEqual(recall(memory, request).expected);
  });

  it.each([
    [0, 0, 0],
    [undefined, 0.04, 0.06],
    [0.3, 0.27, 0.33],
  ])('explores a share of %s of requests', (explore, least, most) => {
    const memory = memoryOf(explore === undefined ? {} : { explore });
    let explored = 0;
    for (let i = 0; i < 4000; i += 1) if (recall(memory, ask('x')).explore !== undefined) explored += 1;
    expect(explored / 4000).toBeGreaterThanOrEqual(least);
    expect(explored / 4000).toBeLessThanOrEqual(most);
  });

  it('does not explore a single model', () => {
    const memory = memoryOf({ state: priorMultiplexer({ usdPerAnswer: [1] }), explore: 0.99 });
    expect(recall(memory, ask('x'))).toEqual({ expected: [{ pass: 0.5, usd: 1 }] });
  });
});

describe('a multiplexer with a memory', () => {
  const isRight: Scorer = {
    name: 'right',
    score: async ({ candidates }) => ({
      verdicts: candidates.map((candidate) => ({
        candidateId: candidate.id,
        status: textOf(candidate) === 'right' ? 'accept' : 'reject',
      })),
      charges: [],
    }),
  };

  it('learns the verdict and the price of every answer, those that were rejected among them', async () => {
    const small = scriptedModel([{ text: 'wrong' }], { pricing: usdPerCall(0.003) });
    const big = scriptedModel([{ text: 'right' }], { pricing: usdPerCall(0.008) });
    const memory = memoryOf({ explore: 0 });
    await multiplex([small, big], { fallbackUsd, memory, scorer: isRight }).generate(ask('x'));
    const [first, second] = memory.toJSON().models;
    expect(first).toMatchObject({ priced: 1, pass: { count: 1 } });
    expect(first?.usd).toBeCloseTo(0.002, 9);
    expect(second?.usd).toBeCloseTo(0.006, 9);
    expect(recall(memory, ask('x')).expected.map(({ pass }) => pass > 0.5)).toEqual([false, true]);
  });

  it('learns prices where nothing judges, and of a source that is a strategy all it asked', async () => {
    const small = scriptedModel([{ text: 'a' }, { text: 'a' }, { text: 'b' }], { pricing: usdPerCall(0.001) });
    const memory = memoryOf({
      state: priorMultiplexer({ usdPerAnswer: [0.005, 0.004], passRates: [0.9, 0.1] }),
      explore: 0,
    });
    await multiplex([vote(small, { samples: 3 }), small], { fallbackUsd, memory }).generate(ask('x'));
    expect(memory.toJSON().models[0]).toMatchObject({ usd: 0.004, priced: 1, pass: { count: 0 } });
  });

  it('learns nothing from a run that nothing judged and nothing priced', async () => {
    const small = scriptedModel([{ text: 'a' }]);
    const memory = memoryOf({ explore: 0 });
    await multiplex([small, small], { fallbackUsd, memory }).generate(ask('x'));
    expect(memory.toJSON()).toEqual(memoryOf().toJSON());
  });

  it('reads features with a function of its own', () => {
    const memory = memoryOf({ featuresOf: () => ({ length: 3 }) });
    memory.observe(ask('x'), { model: 0, passed: true });
    expect(memory.toJSON().scale[0]).toMatchObject({ count: 1, mean: 3 });
  });

  it('an aborted run teaches nothing', async () => {
    const memory = memoryOf();
    const learned: MultiplexState[] = [];
    const watching = { ...memory, learn: ({ state }: { readonly state: MultiplexState }) => void learned.push(state) };
    const model = multiplex([scriptedModel([]), scriptedModel([])], { fallbackUsd, memory: watching });
    await expect(model.generate({ ...ask('x'), signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
    });
    expect(learned).toEqual([]);
  });
});

describe('options of multiplexerMemory', () => {
  it.each([
    [{ explore: 1 }, /explore must be in \[0, 1\), received 1/],
    [{ explore: -0.1 }, /explore/],
    [{ fallbackUsd: Infinity }, /fallbackUsd must be US dollars of 0 or more, received Infinity/],
  ])('%j is refused', (options, message) => {
    expect(() => memoryOf(options)).toThrow(message);
  });

  it('what cannot be is refused, and nothing is learned from it', () => {
    const memory = memoryOf();
    const answer = { passed: true, usd: 1 };
    expect(() => memory.observe(ask('x'), { model: 2, passed: true })).toThrow(InvalidOptionError);
    expect(() => memory.observeAll(ask('x'), [answer], 0)).toThrow(/each of the 2 models/);
    expect(() => memory.observeAll(ask('x'), [answer, answer], 2)).toThrow(/2 as the chosen one/);
    expect(memory.report()).toEqual({ rounds: 0, usd: 0, bestSingleUsd: 0, regretUsd: 0 });
    expect(memory.toJSON()).toEqual(memoryOf().toJSON());
  });
});
