import {
  InvalidOptionError,
  type ReplayOutcome,
  replayStrategy,
  type StrategyCore,
  TollgateError,
  type Verdict,
} from '@tollgate/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PruneThenRankCoreOptions } from './core-options.ts';
import type { PipelineState, StageTally } from './pipeline-state.ts';
import { pruneThenRankCore } from './prune-then-rank-core.ts';

type Status = Verdict['status'];

/** What a scorer says of an answer: a status, a score, both, or that it breaks. */
type Opinion = Status | number | { readonly status: Status; readonly score: number } | 'breaks' | 'no money';

interface World extends Partial<PruneThenRankCoreOptions> {
  /** Answers in the order of sampling; null where a sample holds none, an error where drawing it fails. */
  readonly answers: readonly (string | null | TollgateError)[];
  /** By scorer, what it says of an answer; of all others it says accept. */
  readonly says?: readonly { readonly [answer: string]: Opinion }[];
  readonly ranker?: { readonly [answer: string]: Opinion };
  readonly learned?: { readonly tallies: readonly StageTally[] };
}

interface Run {
  readonly outcome: ReplayOutcome;
  /** `scorer:answer` of every verdict, in order. */
  readonly judged: readonly string[];
  readonly drawn: number;
  readonly state: PipelineState;
}

const broke = new TollgateError('budget-exceeded', 'no money');
const down = new TollgateError('call-failed', 'down');

function run({ answers, says = [], ranker, learned, ...options }: World): Run {
  const scorers = [...says, ...(ranker === undefined ? [] : [ranker])];
  const judged: string[] = [];
  let drawn = 0;
  let state: PipelineState | undefined;
  const core = pruneThenRankCore({ samples: answers.length, stages: says.map(() => 'behaviour'), ...options });
  const watched: StrategyCore<PipelineState> = {
    ...core,
    observe: (before, event) => (state = core.observe(before, event)),
  };
  const outcome = replayStrategy(watched, {
    sources: [
      {
        view: {
          name: 'small',
          samples: { nativeMax: 1, promptBilledOnce: false, cancelOne: false },
          logprobs: 'none',
          continuation: 'none',
        },
        draw: () => {
          const answer = answers[drawn];
          drawn += 1;
          if (answer instanceof TollgateError) throw answer;
          return [
            { id: `c${drawn - 1}`, from: 0, finish: 'eos', ...(answer !== null && answer !== undefined && { answer }) },
          ];
        },
      },
    ],
    scorers: scorers.map((_, i) => `scorer ${i}`),
    score: (scorer, ids) => ({
      verdicts: ids.map((candidateId): Verdict => {
        const answer = String(answers[Number(candidateId.slice(1))]);
        judged.push(`${scorer}:${answer}`);
        const opinion = scorers[scorer]?.[answer] ?? 'accept';
        if (opinion === 'breaks') throw down;
        if (opinion === 'no money') throw broke;
        if (typeof opinion === 'string') return { candidateId, status: opinion };
        return typeof opinion === 'number'
          ? { candidateId, status: 'tie', score: opinion }
          : { candidateId, ...opinion };
      }),
      cost: { seconds: 2, usd: 0.5 },
    }),
    ...(learned !== undefined && { learned: JSON.parse(JSON.stringify(learned)) }),
  });
  if (state === undefined) throw new Error('the core was told nothing');
  return { outcome, judged, drawn, state };
}

const answerOf = (world: World): string | undefined => run(world).outcome.chosen?.answer;

