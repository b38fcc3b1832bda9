import fc from 'fast-check';
import { InvalidOptionError, rootContext, type Scorer, textOf, type Verdict } from '@tollgate/sdk';
import { scriptedModel } from '@tollgate/sdk/testing';
import { describe, expect, it } from 'vitest';
import { drive, type Drive, type Sample } from '../__fixtures__/drive.ts';
import { miniNThresholds } from '../thresholds/mini-n-thresholds.ts';
import { bestOfMiniN, bestOfMiniNCore, type BestOfMiniNCoreOptions } from './best-of-mini-n.ts';

/** Drives the core where the answers are rewards. */
function byReward(options: BestOfMiniNCoreOptions, rewards: readonly number[]): Drive {
  return drive(bestOfMiniNCore(options), {
    sources: [rewards.map(String)],
    scorers: ['reward'],
    judge: ({ answer }) => ({ status: 'tie', score: Number(answer) }),
  });
}

/** Drives the core where the answers are verdicts. */
function byStatus(options: BestOfMiniNCoreOptions, statuses: readonly Verdict['status'][]): Drive {
  return drive(bestOfMiniNCore(options), {
    sources: [statuses],
    scorers: ['verify'],
    judge: ({ answer }) => ({ status: answer as Verdict['status'] }),
  });
}

const drawn = ({ samples }: Drive): number => samples[0] ?? 0;

describe('the stream of rewards −0.8 0.3 −0.2 1.1 0.9 −0.4 0.2 2.0 with N = 8, n = 2', () => {
  const rewards = [-0.8, 0.3, -0.2, 1.1, 0.9, -0.4, 0.2, 2];

  it.each([
    [0, 2, '0.1', true],
    [1, 4, '0.3', true],
    [1.5, 8, '0.7', true],
    [2, 8, '0.7', false],
    [2.5, 8, '0.7', false],
  ])('at a threshold of %s draws %s and gives %s, accepted: %s', (...[accept, samples, candidate, isAccepted]) => {
    const run = byReward({ miniN: 2, total: 8, accept }, rewards);
    expect(drawn(run)).toBe(samples);
    expect(run.decision).toMatchObject({ type: 'accept', candidate });
    expect('accepted' in run.decision).toBe(!isAccepted);
  });

  it('as an accelerator it gives the best all the same', () => {
    const run = byReward({ miniN: 2, total: 8, accept: 2.5, mode: 'accelerator' }, rewards);
    expect(run.decision).toEqual({
      type: 'accept',
      candidate: '0.7',
      signal: 'reward',
      reason: 'best of 8 samples: score 2',
    });
  });

  it('remembers the best of earlier loops', () => {
    const run = byReward({ miniN: 1, total: 3, accept: 5 }, [2, 1, 2]);
    expect(run.decision).toMatchObject({ candidate: '0.0', accepted: false });
  });

  it('draws and scores only what is new, and never more than the total', () => {
    const { asked } = byReward({ miniN: 3, total: 4, accept: 9 }, [1, 2, 3, 4]);
    expect(asked).toEqual([
      { type: 'draw', from: 0, count: 3 },
      { type: 'score', scorer: 0, candidates: ['0.0', '0.1', '0.2'] },
      { type: 'draw', from: 0, count: 1 },
      { type: 'score', scorer: 0, candidates: ['0.3'] },
    ]);
  });
});

describe('the expected number of samples, each acceptable with chance a, total 32', () => {
  /** Exact: the draws depend on the place of the first acceptable sample only. */
  function expectedSamples(miniN: number, a: number): { readonly samples: number; readonly noneAccepted: number } {
    let samples = 0;
    for (let first = 0; first < 32; first += 1) {
      const statuses = Array.from({ length: 32 }, (_, i) => (i === first ? 'accept' : 'reject') as Verdict['status']);
      samples += a * (1 - a) ** first * drawn(byStatus({ miniN, total: 32 }, statuses));
    }
    const noneAccepted = (1 - a) ** 32;
    const none = byStatus(
      { miniN, total: 32 },
      Array.from({ length: 32 }, () => 'reject' as const),
    );
    expect(none.decision).toMatchObject({ accepted: false });
    return { samples: samples + noneAccepted * drawn(none), noneAccepted };
  }

  it.each([
    [0.1, [9.6566, 10.1649, 11.2319, 13.5643, 18.9648, 32]],
    [0.3, [3.3333, 3.9215, 5.2638, 8.4893, 16.0532, 32]],
  ])('a = %s', (a, table) => {
    for (const [i, expected] of table.entries()) {
      const { samples } = expectedSamples(2 ** i, a);
      expect(samples).toBeCloseTo(expected, 4);
      const loop = 1 - (1 - a) ** (2 ** i);
      expect(samples).toBeCloseTo((2 ** i * (1 - (1 - loop) ** (32 / 2 ** i))) / loop, 9);
    }
  });

  it('the chance that none is accepted does not depend on n', () => {
    expect(expectedSamples(4, 0.1).noneAccepted).toBeCloseTo(0.034337, 6);
  });
});

