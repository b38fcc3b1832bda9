import { InvalidOptionError } from '@tollgate/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binOf, fitDifficultyTable, type LabelledSample, type LabelledSamples } from './difficulty-table.ts';

/** Samples as letters; capital ones are right, `-` holds no answer. */
function samples(letters: string, usd = 1): readonly LabelledSample[] {
  return letters.split('').map((letter) => ({
    ...(letter !== '-' && { answer: letter.toLowerCase() }),
    correct: letter !== letter.toLowerCase(),
    usd,
  }));
}

function tasks(count: number, small: string, big = ''): readonly LabelledSamples[] {
  return Array.from({ length: count }, () => ({ models: [samples(small), samples(big, 3)] }));
}

describe('fitDifficultyTable', () => {
  it('stops where the probe agrees, draws more where that helps, escalates where nothing else does', () => {
    const labelled = [
      ...tasks(30, 'AAAAAAAA', 'AAA'), // easy
      ...tasks(30, 'bbAAAAAA', 'bAA'), // more samples help
      ...tasks(30, 'bcdeffgg', 'AAA'), // only the other model
    ];
    expect(fitDifficultyTable(labelled, { probe: 4, fallbackUsd: 100 })).toEqual({
      probe: 4,
      bins: [
        { from: 1, tasks: 30, action: { kind: 'vote', samples: 4 } },
        { from: 0.5, tasks: 30, action: { kind: 'vote', samples: 8 } },
        { from: 0, tasks: 30, action: { kind: 'escalate', to: 1, samples: 1 } },
      ],
    });
  });

  it('gives up on the hardest tasks where a wrong answer costs less than trying', () => {
    const table = fitDifficultyTable(tasks(30, 'bcdeffgg', 'AAA'), { probe: 4, fallbackUsd: 2 });
    expect(table.bins).toEqual([{ from: 0, tasks: 30, action: { kind: 'vote', samples: 4 } }]);
  });

  it('several samples of the other model vote, where one is not enough', () => {
    const labelled = tasks(30, 'bcde', 'cAA');
    expect(fitDifficultyTable(labelled, { fallbackUsd: 100 }).bins[0]?.action).toEqual({
      kind: 'escalate',
      to: 1,
      samples: 3,
    });
  });

  it('a small bin joins the next harder one, and the hardest its neighbour', () => {
    const labelled = [...tasks(5, 'AAAA'), ...tasks(30, 'AAAb'), ...tasks(5, 'bcde')];
    expect(fitDifficultyTable(labelled, { fallbackUsd: 1 }).bins).toEqual([
      { from: 0, tasks: 40, action: { kind: 'vote', samples: 4 } },
    ]);
    expect(
      fitDifficultyTable(labelled, { fallbackUsd: 1, minTasks: 5 }).bins.map(({ from, tasks: own }) => [from, own]),
    ).toEqual([
      [1, 5],
      [0.75, 30],
      [0, 5],
    ]);
    expect(fitDifficultyTable(tasks(1, 'AAAA'), { fallbackUsd: 1 }).bins.length).toBe(1);
  });

  it('ties go to fewer samples, and the probe is paid for once', () => {
    // Four more samples cost 4, and never change the vote.
    const labelled = tasks(30, 'AAAbAAAA', 'AAA');
    expect(fitDifficultyTable(labelled, { fallbackUsd: 1000 }).bins[0]?.action).toEqual({ kind: 'vote', samples: 4 });
    const free = labelled.map(({ models }) => ({
      models: models.map((own) => own.map((one) => ({ ...one, usd: 0 }))),
    }));
    expect(fitDifficultyTable(free, { fallbackUsd: 1000 }).bins[0]?.action).toEqual({ kind: 'vote', samples: 4 });
  });

  it('samples without an answer lower the agreement', () => {
    const labelled = [...tasks(20, 'AA--', 'A'), ...tasks(20, '----', 'A')];
    expect(fitDifficultyTable(labelled, { fallbackUsd: 100 }).bins).toEqual([
      { from: 0.5, tasks: 20, action: { kind: 'vote', samples: 4 } },
      { from: 0, tasks: 20, action: { kind: 'escalate', to: 1, samples: 1 } },
    ]);
  });

  it.each([
    [[], {}, /there are no tasks/],
    [tasks(2, 'AAA'), {}, /needs 4 samples of the first model; one has 3/],
    [tasks(2, 'AAAA'), { probe: 0 }, /probe must be a whole number/],
    [tasks(2, 'AAAA'), { minTasks: 0 }, /minTasks must be a whole number/],
    [tasks(2, 'AAAA'), { fallbackUsd: -1 }, /fallbackUsd must be US dollars of 0 or more/],
    [tasks(2, 'AAAAAA'), { votes: [4] }, /votes\[0\] must be a whole number above the probe \(4\)/],
    [tasks(2, 'AAAAAA'), { votes: [5, 7] }, /votes\[1\] .* at most the 6 samples/],
  ])('%j with %j is refused', (labelled, options, message) => {
    const fit = (): unknown => fitDifficultyTable(labelled, { fallbackUsd: 1, ...options });
    expect(fit).toThrow(message);
    expect(fit).toThrow(InvalidOptionError);
  });

  it('is never dearer on its own tasks than any one action for all of them (property)', () => {
    const task = fc.record({
      small: fc.string({ unit: fc.constantFrom('A', 'b', 'c', '-'), minLength: 8, maxLength: 8 }),
      big: fc.string({ unit: fc.constantFrom('A', 'A', 'b'), minLength: 3, maxLength: 3 }),
    });
    fc.assert(
      fc.property(
        fc.array(task, { minLength: 1, maxLength: 30 }),
        fc.constantFrom(0, 1, 5, 50),
        (drawn, fallbackUsd) => {
          const labelled = drawn.map(({ small, big }) => ({ models: [samples(small), samples(big, 3)] }));
          const table = fitDifficultyTable(labelled, { fallbackUsd, minTasks: 3 });
          expect(table.bins.at(-1)?.from).toBe(0);
          expect(table.bins.reduce((sum, bin) => sum + bin.tasks, 0)).toBe(labelled.length);
          const lossOf = (small: string, big: string, action: (typeof table.bins)[number]['action']): number => {
            const asked = action.kind === 'vote' ? small.slice(0, action.samples) : big.slice(0, action.samples);
            return (action.kind === 'vote' ? asked.length : 4 + 3 * asked.length) + (isRight(asked) ? 0 : fallbackUsd);
          };
          const own = drawn.reduce((sum, { small, big }) => {
            const bin = table.bins[binOf(table, agreementOf(small.slice(0, 4)))];
            return bin === undefined ? Number.NaN : sum + lossOf(small, big, bin.action);
          }, 0);
          const vote = (size: number) => ({ kind: 'vote', samples: size }) as const;
          for (const action of [vote(4), vote(8), { kind: 'escalate', to: 1, samples: 1 } as const]) {
            const fixed = drawn.reduce((sum, { small, big }) => sum + lossOf(small, big, action), 0);
            expect(own).toBeLessThanOrEqual(fixed + 1e-9);
          }
        },
      ),
      { seed: 21, numRuns: 200 },
    );
  });
});

describe('binOf', () => {
  const table = fitDifficultyTable([...tasks(20, 'AAA'), ...tasks(20, 'AAb'), ...tasks(20, 'Abc')], {
    probe: 3,
    fallbackUsd: 1,
  });

  it.each([
    [1, 0],
    [2 / 3, 1],
    [0.66, 2],
    [1 / 3, 2],
    [0, 2],
  ])('a share of %s is bin %s', (share, bin) => {
    expect(binOf(table, share)).toBe(bin);
  });
});

/** The first of the most frequent letters. */
function leaderOf(letters: string): { readonly letter: string; readonly votes: number } {
  let best = { letter: '-', votes: 0 };
  for (const letter of letters) {
    const votes = letters.split(letter).length - 1;
    if (letter !== '-' && votes > best.votes) best = { letter, votes };
  }
  return best;
}

function isRight(letters: string): boolean {
  return leaderOf(letters).letter === 'A';
}

function agreementOf(letters: string): number {
  return leaderOf(letters).votes / letters.length;
}
