import { type GenerateRequest, type GenerateResult, InvalidOptionError, type JsonValue, textOf } from '@tollgate/sdk';
import { type ScriptedModel, scriptedModel } from '@tollgate/sdk/testing';
import { createRandom, type Random } from '@tollgate/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { usdPerCall } from '../__fixtures__/usd-per-call.ts';
import { meanProbability } from '../confidence/signal.ts';
import { verdict } from '../confidence/verdict.ts';
import { voteShare } from '../confidence/vote-share.ts';
import type { CascadeState, SeenStage } from '../strategies/cascade-state.ts';
import { cascade } from '../strategies/cascade.ts';
import { type OnlineThresholds, onlineThresholds, type OnlineThresholdsOptions } from './online-thresholds.ts';

const request: GenerateRequest = { messages: [{ role: 'user', content: 'One and one?' }] };
const uncharged: GenerateResult = {
  candidates: [],
  charges: [],
  decision: { status: 'accepted', reason: '' },
  warnings: [],
  trace: { id: 't', kind: 'strategy', name: 'cascade', startedAtMs: 0, children: [] },
};

function memoryOf(options: Partial<OnlineThresholdsOptions> = {}): OnlineThresholds {
  return onlineThresholds({ thresholds: [Infinity], random: createRandom('memory'), ...options });
}

interface Recalled {
  readonly thresholds: readonly (number | null)[];
  readonly shadow?: true;
}

/** A request as it would go through all stages before the last. */
interface Task {
  readonly confidences: readonly number[];
  readonly agrees: readonly boolean[];
}

/** Sends a request through a cascade under the memory: the stage that answers, and whether it was shadowed. */
function send(
  memory: OnlineThresholds,
  { confidences, agrees }: Task,
): { readonly exit: number; readonly shadow: boolean } {
  const { thresholds, shadow = false } = memory.recall(request) as unknown as Recalled;
  const first = confidences.findIndex((confidence, stage) => confidence >= (thresholds[stage] ?? Infinity));
  const last = confidences.length;
  const exit = first < 0 ? last : first;
  const seen = Array.from({ length: shadow ? last + 1 : exit + 1 }, (_, from): SeenStage => {
    if (from === last) return { from, ids: [], answer: 'right' };
    return { from, ids: [], answer: agrees[from] === true ? 'right' : 'wrong', confidence: confidences[from] ?? 0 };
  });
  const state: CascadeState = {
    stage: seen.length - 1,
    stages: last + 1,
    asked: seen.map(({ from }) => from),
    skipped: [],
    seen,
    ...(shadow && { shadow }),
    action: { type: 'stop', reason: '' },
  };
  memory.learn({ request, state, result: uncharged });
  return { exit, shadow };
}

/** Stages that are more often right the surer they are; `drift` is a share of answers that go wrong in spite of it. */
function drawTask(random: Random, stages: number, drift: number): Task {
  const ease = random.next();
  const confidences = Array.from({ length: stages }, (_, stage) =>
    Math.min(1, ease * (0.8 + 0.2 * stage) + 0.2 * random.next()),
  );
  return {
    confidences,
    agrees: confidences.map((confidence) => random.next() < (1 - 1.2 * (1 - confidence) ** 2) * (1 - drift)),
  };
}

interface Phase {
  readonly requests: number;
  readonly drift: number;
}

/** What each phase came to: shares of requests that ended with another answer, and that ended early. */
function serve(
  memory: OnlineThresholds,
  { stages, phases, seed }: { readonly stages: number; readonly phases: readonly Phase[]; readonly seed: string },
): readonly { readonly wrong: number; readonly early: number }[] {
  const random = createRandom(seed);
  return phases.map(({ requests, drift }) => {
    let wrong = 0;
    let early = 0;
    for (let i = 0; i < requests; i += 1) {
      const task = drawTask(random, stages, drift);
      const { exit } = send(memory, task);
      if (exit === stages) continue;
      early += 1;
      if (task.agrees[exit] !== true) wrong += 1;
    }
    return { wrong: wrong / requests, early: early / requests };
  });
}

