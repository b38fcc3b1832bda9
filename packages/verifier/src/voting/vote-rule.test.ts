import { InvalidOptionError } from '@tollgate/sdk';
import { binomialTest, createRandom, tallyVotes, type VoteAnswer } from '@tollgate/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { curtailedVote } from './curtailed-vote.ts';
import { selectiveVote } from './selective-vote.ts';
import { sequentialVote } from './sequential-vote.ts';
import { strictMajority } from './strict-majority.ts';
import { startVote, type VoteRule, type RunningVote, type VoteVerdict } from './vote-rule.ts';

/** What a rule ends with, and after how many votes. `-` votes for nothing. */
function end(rule: VoteRule, votes: Iterable<VoteAnswer>): { readonly verdict: VoteVerdict; readonly after: number } {
  let state = startVote();
  for (const vote of votes) {
    if (rule.verdict(state).type !== 'continue') break;
    state = rule.observe(state, vote === '-' ? undefined : vote);
  }
  return { verdict: rule.verdict(state), after: state.cast };
}

/** The same end, found quicker: before the votes that are needed there is nothing to see. */
function endInBatches(rule: VoteRule, votes: readonly string[]): ReturnType<typeof end> {
  let state = startVote();
  let verdict = rule.verdict(state);
  while (verdict.type === 'continue') {
    for (const vote of votes.slice(state.cast, state.cast + verdict.needed)) state = rule.observe(state, vote);
    verdict = rule.verdict(state);
  }
  return { verdict, after: state.cast };
}

function said(rule: VoteRule, votes: string): string {
  const { verdict, after } = end(rule, votes);
  const answer = verdict.type === 'decide' ? verdict.answer : verdict.type === 'abstain' ? 'nothing' : 'more';
  return `${answer} after ${after}`;
}

const voteLists = fc.array(fc.constantFrom('a', 'b', 'c', undefined), { minLength: 1, maxLength: 15 });

