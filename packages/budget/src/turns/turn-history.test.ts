import { createRandom, quantile } from '@tollgate/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { learnedLimit, turnHistory, type TurnRecord } from './turn-history.ts';
import { readTurnRecords, turnRecordOf, writeTurnRecord } from './turn-records.ts';

const model = 'm';
const run = (turns: number, censored = false): TurnRecord => ({ model, turns, censored });

describe('turnHistory', () => {
  it('is that of one model at one kind of work', () => {
    const records = [run(3), { model: 'other', turns: 4, censored: false }, { ...run(5, true), taskClass: 'bug' }];
    expect(turnHistory(records, { model })).toMatchObject({ completed: 1, censored: 0, longest: 3 });
    expect(turnHistory(records, { model, taskClass: 'bug' })).toMatchObject({ completed: 0, censored: 1, longest: 5 });
    expect(turnHistory(records, { model: 'new' }).quantile(0.5)).toBe(Infinity);
  });

  it('counts a stopped run as longer than it was', () => {
    const history = turnHistory([run(4), run(8), run(6, true), run(10)], { model });
    expect(history.quantile(0.5)).toBeGreaterThan(quantile([4, 8, 6, 10], 0.5));
    expect(history).toMatchObject({ completed: 3, censored: 1 });
  });

  it('refuses turns that are none', () => {
    expect(() => turnHistory([run(-1)], { model })).toThrow(/^turns must be a whole number of at least 0, received -1/);
    expect(() => turnHistory([run(1)], { model }).quantile(2)).toThrow(/^q must be in \[0, 1\]/);
  });
});

describe('learnedLimit', () => {
  const options = { percentile: 0.75, coldStart: 20 };

  it('is static until 20 runs are complete, however many were stopped', () => {
    const records = [...Array<TurnRecord>(19).fill(run(5)), ...Array<TurnRecord>(50).fill(run(7, true))];
    expect(learnedLimit(turnHistory(records, { model }), options)).toEqual({
      turns: 20,
      source: 'cold start: 19 of the 20 completed runs that it takes',
    });
    expect(learnedLimit(turnHistory([...records, run(5)], { model }), options)).toEqual({
      turns: 7,
      source: 'P75 is beyond the longest of 70 runs, 50 of them stopped',
    });
  });

  it('does not fall however often it is fitted to runs that it cut short; one that leaves those out collapses', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.constantFrom(0.5, 0.75), (seed, percentile) => {
        const random = createRandom(seed);
        // Mean 20, long tail: rounded up exponential lengths.
        const need = (): number => Math.ceil(-20 * Math.log(1 - random.next()));
        const free = Array.from({ length: 200 }, () => run(need()));
        const truth = -20 * Math.log(1 - percentile);
        const limitOf = (records: readonly TurnRecord[], naive: boolean): number => {
          const kept = naive ? records.filter(({ censored }) => !censored) : records;
          return learnedLimit(turnHistory(kept, { model }), { percentile, coldStart: 20 }).turns;
        };
        const after = (naive: boolean): number => {
          let records: readonly TurnRecord[] = free;
          for (let round = 0; round < 16; round += 1) {
            const limit = limitOf(records, naive);
            const runs = Array.from({ length: 200 }, () => {
              const turns = need();
              return turns <= limit ? run(turns) : run(limit, true);
            });
            // Old runs are forgotten, which is when a limit falls fastest.
            records = [...records, ...runs].slice(-400);
          }
          return limitOf(records, naive);
        };
        expect(after(true)).toBeLessThan(truth * 0.7);
        expect(after(false)).toBeGreaterThan(truth * 0.75);
        expect(after(false)).toBeLessThan(truth * 1.35);
      }),
      { seed: 21, numRuns: 30 },
    );
  });
});

describe('records', () => {
  it('are made of outcomes: what did not finish by itself was stopped, and closing is no work', () => {
    const key = { model, taskClass: 'bug' };
    expect(turnRecordOf({ status: 'finished', turns: 7 }, key)).toEqual({ ...key, turns: 7, censored: false });
    expect(turnRecordOf({ status: 'turn-limit', turns: 7 }, key)).toEqual({ ...key, turns: 6, censored: true });
    expect(turnRecordOf({ status: 'budget', turns: 7 }, { model })).toEqual({ model, turns: 7, censored: true });
    expect(turnRecordOf({ status: 'turn-limit', turns: 0 }, key).turns).toBe(0);
  });

  it('are kept as lines', () => {
    const record = fc.record(
      { model: fc.string(), taskClass: fc.string(), turns: fc.nat(), censored: fc.boolean() },
      { requiredKeys: ['model', 'turns', 'censored'] },
    );
    fc.assert(
      fc.property(fc.array(record), (records) => {
        expect(readTurnRecords(records.map(writeTurnRecord).join(''))).toEqual(records);
      }),
      { seed: 2 },
    );
  });

  it('of which a crash cut the last one short are the others; any other bad line is an error', () => {
    const line = writeTurnRecord(run(3));
    expect(readTurnRecords(`${line}\n${line}${line.slice(0, 20)}`)).toEqual([run(3), run(3)]);
    expect(() => readTurnRecords(`${line}{"model":"m"}\n${line}`)).toThrow(
      /^Line 2 must be like .* received \{"model":"m"\}$/,
    );
    expect(() => readTurnRecords('{"model":"m","turns":-1,"censored":true}\n')).toThrow(/^Line 1 must be/);
  });
});