describe('the promise', () => {
  it.each([
    [1, 0.05],
    [1, 0.1],
    [2, 0.1],
  ])('with %s thresholds and a loss of %s, agreement holds, and requests end early', (...[stages, accuracyLoss]) => {
    const thresholds = Array.from({ length: stages }, () => Infinity);
    const phases = [
      { requests: 1000, drift: 0 },
      { requests: 5000, drift: 0 },
    ];
    const results = ['a', 'b', 'c'].map((seed) =>
      serve(memoryOf({ thresholds, accuracyLoss, random: createRandom(seed) }), { stages, phases, seed }),
    );
    const mean = (of: 'wrong' | 'early'): number =>
      results.reduce((sum, [, settled]) => sum + (settled?.[of] ?? 1), 0) / 3;
    expect(mean('wrong')).toBeLessThanOrEqual(accuracyLoss);
    expect(mean('wrong')).toBeGreaterThan(accuracyLoss / 3);
    expect(mean('early')).toBeGreaterThan(0.3);
  });

  it('drift makes it back off, and it holds again after', () => {
    const memory = memoryOf({ accuracyLoss: 0.1, shadow: 0.2 });
    const [calm, turn, after] = serve(memory, {
      stages: 1,
      seed: 'drift',
      phases: [
        { requests: 4000, drift: 0 },
        { requests: 400, drift: 0.5 },
        { requests: 6000, drift: 0.5 },
      ],
    });
    expect(calm?.wrong).toBeLessThanOrEqual(0.1);
    expect(memory.report().backOffs).toBeGreaterThan(0);
    // Without it, half of more than a half would be wrong.
    expect(turn?.wrong).toBeLessThan(0.2);
    expect(after?.wrong).toBeLessThanOrEqual(0.1);
    expect(after?.early).toBeLessThan(calm?.early ?? 0);
  });

  it('opens again when the drift is over', () => {
    const memory = memoryOf({ accuracyLoss: 0.1, shadow: 0.2 });
    const [calm, , after] = serve(memory, {
      stages: 1,
      seed: 'recovery',
      phases: [
        { requests: 2000, drift: 0 },
        { requests: 1000, drift: 0.9 },
        { requests: 4000, drift: 0 },
      ],
    });
    expect(after?.early).toBeGreaterThan((calm?.early ?? 1) / 2);
  });

  it('thresholds that were too low from the beginning are closed before anything is tuned', () => {
    const memory = memoryOf({ thresholds: [0], accuracyLoss: 0.05, shadow: 1 });
    const wrong = { confidences: [0.9], agrees: [false] };
    send(memory, wrong);
    expect(memory.thresholds).toEqual([0]);
    // Two wrong of two happen in 0.25 % of all cases where 5 % are.
    send(memory, wrong);
    expect(memory.thresholds).toEqual([Infinity]);
    expect(memory.report()).toEqual({ shadowed: 2, tunings: 0, backOffs: 1 });
  });

  it('closes the stage at fault only', () => {
    const memory = memoryOf({ thresholds: [0.8, 0.5], accuracyLoss: 0.05, shadow: 1 });
    for (let i = 0; i < 2; i += 1) send(memory, { confidences: [0.1, 0.9], agrees: [false, false] });
    expect(memory.thresholds).toEqual([0.8, Infinity]);
  });

  it('a stage that nobody ended at is not at fault', () => {
    const memory = memoryOf({ thresholds: [0.8, 0.5], accuracyLoss: 0.05, shadow: 1 });
    for (let i = 0; i < 10; i += 1) send(memory, { confidences: [0.9, 0.9], agrees: [true, false] });
    expect(memory.thresholds).toEqual([0.8, 0.5]);
  });
});