describe('curtailedVote', () => {
  it.each([
    ['aaaaa', 'a after 3'],
    ['aabaa', 'a after 4'],
    ['abbaa', 'a after 5'],
    ['babaa', 'a after 5'],
    ['ab-ab', 'a after 4'],
    ['ba-ab', 'b after 5'],
    ['aab--', 'a after 4'],
    ['-----', 'nothing after 5'],
    ['----a', 'a after 5'],
    ['aa', 'more after 2'],
  ])('of 5 says, of %s, %s', (votes, expected) => {
    expect(said(curtailedVote({ votes: 5 }), votes)).toBe(expected);
  });

  it('tells the share of all votes that the leader has for certain', () => {
    expect(end(curtailedVote({ votes: 5 }), 'aaa').verdict).toEqual({
      type: 'decide',
      answer: 'a',
      confidence: 0.6,
      reason: '3 of 3 votes agree, 2 more could not change that',
    });
  });

  it('decides as all the votes do, the tie rule included, and no vote too late (property)', () => {
    fc.assert(
      fc.property(voteLists, (votes) => {
        const { winner } = tallyVotes(votes);
        const { verdict, after } = end(curtailedVote({ votes: votes.length }), votes);
        if (winner === undefined) expect(verdict.type).toBe('abstain');
        else expect(verdict).toMatchObject({ type: 'decide', answer: winner });
        // With one vote less some way to go on would have elected another answer.
        const before = votes.slice(0, Math.max(0, after - 1));
        const left = votes.length - before.length;
        const endings = ['a', 'b', 'c', 'new'].map((answer) => [...before, ...Array<string>(left).fill(answer)]);
        expect(new Set(endings.map((ending) => tallyVotes(ending).winner)).size).toBeGreaterThan(1);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

describe('strictMajority', () => {
  it.each([
    [4, 'aaab', 'a after 3'],
    [4, 'abab', 'nothing after 4'],
    [4, 'ab--', 'nothing after 3'],
    [4, 'aabb', 'nothing after 4'],
    [5, 'abcab', 'nothing after 5'],
    [5, 'abcaa', 'a after 5'],
    [1, 'a', 'a after 1'],
  ])('of %d says, of %s, %s', (votes, list, expected) => {
    expect(said(strictMajority({ votes }), list)).toBe(expected);
  });

  // Flip-flop consistency: four templates on four items.
  it('gives the labels of the published example', () => {
    const items = ['0000', '0001', '0011', '0000'];
    expect(items.map((item) => said(strictMajority({ votes: 4 }), item).split(' ')[0])).toEqual([
      '0',
      '0',
      'nothing',
      '0',
    ]);
  });

  it('decides as all the votes do (property)', () => {
    fc.assert(
      fc.property(voteLists, (votes) => {
        const { counts } = tallyVotes(votes);
        const [winner] = [...counts].find(([, count]) => 2 * count > votes.length) ?? [];
        const { verdict } = end(strictMajority({ votes: votes.length }), votes);
        expect(verdict.type === 'decide' ? verdict.answer : undefined).toBe(winner);
      }),
      { seed: 1 },
    );
  });
});

describe('selectiveVote', () => {
  it.each([
    [10, 'aaaaaaaaab', 'a after 9'],
    [10, 'aaaaaaaabb', 'nothing after 10'],
    [10, 'ababababab', 'nothing after 4'],
    [6, 'aaaaaa', 'a after 6'],
    [6, 'aaab', 'nothing after 4'],
  ])('of %d says, of %s, %s', (votes, list, expected) => {
    expect(said(selectiveVote({ votes }), list)).toBe(expected);
  });

  it('ends with the outcome of all the votes (property)', () => {
    const lists = fc.array(fc.constantFrom('a', 'a', 'a', 'a', 'b', 'c', undefined), { minLength: 6, maxLength: 25 });
    fc.assert(
      fc.property(lists, fc.constantFrom(0.05, 0.1, 0.2), (votes, alpha) => {
        const { counts, winner } = tallyVotes(votes);
        const [most = 0, second = 0] = [...counts.values()].sort((x, y) => y - x);
        const p = binomialTest(most, most + second);
        const { verdict } = end(selectiveVote({ votes: votes.length, alpha }), votes);
        expect(verdict.type === 'decide' ? verdict.answer : undefined).toBe(p <= alpha ? winner : undefined);
        if (verdict.type === 'decide') expect(verdict.confidence).toBeLessThanOrEqual(1 - p);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('refuses votes that can never decide, and says how many can', () => {
    expect(() => selectiveVote({ votes: 5 })).toThrow(
      '5 votes that all agree have a p-value of 0.0625, above alpha (0.05). Take 6 votes or more.',
    );
    expect(said(selectiveVote({ votes: 5, alpha: 0.0625 }), 'aaaaa')).toBe('a after 5');
  });
});

describe('sequentialVote', () => {
  it.each([
    [0.1, 6],
    [0.05, 7],
    [0.01, 10],
  ])('decides unanimous votes at %d after %d', (alpha, needed) => {
    const rule = sequentialVote({ votes: 40, alpha });
    expect(rule.verdict(startVote())).toEqual({ type: 'continue', needed });
    expect(said(rule, 'a'.repeat(40))).toBe(`a after ${needed}`);
    // The fortune after n unanimous votes is C(2n, n) / 2^n.
    const { verdict } = end(rule, 'a'.repeat(40));
    const fortune = binomial(2 * needed, needed) / 2 ** needed;
    expect(verdict.type === 'decide' && verdict.confidence).toBeCloseTo(1 - 1 / fortune, 12);
  });

  it.each([
    ['baaaaaaaaaaaaa', 'a after 11'],
    ['aaaaaaabaaaaaa', 'a after 7'],
    ['ab'.repeat(20), 'nothing after 25'],
    ['abcd'.repeat(10), 'nothing after 24'],
    ['-'.repeat(40), 'nothing after 34'],
    ['-------aaaaaaa', 'a after 14'],
  ])('of 40 says, of %s, %s', (votes, expected) => {
    expect(said(sequentialVote({ votes: 40 }), votes)).toBe(expected);
  });

  it('refuses votes that can never decide, and says how many can', () => {
    expect(() => sequentialVote({ votes: 6 })).toThrow(
      '6 votes cannot decide at alpha 0.05, even if all agree. Take 7 votes or more.',
    );
    expect(said(sequentialVote({ votes: 7 }), 'aaaaaaa')).toBe('a after 7');
  });

  it('bets as the theorem says, against every answer, given or not (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 30 }), (votes) => {
        // Too small an alpha to be reached: no fortune stops growing.
        const rule = sequentialVote({ votes: 1000, alpha: 1e-30 });
        const state = votes.reduce<RunningVote>((before, vote) => rule.observe(before, vote), startVote());
        for (const { answer, evidence } of state.tally)
          expect(evidence).toBeCloseTo(Math.log(fortuneAgainst(answer, votes)), 9);
        expect(state.unseen).toBeCloseTo(Math.log(fortuneAgainst('nobody', votes)), 9);
      }),
      { seed: 1 },
    );
  });

  it('is fair: against the most likely answer, the mean of its fortune never rises', () => {
    // All 3^7 lists of votes with a as likely as b, and c less likely.
    const chances = { a: 0.4, b: 0.4, c: 0.2 };
    for (let length = 1; length <= 7; length += 1) {
      let mean = 0;
      for (const votes of lists(length)) {
        const chance = votes.reduce((product, vote) => product * chances[vote], 1);
        mean += chance * fortuneAgainst('b', votes);
      }
      expect(mean).toBeLessThanOrEqual(1 + 1e-12);
    }
  });
});

describe('the error of stopping a vote', () => {
  const alpha = 0.05;
  const votes = 200;
  const runs = 1000;

  function wrongShare(chances: readonly number[], decide: (list: readonly string[]) => string | undefined): number {
    const random = createRandom('peeking');
    const draw = (): string => {
      let x = random.next();
      return 'abc'[chances.findIndex((chance) => (x -= chance) < 0)] ?? 'c';
    };
    let wrong = 0;
    for (let run = 0; run < runs; run += 1) {
      const decided = decide(Array.from({ length: votes }, draw));
      if (decided !== undefined && decided !== 'a') wrong += 1;
    }
    return wrong / runs;
  }

  const bySequentialVote = (list: readonly string[]): string | undefined => {
    const { verdict } = endInBatches(sequentialVote({ votes, alpha }), list);
    return verdict.type === 'decide' ? verdict.answer : undefined;
  };

  /** What people do: test after every vote as if it had been the last one planned, and stop when it passes. */
  const byNaivePeeking = (list: readonly string[]): string | undefined => {
    const counts = new Map<string, number>();
    for (const vote of list) {
      counts.set(vote, (counts.get(vote) ?? 0) + 1);
      const [[leader, most] = ['', 0], [, second] = ['', 0]] = [...counts].sort((x, y) => y[1] - x[1]);
      if (binomialTest(most, most + second) <= alpha) return leader;
    }
    return undefined;
  };

  // The runner-up is all but as good: nearly every second decision could be wrong.
  const close = [0.501, 0.499];

  it('is at most alpha with sequentialVote', () => {
    const wrong = wrongShare(close, bySequentialVote);
    expect(wrong).toBeLessThanOrEqual(alpha);
    expect(wrong).toBeGreaterThan(0);
    expect(wrongShare([0.34, 0.33, 0.33], bySequentialVote)).toBeLessThanOrEqual(alpha);
  });

  it('is more than twice alpha with a test after every vote', () => {
    expect(wrongShare(close, byNaivePeeking)).toBeGreaterThan(2 * alpha);
  });
});

// The table of the guide to voting.
describe.each([
  [
    'curtailedVote of 15',
    curtailedVote({ votes: 15 }),
    [
      [8.5, 1],
      [10, 1],
      [12.4, 1],
    ],
  ],
  [
    'selectiveVote of 20',
    selectiveVote({ votes: 20 }),
    [
      [15.8, 1],
      [17.9, 0.81],
      [17.1, 0.13],
    ],
  ],
  [
    'selectiveVote of 40',
    selectiveVote({ votes: 40 }),
    [
      [28.4, 1],
      [33.6, 0.97],
      [38.5, 0.2],
    ],
  ],
  [
    'sequentialVote of 40',
    sequentialVote({ votes: 40 }),
    [
      [9, 1],
      [20.9, 0.89],
      [32, 0.11],
    ],
  ],
] as const)('%s', (_name, rule, expected) => {
  it.each([0.95, 0.8, 0.6].map((chance, i) => [chance, ...(expected[i] ?? [0, 0])] as const))(
    'where an answer has the chance %d takes %d votes and decides in a share of %d',
    (chance, meanVotes, decided) => {
      const random = createRandom(`cost of ${rule.name} at ${chance}`);
      const runs = 1000;
      const ends = Array.from({ length: runs }, () =>
        endInBatches(
          rule,
          Array.from({ length: rule.votes }, () => (random.next() < chance ? 'a' : 'b')),
        ),
      );
      const cast = ends.reduce((total, { after }) => total + after, 0) / runs;
      const share = ends.filter(({ verdict }) => verdict.type === 'decide').length / runs;
      expect([Number(cast.toFixed(1)), Number(share.toFixed(2))]).toEqual([meanVotes, decided]);
    },
  );
});

describe('every rule', () => {
  const rules = [
    curtailedVote({ votes: 12 }),
    strictMajority({ votes: 12 }),
    selectiveVote({ votes: 12 }),
    sequentialVote({ votes: 12 }),
  ];

  it.each(rules.map((rule) => [rule.name, rule] as const))(
    '%s asks for no fewer votes than could decide (property)',
    (_name, rule) => {
      const lists = fc.array(fc.constantFrom('a', 'a', 'b', 'c', undefined), { maxLength: 12 });
      fc.assert(
        fc.property(lists, (list) => {
          let state = startVote();
          let earliest = 0;
          for (const vote of list) {
            const verdict = rule.verdict(state);
            if (verdict.type === 'decide') expect(state.cast).toBeGreaterThanOrEqual(earliest);
            if (verdict.type !== 'continue') return;
            earliest = Math.max(earliest, state.cast + verdict.needed);
            expect(verdict.needed).toBeGreaterThanOrEqual(1);
            expect(verdict.needed).toBeLessThanOrEqual(rule.votes - state.cast);
            for (const answer of ['a', 'b', 'c', 'new']) {
              let ahead = state;
              for (let i = 1; i < verdict.needed; i += 1) {
                ahead = rule.observe(ahead, answer);
                expect(rule.verdict(ahead).type).not.toBe('decide');
              }
            }
            state = JSON.parse(JSON.stringify(rule.observe(state, vote))) as RunningVote;
          }
          const { type } = rule.verdict(state);
          if (state.cast === rule.votes) expect(type).not.toBe('continue');
        }),
        { seed: 1, numRuns: 60 },
      );
    },
  );

  it.each(rules.map((rule) => [rule.name, rule] as const))('%s counts no vote beyond its own', (_name, rule) => {
    const full = Array.from('abababababab').reduce<RunningVote>(
      (state, vote) => rule.observe(state, vote),
      startVote(),
    );
    expect(rule.observe(full, 'a')).toBe(full);
    for (const nothing of [undefined, null, ''])
      expect(rule.observe(startVote(), nothing)).toEqual({ cast: 1, tally: [] });
  });

  it.each([curtailedVote, strictMajority, selectiveVote, sequentialVote])('%o refuses what cannot be meant', (make) => {
    for (const votes of [0, -1, 1.5, Number.NaN, Infinity]) expect(() => make({ votes })).toThrow(InvalidOptionError);
    if (make === curtailedVote || make === strictMajority) return;
    for (const alpha of [0, 1, 5, Number.NaN])
      expect(() => make({ votes: 20, alpha })).toThrow('alpha must be in (0, 1)');
  });
});

/** The fortune against `rival` after all votes, from its definition. */
function fortuneAgainst(rival: string, votes: readonly string[]): number {
  const counts = new Map<string, number>();
  let fortune = 1;
  for (const vote of votes) {
    const { winner } = tallyVotes([...counts].flatMap(([answer, count]) => Array<string>(count).fill(answer)));
    if (winner !== undefined && winner !== rival) {
      const [h, t] = [counts.get(winner) ?? 0, counts.get(rival) ?? 0];
      const theta = (h + 0.5) / (h + t + 1);
      if (vote === winner) fortune *= 2 * theta;
      if (vote === rival) fortune *= 2 * (1 - theta);
    }
    counts.set(vote, (counts.get(vote) ?? 0) + 1);
  }
  return fortune;
}

function lists(length: number): readonly (readonly ('a' | 'b' | 'c')[])[] {
  if (length === 0) return [[]];
  return lists(length - 1).flatMap((list) => (['a', 'b', 'c'] as const).map((vote) => [...list, vote]));
}

function binomial(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i += 1) ways = (ways * (n - k + i)) / i;
  return ways;
}