describe('with verdicts', () => {
  it('accepts the first accepted candidate and names the scorer', () => {
    const run = byStatus({ miniN: 2, total: 6 }, ['reject', 'reject', 'reject', 'accept', 'accept', 'accept']);
    expect(drawn(run)).toBe(4);
    expect(run.decision).toEqual({
      type: 'accept',
      candidate: '0.3',
      confidence: 1,
      signal: 'verify',
      reason: 'loop 2 of 3: score 1',
    });
  });

  it('a rejected score does not pass without a threshold: two of three tests are not enough', () => {
    const run = drive(bestOfMiniNCore({ miniN: 2, total: 2 }), {
      sources: [['0.33', '0.67']],
      scorers: ['tests'],
      judge: ({ answer }) => ({ status: 'reject', score: Number(answer) }),
    });
    expect(run.decision).toMatchObject({ candidate: '0.1', accepted: false, confidence: 0.67, signal: 'tests' });
  });

  it('judges candidates without an answer too: only votes need one', () => {
    const run = drive(bestOfMiniNCore({ miniN: 1, total: 1 }), {
      sources: [[null]],
      scorers: ['verify'],
      judge: () => ({ status: 'accept' }),
    });
    expect(run.decision).toMatchObject({ candidate: '0.0', confidence: 1 });
  });

  it('timeouts and errors are no opinion on a candidate, and no reason to trust votes', () => {
    const run = drive(bestOfMiniNCore({ miniN: 2, total: 4 }), {
      sources: [['a', 'a', 'a', 'a']],
      scorers: ['tests'],
      judge: () => ({ status: 'timeout' }),
    });
    expect(drawn(run)).toBe(4);
    expect(run.decision).toMatchObject({ candidate: '0.0', accepted: false, confidence: 1, signal: 'vote-share' });
  });

  it.each([
    ['abstains on everything', undefined],
    ['fails', { 1: [{ type: 'failed', from: 0, action: 'score', code: 'call-failed' }] } as const],
  ])('falls back to votes, above 0.6, where the scorer %s', (_, instead) => {
    const judge = () => ({ status: 'abstain' }) as const;
    const world = { scorers: ['verify'], judge, ...(instead !== undefined && { instead }) };
    const agree = drive(bestOfMiniNCore({ miniN: 2, total: 4, accept: 0.1 }), {
      sources: [['a', 'a', 'b', 'b']],
      ...world,
    });
    expect(agree.decision).toMatchObject({ candidate: '0.0', confidence: 1, signal: 'vote-share' });
    const differ = drive(bestOfMiniNCore({ miniN: 2, total: 4, accept: 0.1 }), {
      sources: [['a', 'b', 'b', 'c']],
      ...world,
    });
    expect(differ.decision).toMatchObject({ candidate: '0.1', accepted: false, confidence: 0.5 });
  });

  it('a loop that brought nothing is not scored', () => {
    const run = drive(bestOfMiniNCore({ miniN: 2, total: 4 }), { sources: [[]], scorers: ['verify'] });
    expect(run.asked.map((action) => action.type)).toEqual(['draw', 'draw']);
    expect(run.decision.type).toBe('stop');
  });

  it('one opinion is enough for verdicts to decide', () => {
    const run = drive(bestOfMiniNCore({ miniN: 2, total: 4 }), {
      sources: [['a', 'a', 'a', 'b']],
      scorers: ['verify'],
      judge: ({ id }) => ({ status: id === '0.1' ? 'reject' : 'abstain' }),
    });
    expect(run.decision).toMatchObject({ candidate: '0.1', accepted: false, confidence: 0 });
  });
});

