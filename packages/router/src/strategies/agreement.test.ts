import { InvalidOptionError, ModelCallError, type ReplayOutcome, replayStrategy, TollgateError } from '@tollgate/sdk';
import { scriptedModel } from '@tollgate/sdk/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { view } from '../__fixtures__/drive.ts';
import { verdict } from '../confidence/verdict.ts';
import { agreement, agreementCore } from './agreement.ts';
import { cascade } from './cascade.ts';

type Answer = string | null | TollgateError;

const down = new TollgateError('call-failed', 'down');
const broke = new TollgateError('budget-exceeded', 'no money');
const request = { messages: [{ role: 'user' as const, content: 'How many?' }] };

function run(answers: readonly Answer[], accept?: number): ReplayOutcome {
  return replayStrategy(agreementCore(accept === undefined ? {} : { accept }), {
    sources: answers.map((answer, from) => ({
      view: {
        name: `m${from}`,
        samples: { nativeMax: 1, promptBilledOnce: false, cancelOne: false },
        logprobs: 'none',
        continuation: 'none',
      },
      draw: () => {
        if (answer instanceof TollgateError) throw answer;
        return [view(answer, `c${from}`, from)];
      },
    })),
  });
}

describe('agreementCore', () => {
  it.each<[readonly Answer[], number | undefined, Partial<ReplayOutcome>]>([
    [['a', 'a'], undefined, { status: 'accepted', confidence: 1, reason: '2 of 2 models agree' }],
    [['a', 'b'], undefined, { status: 'rejected', confidence: 0.5, reason: '1 of 2 models agree' }],
    [['a', null], undefined, { status: 'rejected', confidence: 0.5 }],
    [['a', down], undefined, { status: 'rejected', confidence: 0.5 }],
    [['a', broke], undefined, { status: 'budget', confidence: 0.5 }],
    [['a', 'b', 'b'], 0.6, { status: 'accepted', confidence: 2 / 3 }],
    [['a', 'b', 'b'], 2 / 3, { status: 'accepted', confidence: 2 / 3 }],
    [['a', 'b', 'b'], 0.67, { status: 'rejected' }],
    [[null, null], undefined, { status: 'rejected', reason: 'no model gave an answer to compare' }],
    [[down, down], undefined, { status: 'abstained', failure: down }],
    [[broke, broke], undefined, { status: 'budget', reason: 'money ran out' }],
  ])('%j with accept %s', (answers, accept, expected) => {
    expect(run(answers, accept)).toMatchObject(expected);
  });

  it('accepts exactly where enough of all models give one answer (property)', () => {
    const answers = fc.array(fc.constantFrom('a', 'b', null), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(answers, fc.integer({ min: 1, max: 6 }), (given, needed) => {
        const accept = Math.min(1, needed / given.length);
        const most = Math.max(0, ...['a', 'b'].map((one) => given.filter((answer) => answer === one).length));
        expect(run(given, accept).status === 'accepted').toBe(most > 0 && most >= accept * given.length - 1e-9);
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  it('refuses one model, and a share that cannot be meant', () => {
    expect(() => run(['a'])).toThrow('An agreement takes two models or more, received 1.');
    expect(() => agreementCore({ accept: 0 })).toThrow(InvalidOptionError);
  });
});

describe('agreement', () => {
  it('asks all at once, and stops the others once it is settled', async () => {
    const slow = scriptedModel([{ text: 'never', delayMs: 3_600_000 }]);
    const models = [slow, scriptedModel([{ text: '4' }]), scriptedModel([{ text: '4' }])];
    const { decision, charges } = await agreement(models, { accept: 0.6 }).generate(request);
    expect(decision).toMatchObject({ status: 'accepted', reason: '2 of 3 models agree' });
    expect(charges).toHaveLength(3);
  });

  it('is the first stage of a cascade that needs no second sample and no log-probabilities', async () => {
    const cheap = agreement([
      scriptedModel([{ text: '4' }, { text: '4' }]),
      scriptedModel([{ text: '4' }, { text: '5' }]),
    ]);
    const big = scriptedModel([{ text: '6' }]);
    const model = cascade([cheap, big], { confidence: verdict() });
    expect((await model.generate(request)).decision).toMatchObject({ status: 'accepted', confidence: 1 });
    expect(big.calls).toHaveLength(0);
    await model.generate(request);
    expect(big.calls).toHaveLength(1);
  });

  it('outlives a model that fails', async () => {
    const error = new ModelCallError('down', { failure: 'server', dispatch: 'refused' });
    const models = [scriptedModel([{ error }]), scriptedModel([{ text: '4' }])];
    expect((await agreement(models).generate(request)).decision).toMatchObject({ status: 'rejected' });
  });
});