describe('tuning', () => {
  const sure = { confidences: [0.9], agrees: [true] };

  it.each([
    // (0 + 1) / (19 + 1) = 0.05, and tunings come every 20.
    [0.05, [Infinity], 20],
    [0.02, [Infinity], 49],
    [0.1, [Infinity, Infinity], 20],
  ])('begins with as many runs as a loss of %s needs', (accuracyLoss, thresholds, runs) => {
    const memory = memoryOf({ accuracyLoss, thresholds, shadow: 1 });
    const task = { confidences: thresholds.map(() => 0.9), agrees: thresholds.map(() => true) };
    for (let i = 0; i < runs - 1; i += 1) send(memory, task);
    expect(memory.thresholds).toEqual(thresholds);
    send(memory, task);
    expect(memory.thresholds[0]).toBe(0.9);
    expect(memory.report()).toMatchObject({ tunings: 1, last: { agreement: 1 } });
  });

  it('counts what was seen as one worse: no disagreement is allowed in 38 runs at 5 %, one in 39', () => {
    for (const [runs, expected] of [
      [38, 0.9],
      [39, 0.5],
    ] as const) {
      const memory = memoryOf({ accuracyLoss: 0.05, shadow: 1, window: runs });
      const odd = { confidences: [0.5], agrees: [false] };
      const unsure = { confidences: [0.5], agrees: [true] };
      for (let i = 0; i < 400; i += 1) send(memory, i % runs === 0 ? odd : i % 2 === 0 ? sure : unsure);
      expect(memory.report().last?.thresholds).toEqual([expected]);
    }
  });

  it('forgets runs that left the window', () => {
    const memory = memoryOf({ accuracyLoss: 0.05, shadow: 1, window: 20 });
    for (let i = 0; i < 20; i += 1) send(memory, { confidences: [0.9], agrees: [i % 2 === 0] });
    expect(memory.thresholds).toEqual([Infinity]);
    for (let i = 0; i < 20; i += 1) send(memory, sure);
    expect(memory.thresholds).toEqual([0.9]);
  });

  it('shadows the share it was told', () => {
    const memory = memoryOf({ shadow: 0.25 });
    const shadowed = Array.from({ length: 4000 }, () => send(memory, sure)).filter(({ shadow }) => shadow).length;
    expect(Math.abs(shadowed / 4000 - 0.25)).toBeLessThan(0.02);
    expect(memory.report().shadowed).toBe(shadowed);
  });

  it('learns nothing from runs that came to the last stage by themselves: they were unsure', () => {
    const memory = memoryOf({ shadow: 1e-9 });
    for (let i = 0; i < 50; i += 1) send(memory, { confidences: [0.1], agrees: [false] });
    expect(memory.report()).toEqual({ shadowed: 0, tunings: 0, backOffs: 0 });
  });
});