describe('by votes', () => {
  const byVotes = (options: BestOfMiniNCoreOptions, answers: readonly Sample[]): Drive =>
    drive(bestOfMiniNCore(options), { sources: [answers] });

  it.each([
    [['a', 'a'], 2, { confidence: 1 }],
    [['a', 'b', 'b', 'b'], 4, { candidate: '0.1', confidence: 0.75 }],
    [['a', 'b', 'c', 'c', 'c', 'c'], 6, { candidate: '0.2', confidence: 2 / 3 }],
    [['a', 'b', 'a', 'b', 'a', 'c'], 6, { candidate: '0.0', confidence: 0.5, accepted: false }],
    [[null, 'a', 'a', 'a'], 4, { candidate: '0.1', confidence: 0.75 }],
    [['a', null, null, 'b', 'b', 'b'], 6, { candidate: '0.3', confidence: 0.5, accepted: false }],
  ])('%j draws %s', (answers, samples, expected) => {
    const run = byVotes({ miniN: 2, total: 6 }, answers);
    expect(drawn(run)).toBe(samples);
    expect(run.decision).toMatchObject({ type: 'accept', signal: 'vote-share', ...expected });
    expect('accepted' in run.decision).toBe('accepted' in expected);
  });

  it('a share must be above the threshold', () => {
    expect(drawn(byVotes({ miniN: 5, total: 10 }, ['a', 'a', 'a', 'b', 'c', 'a', 'a', 'a', 'a', 'a']))).toBe(10);
    expect(drawn(byVotes({ miniN: 5, total: 10, accept: 0.59 }, ['a', 'a', 'a', 'b', 'c']))).toBe(5);
  });

  it('one sample agrees with nobody', () => {
    expect(drawn(byVotes({ miniN: 1, total: 4 }, ['a', 'a', 'b', 'b']))).toBe(2);
    expect(byVotes({ miniN: 1, total: 1 }, ['a']).decision).toMatchObject({ candidate: '0.0', accepted: false });
  });

  it('samples that did not arrive count as drawn', () => {
    const run = byVotes({ miniN: 2, total: 4 }, ['a']);
    expect(drawn(run)).toBe(4);
    expect(run.decision).toMatchObject({ accepted: false, confidence: 0.25 });
  });

  it.each(['guardrail', 'accelerator'] as const)('gives nothing as a %s where no sample has an answer', (mode) => {
    expect(byVotes({ miniN: 2, total: 4, mode }, [null, null, null, null]).decision.type).toBe('stop');
  });

  it('gives the majority as an accelerator', () => {
    const { decision } = byVotes({ miniN: 2, total: 4, mode: 'accelerator' }, ['a', 'b', 'c', 'b']);
    expect(decision).toEqual({
      type: 'accept',
      candidate: '0.1',
      confidence: 0.5,
      signal: 'vote-share',
      reason: 'best of 4 samples: 2 of 4 samples agree',
    });
  });
});

describe('when something goes wrong', () => {
  const core = bestOfMiniNCore({ miniN: 2, total: 6 });
  const failed = { type: 'failed', from: 0, action: 'draw', code: 'call-failed' } as const;

  it.each([failed, { type: 'budget', from: 0 } as const])('gives the best so far, not accepted, on %j', (event) => {
    const judged = {
      sources: [['reject', 'reject', 'accept']],
      scorers: ['verify'],
      judge: () => ({ status: 'reject' }) as const,
    };
    expect(drive(core, { ...judged, instead: { 2: [event] } }).decision).toMatchObject({
      candidate: '0.0',
      accepted: false,
      confidence: 0,
    });
    expect(drive(core, { sources: [['a', 'b']], instead: { 1: [event] } }).decision).toMatchObject({
      candidate: '0.0',
      accepted: false,
    });
    expect(drive(core, { sources: [[]], instead: { 0: [event] } }).decision.type).toBe('stop');
  });

  it('money that ends before the scorer has spoken leaves the votes', () => {
    const world = { sources: [['a', 'b', 'b']], scorers: ['judge'], judge: () => ({ status: 'accept' }) as const };
    const { decision } = drive(core, { ...world, instead: { 1: [{ type: 'budget', from: 0 }] } });
    expect(decision).toMatchObject({ candidate: '0.0', accepted: false, signal: 'vote-share' });
  });

  it('an accelerator that money stopped does not accept', () => {
    const { decision } = drive(bestOfMiniNCore({ miniN: 2, total: 6, mode: 'accelerator' }), {
      sources: [['a', 'b']],
      instead: { 1: [{ type: 'budget', from: 0 }] },
    });
    expect(decision).toMatchObject({ accepted: false });
  });

  it('a late failure of one of several runs does not keep the others from being scored', () => {
    const arrived = { type: 'drawn', from: 0, candidates: [{ id: 'x', from: 0, answer: 'a', finish: 'eos' }] } as const;
    const { decision } = drive(core, {
      sources: [[]],
      scorers: ['verify'],
      judge: () => ({ status: 'accept' }),
      instead: { 0: [arrived, failed] },
    });
    expect(decision).toMatchObject({ candidate: 'x', confidence: 1 });
  });
});

