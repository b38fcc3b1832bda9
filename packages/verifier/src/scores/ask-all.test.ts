import { AbortedError, type Charge, InvalidOptionError, ModelCallError, type TollgateError } from '@tollgate/sdk';
import { describe, expect, it } from 'vitest';
import { askAll } from './ask-all.ts';

const charge = (attemptId: string): Charge => ({
  attemptId,
  model: { provider: 'test', modelId: 'm' },
  usage: {},
  usageKnown: 'exact',
  candidateIds: [],
});

const failing = (error: TollgateError, attemptId: string): TollgateError => {
  error.charges = [charge(attemptId)];
  return error;
};

describe('askAll', () => {
  it('keeps order and charges where some fail', async () => {
    const { told, charges } = await askAll(['a', 'slow', 'b', 'down'], {
      atOnce: 2,
      ask: async (item) => {
        if (item === 'slow') throw failing(new ModelCallError('', { failure: 'timeout', dispatch: 'unknown' }), item);
        if (item === 'down') throw failing(new ModelCallError('', { failure: 'server', dispatch: 'unknown' }), item);
        return { told: item.toUpperCase(), charges: [charge(item)] };
      },
    });
    expect(told).toMatchObject([{ told: 'A' }, { untold: 'timeout' }, { told: 'B' }, { untold: 'error' }]);
    expect(charges.map(({ attemptId }) => attemptId)).toEqual(['a', 'slow', 'b', 'down']);
  });

  it.each([
    [true, ['ask 1', 'told 1', 'ask 2', 'ask 3', 'told 2', 'told 3']],
    [false, ['ask 1', 'ask 2', 'ask 3', 'told 1', 'told 2', 'told 3']],
  ])('answers the first before it asks for the others where firstAlone is %s', async (firstAlone, expected) => {
    const log: string[] = [];
    await askAll([1, 2, 3], {
      atOnce: 3,
      firstAlone,
      ask: async (item) => {
        log.push(`ask ${item}`);
        await new Promise((resolve) => setImmediate(resolve));
        log.push(`told ${item}`);
        return { told: item, charges: [] };
      },
    });
    expect(log).toEqual(expected);
  });

  it.each([
    ['an option to mend', () => new InvalidOptionError('o', 'wrong'), { code: 'invalid-option' }],
    ['an abort', () => new AbortedError('stopped'), { code: 'aborted', message: 'Scoring was aborted.' }],
    ['anything else', () => new Error('oops'), { code: 'internal', message: 'Scoring failed: oops' }],
  ] as const)('throws %s with the charges of all', async (_, error, expected) => {
    const asking = askAll(['a', 'bad', 'c'], {
      atOnce: 1,
      ask: async (item) => {
        if (item === 'bad') throw error();
        return { told: item, charges: [charge(item)] };
      },
    });
    await expect(asking).rejects.toMatchObject({ ...expected, charges: [{ attemptId: 'a' }, { attemptId: 'c' }] });
  });
});