describe('in a cascade', () => {
  /** Sure and right about one half of the prompts, unsure and wrong about the other. */
  function models(): readonly [small: ScriptedModel, big: ScriptedModel] {
    const isEasy = ({ messages }: GenerateRequest): boolean => JSON.stringify(messages).includes('easy');
    const small = scriptedModel(
      (asked) => ({
        text: isEasy(asked) ? 'right' : 'wrong',
        logprobs: [{ text: 'x', logprob: isEasy(asked) ? -0.05 : -0.6 }],
      }),
      { pricing: usdPerCall(0.001), capabilities: { logprobs: 'chosen' } },
    );
    return [small, scriptedModel(() => ({ text: 'right' }), { pricing: usdPerCall(0.1) })];
  }

  const ask = (kind: string, i: number): GenerateRequest => ({ messages: [{ role: 'user', content: `${kind} ${i}` }] });

  it('finds the threshold that ends the easy half early, at the price of the shadowed runs', async () => {
    const [small, big] = models();
    const memory = memoryOf({ accuracyLoss: 0.05, shadow: 0.5 });
    const model = cascade([small, big], { confidence: meanProbability(), accept: 0.5, memory });
    for (let i = 0; i < 100; i += 1) {
      const { candidates, decision } = await model.generate(ask(i % 2 === 0 ? 'easy' : 'hard', i));
      const chosen = candidates.find(({ id }) => id === decision.chosen);
      expect(chosen && textOf(chosen)).toBe('right');
    }
    expect(memory.thresholds[0]).toBeCloseTo(Math.exp(-0.05), 9);
    expect(memory.report().last).toMatchObject({ agreement: 1 });
    expect(memory.report().last?.exits[0]).toBeGreaterThan(0.3);
    // A request that ends at the small model costs its price, one that goes on that of both.
    expect(memory.report().last?.cost).toBeLessThan(0.08);
    expect(big.calls.length).toBeLessThan(100);
  });

  it('a shadowed run gives the answer that was accepted first, and charges for all', async () => {
    const small = scriptedModel([{ text: 'small' }]);
    const big = scriptedModel([{ text: 'big' }]);
    const memory = memoryOf({ thresholds: [0.5], shadow: 1 });
    const model = cascade([small, big], { confidence: voteShare({ samples: 1 }), accept: 1, memory });
    const { candidates, charges, decision } = await model.generate(request);
    expect(candidates.map(textOf)).toEqual(['small', 'big']);
    expect(decision).toMatchObject({ status: 'accepted', chosen: candidates[0]?.id });
    expect(charges.length).toBe(2);
    expect(memory.report().shadowed).toBe(1);
  });

  it('compares answers by the key that the cascade was given', async () => {
    const small = scriptedModel([{ text: 'it is 2', logprobs: [{ text: 'x', logprob: -0.1 }] }]);
    const big = scriptedModel([{ text: '2' }]);
    const memory = memoryOf({ accuracyLoss: 0.5, thresholds: [0.5], shadow: 1 });
    const learned: (readonly SeenStage[] | undefined)[] = [];
    const watching = {
      ...memory,
      learn: ({ state }: { readonly state: CascadeState }) => void learned.push(state.seen),
    };
    const answer = { name: 'last-character', key: (one: Parameters<typeof textOf>[0]) => textOf(one).slice(-1) };
    await cascade([small, big], { confidence: meanProbability(), accept: 0.5, answer, memory: watching }).generate(
      request,
    );
    expect(learned[0]?.map((stage) => stage.answer)).toEqual(['2', '2']);
  });

  it('a stage whose last model fails in a shadowed run still answers', async () => {
    const small = scriptedModel([{ text: 'small' }]);
    const memory = memoryOf({ thresholds: [0.5], shadow: 1 });
    const silent = scriptedModel([{ text: '' }]);
    const model = cascade([small, silent], { confidence: voteShare({ samples: 1 }), accept: 1, memory });
    const { candidates, decision } = await model.generate(request);
    expect(decision).toMatchObject({ status: 'accepted', chosen: candidates[0]?.id });
    expect(memory.report().shadowed).toBe(0);
  });

  it('thresholds for another number of models, or for a stage that decides itself, are refused before anything is asked', async () => {
    const model = scriptedModel([]);
    const memory = memoryOf({ thresholds: [0.5, 0.5] });
    const votes = cascade([model, model], { confidence: voteShare({ samples: 1 }), accept: 1, memory });
    await expect(votes.generate(request)).rejects.toThrow(/sets 2 thresholds; a cascade of 2 models takes 1/);
    const own = cascade([model, model], { confidence: verdict(), memory: memoryOf({ thresholds: [0.5] }) });
    await expect(own.generate(request)).rejects.toBeInstanceOf(InvalidOptionError);
  });

  it('an aborted run teaches nothing', async () => {
    const model = scriptedModel([]);
    const memory = memoryOf({ shadow: 1 });
    const votes = cascade([model, model], { confidence: voteShare({ samples: 1 }), accept: 1, memory });
    await expect(votes.generate({ ...request, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
    });
    expect(memory.report().shadowed).toBe(0);
  });
});

describe('onlineThresholds', () => {
  it('whatever it sees, it accepts from a confidence that was seen or not at all, and its last tuning kept the promise (property)', () => {
    const task = fc.record({
      confidences: fc.tuple(fc.constantFrom(0.2, 0.5, 0.8), fc.constantFrom(0.3, 0.6, 0.9)),
      agrees: fc.tuple(fc.boolean(), fc.constantFrom(true, true, true, false)),
    });
    fc.assert(
      fc.property(fc.array(task, { minLength: 20, maxLength: 90 }), (tasks) => {
        const memory = memoryOf({ thresholds: [Infinity, Infinity], accuracyLoss: 0.2, shadow: 1, window: 40 });
        for (const one of tasks) send(memory, one);
        expect([0.2, 0.5, 0.8, Infinity]).toContain(memory.thresholds[0]);
        expect([0.3, 0.6, 0.9, Infinity]).toContain(memory.thresholds[1]);
        const { last, shadowed } = memory.report();
        expect(shadowed).toBe(tasks.length);
        if (last !== undefined) expect(1 - last.agreement).toBeLessThanOrEqual(0.2 + 1e-9);
      }),
      { seed: 50, numRuns: 100 },
    );
  });

  it('what it recalls is plain JSON: null never accepts', () => {
    const recalled = memoryOf({ thresholds: [0.5, Infinity], shadow: 1 }).recall(request) as JsonValue;
    expect(recalled).toEqual({ thresholds: [0.5, null], shadow: true });
    expect(JSON.parse(JSON.stringify(recalled))).toEqual(recalled);
  });

  it.each([
    [{ thresholds: [] }, /thresholds must hold a number/],
    [{ thresholds: [Number.NaN] }, /thresholds/],
    [{ thresholds: [-Infinity] }, /thresholds/],
    [{ shadow: 0 }, /shadow must be in \(0, 1\], received 0/],
    [{ shadow: 1.5 }, /shadow/],
    [{ accuracyLoss: 0 }, /accuracyLoss must be in \(0, 1\), received 0/],
    [{ accuracyLoss: 1 }, /accuracyLoss/],
    [{ window: 98 }, /window must be at least 99 runs to promise a loss of 0\.01 with 1 thresholds, received 98/],
    [{ window: Number.NaN }, /received NaN/],
  ])('%j is refused', (options, message) => {
    expect(() => memoryOf(options)).toThrow(message);
    expect(() => memoryOf(options)).toThrow(InvalidOptionError);
  });
});
