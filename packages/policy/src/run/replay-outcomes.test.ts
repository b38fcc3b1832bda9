import { bestOfMiniN, cascade, verdict, vote, voteShare } from '@tollgate/router';
import {
  InvalidOptionError,
  type Model,
  runStrategy,
  type Scorer,
  type StrategyCore,
  strategyOf,
  TollgateError,
} from '@tollgate/sdk';
import { verifyScorer } from '@tollgate/verifier';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TollgateConfig } from '../config/config.ts';
import { resolveStrategies } from '../config/strategy-spec.ts';
import type { OutcomeLine } from '../outcomes/outcome-line.ts';
import type { OutcomesTable } from '../outcomes/outcomes-table.ts';
import { parseOutcomes } from '../outcomes/parse-outcomes.ts';
import { replayOutcomes, type ReplayOutcomesOptions } from './replay-outcomes.ts';

/** Samples as [answer, right, verify signal?]; a `small` one costs $0.001 and 15 tokens, a `big` one $0.010. */
type Sample = readonly [answer: string | null, correct: boolean, verify?: number | { value: number; costUsd: number }];

function tableOf(
  tasks: Readonly<Record<string, { readonly small?: readonly Sample[]; readonly big?: readonly Sample[] }>>,
): OutcomesTable {
  const lines = Object.entries(tasks).flatMap(([task, models]) =>
    Object.entries(models).flatMap(([model, samples]) =>
      samples.map(
        ([answer, correct, verify], sample): OutcomeLine => ({
          task,
          model,
          sample,
          answer,
          correct,
          inputTokens: 10,
          outputTokens: 5,
          costUsd: model === 'small' ? 0.001 : 0.01,
          ...(verify !== undefined && { signals: { verify } }),
        }),
      ),
    ),
  );
  return parseOutcomes(
    lines.map((line) => JSON.stringify(line)),
    { source: 'logs.jsonl' },
  );
}

/** The same strategy, whose core notes all that it is told. */
function spiedOn(strategy: Model, notes: unknown[]): Model {
  const plan = strategyOf(strategy);
  if (plan === undefined) throw new Error('not a strategy');
  const { core } = plan;
  const spying: StrategyCore<unknown> = {
    name: core.name,
    start: (view) => {
      notes.push(view);
      return core.start(view);
    },
    observe: (state, event) => {
      notes.push(event);
      return core.observe(state, event);
    },
    next: (state) => core.next(state),
  };
  return runStrategy(spying, { sources: plan.sources });
}

function replay(
  table: OutcomesTable,
  names: readonly string[],
  options: Partial<ReplayOutcomesOptions> & { readonly strategiesByName?: TollgateConfig['strategies'] } = {},
) {
  const { strategiesByName, ...rest } = options;
  const config = strategiesByName === undefined ? {} : { config: { models: {}, strategies: strategiesByName } };
  return replayOutcomes({ table, strategies: resolveStrategies(names, { models: table.models, ...config }), ...rest });
}

// Four tasks. t1: small is sure and right. t2: small is sure and wrong. t3: small wavers, big is right. t4: small has no answer.
const four = tableOf({
  t1: {
    small: [
      ['5', true],
      ['5', true],
      ['6', false],
    ],
    big: [['5', true]],
  },
  t2: {
    small: [
      ['7', false],
      ['7', false],
      ['8', true],
    ],
    big: [['8', true]],
  },
  t3: {
    small: [
      ['1', false],
      ['2', true],
      ['3', false],
    ],
    big: [['2', true]],
  },
  t4: {
    small: [
      [null, false],
      [null, false],
      [null, false],
    ],
    big: [['9', false]],
  },
});

