import { InvalidOptionError, wholeText } from '@tollgate/sdk';
import { binomialTest, createRandom } from '@tollgate/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ballots, judged } from '../__fixtures__/ballots.ts';
import { selectiveEnsemble } from './selective-ensemble.ts';
import { votesNeeded } from './votes-needed.ts';

const answer = wholeText();
const votes = (letters: string): ReturnType<typeof ballots> =>
  ballots(letters.split('').map((one) => (one === '-' ? '' : one)));
const statuses = async (letters: string, alpha?: number): Promise<string> => {
  const verdicts = await judged(selectiveEnsemble({ answer, ...(alpha !== undefined && { alpha }) }), votes(letters));
  return verdicts.map(({ status }) => status[0]).join('');
};

describe('selectiveEnsemble', () => {
  it.each([
    ['aaaaa', 'aaaaa'],
    ['aaaaaa', 'AAAAAA'],
    ['aaaaaaaab', 'AAAAAAAAr'],
    ['aaaaaaab', 'aaaaaaaa'],
    ['ab', 'aa'],
    ['', ''],
    ['--', 'aa'],
  ])('judges %s as %s (A accept, r reject, a abstain)', async (letters, expected) => {
    const verdicts = await judged(selectiveEnsemble({ answer }), votes(letters));
    const short = { accept: 'A', reject: 'r', abstain: 'a', tie: 't', timeout: 't', error: 'e' };
    expect(verdicts.map(({ status }) => short[status]).join('')).toBe(expected);
  });

  it('scores by 1 − p, and shows the test', async () => {
    const [accepted, ...others] = await judged(selectiveEnsemble({ answer }), votes('aaaaaaaaabc-'));
    const evidence = { p: binomialTest(9, 10), votes: 9, runnerUp: 1 };
    expect(accepted).toEqual({ candidateId: '0', status: 'accept', score: 1 - evidence.p, evidence });
    expect(others.slice(-3)).toEqual([
      { candidateId: '9', status: 'reject', score: 0, evidence },
      { candidateId: '10', status: 'reject', score: 0, evidence },
      { candidateId: '11', status: 'abstain', evidence },
    ]);
  });

  it('has no score where it abstains', async () => {
    for (const verdict of await judged(selectiveEnsemble({ answer }), votes('aab'))) {
      expect(verdict).not.toHaveProperty('score');
    }
  });

  it('takes in at exactly alpha', async () => {
    expect(await statuses('aaaaa', 0.0625)).toBe('aaaaa');
    expect((await judged(selectiveEnsemble({ answer, alpha: 0.0625 }), votes('aaaaa')))[0]?.status).toBe('accept');
    expect((await judged(selectiveEnsemble({ answer, alpha: 0.062 }), votes('aaaaa')))[0]?.status).toBe('abstain');
  });

  it('looks at the top two only', async () => {
    const [first] = await judged(selectiveEnsemble({ answer }), votes('aaaaaaaabcdefgh'));
    expect(first).toMatchObject({ status: 'accept', evidence: { votes: 8, runnerUp: 1 } });
  });

  it('judges an answer alike in whatever order candidates come (property)', async () => {
    const letters = fc.array(fc.constantFrom('a', 'a', 'a', 'b', '-'), { maxLength: 14 });
    await fc.assert(
      fc.asyncProperty(letters, fc.constantFrom(0.05, 0.2, 0.4), async (list, alpha) => {
        const scorer = selectiveEnsemble({ answer, alpha });
        const verdicts = async (order: readonly string[]): Promise<unknown[]> =>
          (await judged(scorer, votes(order.join('')))).map(({ status, score, evidence }) => ({
            status,
            score,
            evidence,
          }));
        expect((await verdicts([...list].reverse())).reverse()).toEqual(await verdicts(list));
      }),
      { seed: 1 },
    );
  });

  it('accepts another answer than the most likely one at most as often as alpha says', async () => {
    const random = createRandom('selective');
    const scorer = selectiveEnsemble({ answer, alpha: 0.1 });
    let wrong = 0;
    const runs = 2000;
    for (let run = 0; run < runs; run += 1) {
      // The hardest case: the runner-up is as good as equal.
      const drawn = Array.from({ length: 15 }, () => (random.next() < 0.501 ? 'a' : 'b')).join('');
      const accepted = (await judged(scorer, votes(drawn))).findIndex(({ status }) => status === 'accept');
      if (drawn[accepted] === 'b') wrong += 1;
    }
    expect(wrong / runs).toBeLessThan(0.1);
    expect(wrong).toBeGreaterThan(0);
  });

  it.each([
    [0, 'alpha must be in (0, 1), received 0.'],
    [5, 'Did you mean 0.05?'],
    [Number.NaN, 'received NaN'],
  ])('refuses alpha %d', (alpha, message) => {
    expect(() => selectiveEnsemble({ answer, alpha })).toThrow(InvalidOptionError);
    expect(() => selectiveEnsemble({ answer, alpha })).toThrow(message);
  });
});

describe('votesNeeded', () => {
  it.each([
    [
      0.05,
      [
        [6, 6],
        [8, 8],
        [9, 8],
        [10, 9],
        [12, 10],
        [15, 12],
        [20, 15],
      ],
    ],
    [
      0.01,
      [
        [8, 8],
        [10, 10],
        [12, 11],
        [15, 13],
        [20, 17],
      ],
    ],
  ])('is the table of selective ensembles at %d', (alpha, table) => {
    for (const [size = 0, needed] of table) expect(votesNeeded(size, alpha)).toBe(needed);
  });

  it('is undefined for five votes below 0.0625', () => {
    expect(votesNeeded(5, 0.05)).toBeUndefined();
    expect(votesNeeded(5, 0.0624)).toBeUndefined();
    expect(votesNeeded(5, 0.0625)).toBe(5);
  });

  it('is the smallest lead that passes (property)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        (size, alpha) => {
          const needed = votesNeeded(size, alpha);
          for (let most = Math.ceil(size / 2); most <= size; most += 1) {
            expect(binomialTest(most, size) <= alpha).toBe(needed !== undefined && most >= needed);
          }
        },
      ),
      { seed: 1 },
    );
  });

  it.each([
    [0, 0.05],
    [2.5, 0.05],
    [10, 1],
  ])('refuses %d votes at %d', (size, alpha) => {
    expect(() => votesNeeded(size, alpha)).toThrow(InvalidOptionError);
  });
});