describe('a table of thresholds', () => {
  const table = [
    { samples: 2, above: 0.5 },
    { samples: 5, above: 1 },
    { samples: 6, above: 1.5 },
  ];

  it.each<[readonly number[], number, string, boolean]>([
    [[0.6, 0, 0, 0, 0, 0], 2, '0.0', true],
    // Four samples are held to what five are.
    [[0.4, 0, 1, 0, 0, 0], 6, '0.2', false],
    [[0.4, 0, 1.1, 0, 0, 0], 4, '0.2', true],
    [[0.4, 0, 0, 0, 1.5, 1.6], 6, '0.5', true],
    // What was not enough of two is not enough of six.
    [[0.5, 0, 0, 0, 0, 0], 6, '0.0', false],
  ])('goes by the samples drawn so far: %j', (...[rewards, samples, candidate, isAccepted]) => {
    const run = byReward({ miniN: 2, total: 6, accept: table }, rewards);
    expect(drawn(run)).toBe(samples);
    expect(run.decision).toMatchObject({ type: 'accept', candidate });
    expect('accepted' in run.decision).toBe(!isAccepted);
  });

  it('of shares of votes, too', () => {
    const shares = [
      { samples: 2, above: 0.9 },
      { samples: 4, above: 0.9 },
    ];
    const run = drive(bestOfMiniNCore({ miniN: 2, total: 4, accept: shares }), { sources: [['a', 'b', 'a', 'a']] });
    expect(run.decision).toMatchObject({ candidate: '0.0', accepted: false, confidence: 0.75 });
    expect(() => bestOfMiniN(scriptedModel([]), { miniN: 2, total: 4, accept: [{ samples: 4, above: 1.2 }] })).toThrow(
      /in \[0, 1\)/,
    );
  });

  it('shows in the trace', () => {
    expect(bestOfMiniNCore({ miniN: 2, total: 6, accept: table }).parameters).toMatchObject({
      accept: '2:0.5/5:1/6:1.5',
    });
  });

  it.each([
    [[], /up to the total of 6 at least; received an empty one/],
    [[{ samples: 5, above: 1 }], /received 5:1/],
    [[...table.slice(0, 2), { samples: 6, above: 0.9 }], /must rise/],
    [[table[1], table[0], table[2]].flatMap((one) => one ?? []), /must rise/],
    [[{ samples: 6, above: Infinity }], /finite number, received Infinity/],
  ])('%j is refused', (accept, message) => {
    expect(() => bestOfMiniNCore({ miniN: 2, total: 6, accept })).toThrow(message);
  });

  it('by miniNThresholds, n unacceptable samples are let through as often as alpha at each look', () => {
    const rewards = Array.from({ length: 999 }, (_, i) => (i + 1) / 1000);
    const sizes = [2, 4, 8];
    const accept = miniNThresholds(rewards, { alpha: 0.2, sizes });
    // Uniform rewards: n of them are all at most T with the chance Tⁿ.
    for (const [i, n] of sizes.entries()) expect((accept[i]?.above ?? 0) ** n).toBeGreaterThanOrEqual(0.8);
    const best = (accept[0]?.above ?? 0) + 0.001;
    const run = byReward({ miniN: 2, total: 8, accept }, [0, best, 0, 0, 0, 0, 0, 0]);
    expect(drawn(run)).toBe(2);
    const late = byReward({ miniN: 2, total: 8, accept }, [0, 0, best, 0, 0, 0, 0, 0]);
    expect(late.decision).toMatchObject({ candidate: '0.2', accepted: false });
  });
});