describe('replayOutcomes', () => {
  it('counts and charges as worked out by hand', () => {
    const { report, draws, stopped } = replay(four, [
      'single:small',
      'single:big',
      'vote:small:3',
      'cascade:small,big:3@0.6',
    ]);
    expect(stopped).toBeUndefined();
    expect(report.tasks).toBe(4);
    const [small, big, voted, cascaded] = report.strategies;
    // First samples: 5 right, 7 wrong, 1 wrong, none.
    expect(small).toMatchObject({
      accuracy: 0.25,
      costUsd: 0.004,
      attempts: 4,
      tokens: 60,
      costOfPassUsd: 0.004,
      costPerTaskUsd: 0.001,
      answered: 4,
    });
    expect(big).toMatchObject({ accuracy: 0.75, costUsd: 0.04, attempts: 4 });
    expect(big?.costOfPassUsd).toBeCloseTo(0.04 / 3, 12);
    // Majorities: 5 right, 7 wrong, the first of three singles (1) wrong, nothing to vote on.
    expect(voted).toMatchObject({ accuracy: 0.25, costUsd: 0.012, attempts: 12, answered: 3, abstained: 1 });
    // t1 and t2 agree on two of three, t3 and t4 go on to big: one of them is right there.
    expect(cascaded).toMatchObject({
      accuracy: 0.5,
      costUsd: 0.032,
      attempts: 14,
      tokens: 210,
      spendByModel: { small: 0.012, big: 0.02 },
    });
    expect(report.ledger).toEqual({ capUsd: null, spentUsd: 0.088, heldUsd: 0, rows: 34 });
    expect(draws).toBe(34);
    expect(report.models).toEqual([
      { name: 'small', provider: 'outcomes', modelId: 'small', attempts: 28, tokens: 420, costUsd: 0.028 },
      { name: 'big', provider: 'outcomes', modelId: 'big', attempts: 6, tokens: 90, costUsd: 0.06 },
    ]);
    expect(report.notes).toEqual([
      'Replayed from logs.jsonl: costs are what the recorded samples cost; nothing was spent now.',
    ]);
  });

  describe('verdicts', () => {
    const judged = tableOf({
      t1: {
        small: [
          ['5', false, 0.2],
          ['6', true, { value: 0.9, costUsd: 0.0005 }],
          ['7', false, 1],
        ],
      },
      t2: {
        small: [
          ['1', true, { value: 0, costUsd: 0.0005 }],
          ['2', false, { value: 0.4, costUsd: 0.0005 }],
        ],
      },
      t3: {
        small: [
          ['3', true],
          ['3', true],
        ],
      },
    });

    it('are recorded signals of the scorer’s name, charged where measuring them cost', () => {
      const { report } = replay(judged, ['mini-n:small:1x2']);
      // t1: 0.2 is a rejection, 0.9 accepts. t2: both rejected, the better one (wrong) is the best there is. t3: no signal, so votes.
      expect(report.strategies[0]).toMatchObject({
        accuracy: 2 / 3,
        attempts: 6,
        costUsd: 0.0075,
        spendByModel: { small: 0.006, verify: 0.0015 },
      });
      expect(report.models.map(({ name }) => name)).toEqual(['small']);
      expect(report.strategies[0]).not.toHaveProperty('oracleVerifier');
    });

    it('of an oracle are the gold record, which is labelled and costs nothing', () => {
      const { report } = replay(judged, ['mini-n:small:1x2:oracle']);
      expect(report.strategies[0]).toMatchObject({ accuracy: 1, attempts: 4, costUsd: 0.004, oracleVerifier: true });
    });

    it('can be of any scorer that the configuration names', () => {
      const table = parseOutcomes(
        [
          {
            task: 'a',
            model: 'small',
            sample: 0,
            answer: 'x',
            correct: false,
            costUsd: 0.001,
            signals: { reward: { value: 0.1, costUsd: 0.002 } },
          },
          {
            task: 'a',
            model: 'small',
            sample: 1,
            answer: 'y',
            correct: true,
            costUsd: 0.001,
            signals: { reward: { value: 0.8, costUsd: 0.002 } },
          },
        ].map((line) => JSON.stringify(line)),
        { source: 'logs.jsonl' },
      );
      const reward: Scorer = { ...verifyScorer(), name: 'reward' };
      const { report } = replay(table, ['rewarded'], {
        strategiesByName: {
          rewarded: ({ small }) => bestOfMiniN(small as Model, { miniN: 1, total: 2, scorer: reward }),
        },
      });
      expect(report.strategies[0]).toMatchObject({ accuracy: 1, spendByModel: { small: 0.002, reward: 0.004 } });
    });
  });

  it('replays strategies inside strategies, never giving one sample twice', () => {
    const nested: NonNullable<TollgateConfig['strategies']> = {
      nested: ({ small, big }) =>
        cascade(
          [
            bestOfMiniN(small as Model, { miniN: 1, total: 2, scorer: verifyScorer() }),
            vote(big as Model, { samples: 1 }),
          ],
          { confidence: verdict() },
        ),
      inVote: ({ small }) => vote(vote(small as Model, { samples: 1 }), { samples: 3 }),
      inCascade: ({ small, big }) =>
        cascade([vote(small as Model, { samples: 3 }), big as Model], {
          confidence: voteShare({ samples: 1 }),
          accept: 1,
        }),
    };
    const table = tableOf({
      t1: {
        small: [
          ['5', false, 0],
          ['6', true, 1],
          ['9', false, 0],
        ],
        big: [['1', false]],
      },
      t2: {
        small: [
          ['5', false, 0],
          ['6', false, 0],
          ['5', false, 0],
        ],
        big: [['7', true]],
      },
    });
    const { report } = replay(table, ['nested', 'inVote', 'inCascade'], { strategiesByName: nested });
    const [first, second, third] = report.strategies;
    // t1: the second of small passes. t2: neither does, so big is asked.
    expect(first).toMatchObject({
      accuracy: 1,
      attempts: 5,
      costUsd: 0.014,
      spendByModel: { small: 0.004, big: 0.01 },
    });
    // Three runs of one sample each: t1 has no majority and takes the first, t2 gives 5.
    expect(second).toMatchObject({ accuracy: 0, attempts: 6, costUsd: 0.006 });
    // One run of a vote agrees with itself: big is never asked.
    expect(third).toMatchObject({ attempts: 6, spendByModel: { small: 0.006 } });
  });

  describe('when samples run out', () => {
    it('names task and model', () => {
      expect(() => replay(four, ['vote:small:4'])).toThrow(TollgateError);
      expect(() => replay(four, ['vote:small:4'])).toThrow(
        'logs.jsonl: task "t1" has 3 samples of "small", and 4 are needed. Record more, ask for fewer, or leave such tasks out with --when-exhausted drop.',
      );
    });

    it('names how many were needed altogether, and models that a task lacks', () => {
      expect(() => replay(four, ['mini-n:small:2x2'])).toThrow(/task "t3" has 3 samples of "small", and 4 are needed/);
      const lacking = tableOf({ t1: { small: [['1', true]] }, t2: { big: [['1', true]] } });
      expect(() => replay(lacking, ['single:small'])).toThrow(/task "t2" has 0 samples of "small", and 1 are needed/);
    });

    it('can leave such tasks out, and what they had drawn with them', () => {
      const table = tableOf({
        t1: {
          small: [
            ['1', true],
            ['2', false],
          ],
          big: [['1', true]],
        },
        t2: {
          small: [
            ['1', false],
            ['2', true],
          ],
        },
        t3: {
          small: [
            ['1', false],
            ['1', false],
          ],
          big: [['1', true]],
        },
      });
      // t1 and t2 go on to big, which has nothing for t2; t3 agrees on a wrong answer.
      const { report, draws } = replay(table, ['cascade:small,big:2@1'], { whenExhausted: 'drop' });
      expect(() => replay(table, ['cascade:small,big:2@1'])).toThrow(/task "t2" has 0 samples of "big"/);
      expect(report.strategies[0]).toMatchObject({ answered: 2, attempts: 5, costUsd: 0.014, accuracy: 0.5 });
      expect(draws).toBe(5);
      expect(report.ledger.spentUsd).toBe(0.014);
      expect(report.notes).toContain(
        'cascade:small,big:2@1: 1 of 3 task runs were left out because their samples ran out.',
      );
    });

    it('reports nothing where every task is left out', () => {
      const { report } = replay(four, ['vote:small:9'], { whenExhausted: 'drop', repeats: 2 });
      expect(report.strategies[0]).toMatchObject({
        accuracy: 0,
        accuracyCi95: [0, 1],
        costOfPassUsd: null,
        costUsd: 0,
        attempts: 0,
      });
      expect(report.models).toEqual([]);
      expect(report.notes).toContain('vote:small:9: 8 of 8 task runs were left out because their samples ran out.');
    });
  });

  describe('repeats', () => {
    const many = tableOf(
      Object.fromEntries(
        Array.from({ length: 20 }, (_, t) => [
          `t${t}`,
          { small: Array.from({ length: 10 }, (_, s): Sample => [String(s % 4), s % 4 === t % 4]) },
        ]),
      ),
    );

    it('put the samples in other orders, the same for the same seed and for every strategy', () => {
      const once = replay(many, ['single:small']);
      const first = replay(many, ['single:small', 'vote:small:10'], { repeats: 8, seed: 3 });
      expect(replay(many, ['single:small', 'vote:small:10'], { repeats: 8, seed: 3 })).toEqual(first);
      expect(replay(many, ['single:small'], { repeats: 8, seed: 4 }).report.strategies[0]?.accuracy).not.toBe(
        first.report.strategies[0]?.accuracy,
      );
      expect(once.report.strategies[0]?.accuracy).toBe(0.25);
      expect(first.draws).toBe(8 * 20 * 11);
      expect(first.report.notes[1]).toBe('8 orders of the samples; costs are of all of them together.');
      // One of two strategies that look at the first sample only can never be luckier than the other.
      const twins = replay(many, ['mini-n:small:1x1:oracle', 'single:small'], { repeats: 8 }).report.strategies;
      expect(twins[0]?.accuracy).toBe(twins[1]?.accuracy);
    });

    it('keep the table’s own order the first time, and draw no sample twice within one', () => {
      expect(replay(many, ['single:small'], { seed: 99 }).report.strategies[0]?.accuracy).toBe(0.25);
      const all = replay(many, ['vote:small:10'], { repeats: 5 });
      // All ten samples in whatever order: 3, 3, 2 and 2 of the four answers, so only ties move.
      expect(all.report.strategies[0]?.attempts).toBe(5 * 20 * 10);
      expect(all.report.strategies[0]?.costUsd).toBeCloseTo(5 * 20 * 10 * 0.001, 12);
    });

    it('narrow nothing by themselves: intervals are over tasks', () => {
      const [one] = replay(many, ['vote:small:10']).report.strategies;
      const [lots] = replay(many, ['vote:small:10'], { repeats: 20 }).report.strategies;
      const width = (ends: readonly [number, number] | undefined): number =>
        ends === undefined ? 0 : ends[1] - ends[0];
      expect(width(lots?.accuracyCi95)).toBeGreaterThan(width(one?.accuracyCi95) / 3);
    });
  });

  describe('under a cap', () => {
    it('draws nothing that does not fit, stops there, and counts what it had begun', () => {
      // single:small costs 0.001 a task; the cascade needs 0.003, then 0.010 more for t3.
      const { report, stopped, draws } = replay(four, ['single:small', 'cascade:small,big:3@0.6', 'single:big'], {
        budgetUsd: 0.015,
      });
      expect(stopped).toEqual({
        by: 'budget',
        message: 'cascade:small,big:3@0.6 could not pay for task "t4". Raise the cap of $0.015 to go further.',
      });
      const [first, second, third] = report.strategies;
      expect(first).toMatchObject({ costUsd: 0.004, accuracy: 0.25 });
      // Of t3 the best answer so far is kept (the first of three), not accepted and wrong.
      expect(second).toMatchObject({ costUsd: 0.009, accuracy: expect.closeTo(1 / 3, 12), attempts: 9 });
      expect(third).toMatchObject({ costUsd: 0, attempts: 0 });
      expect(report.ledger).toEqual({ capUsd: 0.015, spentUsd: 0.013, heldUsd: 0, rows: 13 });
      expect(draws).toBe(13);
      expect(report.notes.slice(1)).toEqual([
        'cascade:small,big:3@0.6 ran 3 of 4 task runs, then the cap was reached.',
        'single:big ran 0 of 4 task runs, then the cap was reached.',
      ]);
    });

    it('covers verdicts too: what cannot be paid for is not judged', () => {
      const table = tableOf({
        t1: {
          small: [
            ['5', false, { value: 1, costUsd: 0.004 }],
            ['6', true, { value: 1, costUsd: 0.004 }],
          ],
        },
      });
      const { report } = replay(table, ['mini-n:small:1x2'], { budgetUsd: 0.002 });
      expect(report.ledger.spentUsd).toBe(0.001);
      expect(report.strategies[0]).toMatchObject({ accuracy: 0, attempts: 1, spendByModel: { small: 0.001 } });
    });

    it('is never passed', () => {
      const names = ['cascade:small,big:2@0.6', 'mini-n:small:1x3', 'model-switch:small,big:1', 'single:big'];
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 3 }), (thousandths, repeats) => {
          const budgetUsd = thousandths / 1000;
          const { report } = replay(four, names, { budgetUsd, repeats, whenExhausted: 'drop' });
          expect(report.ledger.spentUsd).toBeLessThanOrEqual(budgetUsd);
          const sum = report.strategies.reduce((total, { costUsd }) => total + costUsd, 0);
          expect(Math.round(sum * 1e9)).toBe(Math.round(report.ledger.spentUsd * 1e9));
        }),
        { seed: 6, numRuns: 60 },
      );
    });
  });

  it('shows a strategy answers, signals and facts about the task, and nothing that grades', () => {
    const seen: unknown[] = [];
    const table = parseOutcomes(
      [
        '{"task":"a","model":"small","sample":0,"answer":"5","correct":true,"costUsd":0.001,"prompt":"What?","class":"sums","features":{"length":3},"signals":{"verify":1}}',
      ],
      { source: 'logs.jsonl' },
    );
    replay(table, ['spying'], {
      strategiesByName: {
        spying: ({ small }, help) => {
          seen.push(help);
          return spiedOn(vote(small as Model, { samples: 1 }), seen);
        },
      },
    });
    const text = JSON.stringify(seen);
    expect(text).toContain('"taskClass":"sums"');
    expect(text).toContain('"features":{"length":3}');
    expect(text).toContain('"answer":"5"');
    expect(text).toContain('"promptCharacters":5');
    expect(text).not.toMatch(/correct|gold|recorded-check/);
  });

  it.each([
    [{ repeats: 0 }, /^repeats must be a whole number of 1 or more, received 0/],
    [{ repeats: 1.5 }, /^repeats must be/],
    [{ budgetUsd: 0 }, /^budgetUsd must be US dollars above 0, received 0/],
    [{ budgetUsd: Number.NaN }, /^budgetUsd must be/],
    [{ budgetUsd: -3 }, /^budgetUsd must be/],
  ])('refuses %j', (options, message) => {
    expect(() => replay(four, ['single:small'], options)).toThrow(InvalidOptionError);
    expect(() => replay(four, ['single:small'], options)).toThrow(message);
  });
});