describe('pruneThenRankCore', () => {
  it('judges equal answers once, and counts them', () => {
    const { outcome, judged } = run({ answers: ['a', 'b', 'b', 'a', 'b'], says: [{}] });
    expect(judged).toEqual(['0:a', '0:b']);
    expect(outcome).toMatchObject({
      status: 'accepted',
      chosen: { answer: 'b' },
      confidence: 0.6,
      signal: 'survivor-share',
    });
    expect(run({ answers: ['a', 'a', 'b'], says: [{}], merge: 'none' }).judged).toEqual(['0:a', '0:a', '0:b']);
  });

  it('sends only what a stage kept to the next one', () => {
    const { judged, outcome } = run({ answers: ['a', 'b', 'c'], says: [{ a: 'reject' }, { b: 'reject' }] });
    expect(judged.toSorted()).toEqual(['0:a', '0:b', '0:c', '1:b', '1:c']);
    expect(outcome.chosen?.answer).toBe('c');
    expect(outcome.reason).toBe('3 drawn, 3 distinct, 1 passed every stage; it is the only one left');
  });

  it.each<[Opinion, string]>([
    ['accept', 'a'],
    ['tie', 'a'],
    ['abstain', 'a'],
    ['error', 'a'],
    ['timeout', 'a'],
    ['reject', 'b'],
  ])('with %s keeps or rejects', (opinion, winner) => {
    expect(answerOf({ answers: ['a', 'a', 'b'], says: [{ a: opinion }] })).toBe(winner);
  });

  it('rejects timeouts where it is told to', () => {
    expect(answerOf({ answers: ['a', 'a', 'b'], says: [{ a: 'timeout' }], keepTimeouts: false })).toBe('b');
  });

  it('lets ties go to the answer drawn first', () => {
    expect(answerOf({ answers: ['b', 'a', 'a', 'b'], says: [{}] })).toBe('b');
  });

  it('without stages is a vote', () => {
    expect(run({ answers: ['a', 'b', 'b'] }).outcome).toMatchObject({ status: 'accepted', chosen: { answer: 'b' } });
  });

  it('never prunes to nothing: what got furthest is ranked and not accepted', () => {
    const { outcome } = run({
      answers: ['a', 'b', 'b', 'c', 'a', 'a'],
      says: [{ a: 'reject' }, { b: 'reject', c: 'reject' }],
    });
    expect(outcome).toMatchObject({ status: 'rejected', chosen: { answer: 'b' }, confidence: 2 / 3 });
    expect(outcome.reason).toContain('0 passed every stage');
  });

  it('ignores samples without an answer, and stops where there is none', () => {
    expect(run({ answers: [null, null, 'a'], says: [{}] }).outcome).toMatchObject({
      chosen: { answer: 'a' },
      confidence: 1,
    });
    expect(run({ answers: [null, null], says: [{}] }).outcome).toEqual({
      status: 'abstained',
      reason: 'none of 2 samples holds an answer',
    });
  });

  it('goes on without the samples that failed', () => {
    expect(run({ answers: [down, 'a', down], says: [{}] }).outcome).toMatchObject({
      status: 'accepted',
      chosen: { answer: 'a' },
    });
    expect(run({ answers: [down, down], says: [{}] }).outcome).toMatchObject({ status: 'abstained', failure: down });
  });

  it('skips a stage that fails', () => {
    const { outcome, state } = run({ answers: ['a', 'b', 'b'], says: [{ b: 'breaks' }, {}] });
    expect(outcome).toMatchObject({ status: 'accepted', chosen: { answer: 'b' } });
    expect(state.judging).toBe(0);
  });

  describe('out of money', () => {
    it('judges what is there by what is free', () => {
      const { outcome, judged } = run({ answers: ['a', 'b', broke, broke], says: [{ a: 'reject' }] });
      expect(outcome).toMatchObject({ status: 'accepted', chosen: { answer: 'b' } }); // tested: money cannot take that back
      expect(judged).toEqual(['0:a', '0:b']);
    });

    it('does not accept what no test has shown', () => {
      expect(run({ answers: ['a', 'b', broke], says: [{}], stages: ['opinion'] }).outcome).toMatchObject({
        status: 'budget',
      });
      expect(run({ answers: ['a', 'b', 'b'], says: [{ a: 'no money', b: 'no money' }] }).outcome).toMatchObject({
        status: 'budget',
        chosen: { answer: 'b' },
      });
      expect(run({ answers: [broke, broke], says: [{}] }).outcome).toMatchObject({
        status: 'budget',
        reason: 'money ran out',
      });
    });
  });

  describe('ranking', () => {
    const ranker = { a: 0.9, b: 0.2 };

    it('is by votes where a survivor was tested, else by the scorer that ranks', () => {
      const world = { answers: ['a', 'b', 'b'], ranker, rank: 'auto' } as const;
      expect(answerOf({ ...world, says: [{}], stages: ['behaviour'] })).toBe('b');
      expect(answerOf({ ...world, says: [{}], stages: ['form'] })).toBe('a');
      expect(answerOf({ ...world, says: [{ a: 'abstain', b: 'abstain' }], stages: ['behaviour'] })).toBe('a'); // no tests came with the task
      expect(answerOf(world)).toBe('a');
    });

    it('takes the highest score, then more candidates, then the one drawn first', () => {
      const world = { answers: ['a', 'b', 'c', 'c'], rank: 'scorer' } as const;
      expect(answerOf({ ...world, ranker: { a: 0.1, b: 0.3, c: 0.2 } })).toBe('b');
      expect(answerOf({ ...world, ranker: { a: 0.3, b: 0.3, c: 0.3 } })).toBe('c');
      expect(answerOf({ ...world, ranker: { a: 0.3, b: 0.3, c: 'abstain' } })).toBe('a');
      expect(run({ ...world, ranker: { a: 3, b: -2, c: 1 } }).outcome).not.toHaveProperty('confidence');
      expect(run({ ...world, ranker: { a: 0.1, b: 0.3, c: 0.2 } }).outcome).toMatchObject({
        status: 'accepted',
        confidence: 0.3,
        signal: 'scorer 0',
      });
    });

    it.each<Opinion>(['breaks', 'abstain', 'no money'])('falls back to votes when the scorer says %s', (opinion) => {
      const { outcome } = run({ answers: ['a', 'b', 'b'], rank: 'scorer', ranker: { a: opinion, b: opinion } });
      expect(outcome).toMatchObject({
        status: opinion === 'no money' ? 'budget' : 'rejected',
        chosen: { answer: 'b' },
      });
    });

    it('does not ask the scorer about a single survivor', () => {
      expect(run({ answers: ['a', 'b'], says: [{ b: 'reject' }], rank: 'scorer', ranker }).judged).toEqual([
        '0:a',
        '0:b',
      ]);
    });

    it('by who came first stops at the first that passed', () => {
      const { outcome, judged } = run({
        answers: ['a', 'b', 'c', 'd'],
        says: [{ a: 'reject' }],
        rank: 'first',
        concurrency: 1,
      });
      expect(outcome).toMatchObject({ status: 'accepted', chosen: { answer: 'b' } });
      expect(judged).toEqual(['0:a', '0:b']);
    });
  });

  describe('an opinion', () => {
    const world = { answers: ['a', 'b', 'c'], stages: ['opinion', 'behaviour'] as const, concurrency: 8 };
    const doubts = { a: { status: 'reject', score: 0.1 }, b: { status: 'reject', score: 0.4 } } as const;

    it('alone never leaves a single lineage: the best of those it rejected goes on', () => {
      const { outcome, judged } = run({ ...world, says: [doubts, {}] });
      expect(judged).toContain('1:b');
      expect(judged).not.toContain('1:a');
      expect(outcome).toMatchObject({ status: 'accepted', chosen: { answer: 'c' } });
      expect(answerOf({ ...world, says: [doubts, { c: 'reject' }] })).toBe('b');
    });

    it('may be overruled by a test, and what it rejected is then given as not accepted', () => {
      expect(run({ ...world, says: [doubts, { c: 'reject' }] }).outcome.status).toBe('rejected');
    });

    it('of form or behaviour may leave one', () => {
      expect(run({ ...world, stages: ['form', 'behaviour'], says: [doubts, {}] }).judged).not.toContain('1:b');
    });
  });

  it.each([
    [2, ['1:c', '1:d']],
    [3, ['1:b', '1:c', '1:d']],
    [0.75, ['1:b', '1:c', '1:d']],
    [0.2, ['1:d']],
  ])('keeps minSurvivors = %s of four, by score', (minSurvivors, judged) => {
    const rejected = (score: number): Opinion => ({ status: 'reject', score });
    const says = [{ a: rejected(0.1), b: rejected(0.2), c: rejected(0.3) }, {}];
    const seen = run({ answers: ['a', 'b', 'c', 'd'], says, minSurvivors, concurrency: 8 }).judged;
    expect(seen.filter((one) => one.startsWith('1:')).toSorted()).toEqual(judged);
  });

  describe('stops early', () => {
    it('when no verdict to come can change the winner of the vote', () => {
      const world: World = { answers: ['a', 'b', 'a', 'b', 'a'], says: [{}], concurrency: 1 };
      expect(run(world).judged).toEqual(['0:a']);
      expect(run({ ...world, answers: ['b', 'a', 'b', 'a'] }).judged).toEqual(['0:b']); // a tie goes to the one drawn first
      expect(run({ ...world, answers: ['a', 'b', 'b', 'a', 'b'] }).judged).toEqual(['0:a', '0:b']);
    });

    it('not before a rival that may still pass is counted', () => {
      const { outcome } = run({ answers: ['a', 'b', 'b', 'a', 'b'], says: [{ b: 'reject' }], concurrency: 1 });
      expect(outcome.chosen?.answer).toBe('a');
    });

    it('never with another winner than at the end (property)', () => {
      const answers = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 10 });
      const bad = fc.subarray(['a', 'b', 'c', 'd']);
      fc.assert(
        fc.property(answers, bad, fc.integer({ min: 1, max: 4 }), (drawn, rejected, concurrency) => {
          const says = [Object.fromEntries(rejected.map((answer): [string, Opinion] => [answer, 'reject']))];
          const early = answerOf({ answers: drawn, says, concurrency });
          const good = drawn.filter((answer) => !rejected.includes(answer));
          const voters = good.length > 0 ? good : drawn;
          const votes = (answer: string): number => voters.filter((other) => other === answer).length;
          const most = Math.max(...voters.map(votes));
          expect(early).toBe(voters.find((answer) => votes(answer) === most));
        }),
        { seed: 6, numRuns: 500 },
      );
    });
  });

  describe('the order of stages', () => {
    const tally = (judged: number, pruned: number, seconds: number, usd = 0): StageTally => ({
      judged,
      pruned,
      timeouts: 0,
      seconds,
      usd,
      tokens: 0,
    });

    it.each<[string, readonly StageTally[], Partial<PruneThenRankCoreOptions>, readonly number[]]>([
      ['puts the cheaper per removed candidate first', [tally(100, 10, 50), tally(100, 50, 60)], {}, [1, 0]],
      ['is as given until each was measured', [tally(100, 10, 50), tally(19, 15, 1)], {}, [0, 1]],
      ['is as given where that was asked for', [tally(100, 10, 50), tally(100, 50, 60)], { order: 'given' }, [0, 1]],
      ['counts fees', [tally(100, 50, 1, 0.1), tally(100, 50, 60)], {}, [1, 0]],
      ['counts time by what it is worth', [tally(100, 50, 1, 0.1), tally(100, 50, 60)], { usdPerSecond: 1 }, [0, 1]],
      ['puts what removes nothing last', [tally(100, 0, 50), tally(100, 1, 90)], {}, [1, 0]],
      ['keeps the given order on a tie', [tally(100, 10, 10), tally(100, 10, 10)], {}, [0, 1]],
    ])('%s', (_, tallies, options, order) => {
      expect(run({ answers: ['a'], says: [{}, {}], learned: { tallies }, ...options }).state.order).toEqual(order);
    });
  });

  it('keeps count of what each scorer did and took', () => {
    const { state } = run({
      answers: ['a', 'b', 'c', 'a'],
      says: [{ a: 'reject', b: 'timeout' }],
      rank: 'scorer',
      ranker: {},
    });
    expect(state.tallies).toEqual([
      { judged: 3, pruned: 1, timeouts: 1, seconds: 6, usd: 1.5, tokens: 0 },
      { judged: 2, pruned: 0, timeouts: 0, seconds: 2, usd: 0.5, tokens: 0 },
    ]);
  });

  it('has a state that survives a trip through JSON at every point (property)', () => {
    const answers = fc.array(fc.constantFrom('a', 'b', 'c', null), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(answers, (drawn) => {
        const core = pruneThenRankCore({ samples: drawn.length, stages: ['behaviour'] });
        const cloned: StrategyCore<PipelineState> = {
          ...core,
          start: (view) => JSON.parse(JSON.stringify(core.start(view))),
          observe: (state, event) => JSON.parse(JSON.stringify(core.observe(state, event))),
        };
        const outcomes = [core, cloned].map((one) => {
          let next = 0;
          return replayStrategy(one, {
            sources: [
              {
                view: {
                  name: 's',
                  samples: { nativeMax: 1, promptBilledOnce: false, cancelOne: false },
                  logprobs: 'none',
                  continuation: 'none',
                },
                draw: () => {
                  const answer = drawn[next];
                  next += 1;
                  return [{ id: `c${next}`, from: 0, finish: 'eos', ...(typeof answer === 'string' && { answer }) }];
                },
              },
            ],
            scorers: ['s'],
            score: (_, ids) => ({
              verdicts: ids.map((candidateId) => ({ candidateId, status: candidateId === 'c1' ? 'reject' : 'accept' })),
            }),
          });
        });
        expect(outcomes[0]).toEqual(outcomes[1]);
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  it.each<[Partial<PruneThenRankCoreOptions>, string]>([
    [{ samples: 0 }, 'samples must be a whole number of at least 1, received 0.'],
    [{ concurrency: 1.5 }, 'concurrency must be a whole number of at least 1, received 1.5.'],
    [{ minSurvivors: 0 }, 'minSurvivors must be a number above 0, received 0.'],
    [{ usdPerSecond: -1 }, 'usdPerSecond must be a number of 0 or more, received -1.'],
  ])('refuses %j', (options, message) => {
    expect(() => pruneThenRankCore({ stages: [], ...options })).toThrow(
      new InvalidOptionError(Object.keys(options)[0] ?? '', message),
    );
  });

  it('refuses fewer scorers than stages', () => {
    expect(() => run({ answers: ['a'], says: [], stages: ['form'] })).toThrow(
      'A pipeline of 1 stages takes 1 or 2 scorers, received 0.',
    );
  });
});