describe('options of bestOfMiniN', () => {
  it.each([
    [{ miniN: 0, total: 4 }, /miniN must be a whole number of at least 1, received 0/],
    [{ miniN: 2, total: 2.5 }, /total must be a whole number/],
    [{ miniN: 8, total: 4 }, /miniN must be at most total \(4\), received 8/],
    [{ miniN: 2, total: 4, accept: Number.NaN }, /accept must be a finite number/],
    [{ miniN: 2, total: 4, mode: 'fast' as 'guardrail' }, /mode must be 'guardrail' or 'accelerator', received "fast"/],
  ])('%j is refused', (options, message) => {
    expect(() => bestOfMiniNCore(options)).toThrow(message);
  });

  it.each([-0.1, 1, 60])('a share of %s cannot be exceeded or is none, so it is refused without a scorer', (accept) => {
    const model = scriptedModel([]);
    expect(() => bestOfMiniN(model, { miniN: 2, total: 4, accept })).toThrow(InvalidOptionError);
    expect(() => drive(bestOfMiniNCore({ miniN: 2, total: 4, accept }), { sources: [[]] })).toThrow(InvalidOptionError);
    expect(() => bestOfMiniNCore({ miniN: 2, total: 4, accept })).not.toThrow();
  });
});

describe('properties of bestOfMiniN', () => {
  const rewards = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 1, maxLength: 12 });

  it('never draws more than total, and stops at the first loop whose best is above the threshold', () => {
    fc.assert(
      fc.property(
        rewards,
        fc.integer({ min: 1, max: 12 }),
        fc.double({ min: -2, max: 2, noNaN: true }),
        (list, batch, accept) => {
          const total = list.length;
          const miniN = Math.min(batch, total);
          const run = byReward({ miniN, total, accept }, list);
          const first = list.findIndex((reward) => reward > accept);
          expect(drawn(run)).toBe(first === -1 ? total : Math.min(total, Math.ceil((first + 1) / miniN) * miniN));
          const seen = list.slice(0, drawn(run));
          expect(run.decision).toMatchObject({ candidate: `0.${seen.indexOf(Math.max(...seen))}` });
        },
      ),
    );
  });

  it('a larger batch never takes more rounds, nor fewer samples when it divides evenly', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('accept', 'reject', 'reject', 'reject'), { minLength: 8, maxLength: 8 }),
        (statuses) => {
          const runs = [1, 2, 4, 8].map((miniN) => byStatus({ miniN, total: 8 }, statuses as Verdict['status'][]));
          const rounds = runs.map((run) => run.asked.filter((action) => action.type === 'draw').length);
          const samples = runs.map(drawn);
          expect(rounds).toEqual([...rounds].sort((a, b) => b - a));
          expect(samples).toEqual([...samples].sort((a, b) => a - b));
        },
      ),
    );
  });
});

describe('bestOfMiniN', () => {
  const request = { messages: [{ role: 'user' as const, content: 'Write a word with five letters.' }] };
  const fiveLetters: Scorer = {
    name: 'five-letters',
    score: async ({ candidates }) => ({
      verdicts: candidates.map((candidate) => ({
        candidateId: candidate.id,
        status: textOf(candidate).length === 5 ? 'accept' : 'reject',
      })),
      charges: [],
    }),
  };

  it('is a model that stops drawing once the scorer accepts', async () => {
    using small = scriptedModel([{ texts: ['one', 'two'] }, { texts: ['three', 'four'] }]);
    const result = await bestOfMiniN(small, { scorer: fiveLetters, miniN: 2, total: 6 }).generate(request);
    const chosen = result.candidates.find((candidate) => candidate.id === result.decision.chosen);
    expect(chosen && textOf(chosen)).toBe('three');
    expect(result.decision).toMatchObject({ status: 'accepted', confidence: 1, signal: 'five-letters' });
  });

  it('hands back the best, rejected, when none was good enough', async () => {
    const { decision } = await bestOfMiniN(scriptedModel([{ text: 'a' }, { text: 'b' }]), {
      scorer: fiveLetters,
      miniN: 1,
      total: 2,
    }).generate(request);
    expect(decision).toMatchObject({
      status: 'rejected',
      reason: 'none of 2 samples was good enough; best so far: score 0',
    });
  });

  it('ends when the caller aborts between loops', async () => {
    const controller = new AbortController();
    using small = scriptedModel([{ text: 'a' }]);
    const stopping: Scorer = {
      name: 'stopping',
      score: async ({ candidates }) => {
        controller.abort();
        return { verdicts: candidates.map(({ id }) => ({ candidateId: id, status: 'reject' })), charges: [] };
      },
    };
    const call = bestOfMiniN(small, { scorer: stopping, miniN: 1, total: 3 }).generate({
      ...request,
      signal: controller.signal,
      context: rootContext({ seed: 1 }),
    });
    await expect(call).rejects.toMatchObject({ code: 'aborted', partial: { charges: [{}] } });
  });
});
