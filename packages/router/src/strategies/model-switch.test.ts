import fc from 'fast-check';
import { InvalidOptionError, textOf } from '@tollgate/sdk';
import { scriptedModel } from '@tollgate/sdk/testing';
import { describe, expect, it } from 'vitest';
import { drive } from '../__fixtures__/drive.ts';
import { modelSwitch, modelSwitchCore } from './model-switch.ts';

/** 'AAB-' is three answers and one sample without. */
const letters = (word: string): (string | null)[] => word.split('').map((letter) => (letter === '-' ? null : letter));
const failed = (from: number) => ({ type: 'failed', from, action: 'draw', code: 'call-failed' }) as const;

describe('modelSwitchCore', () => {
  it.each([
    ['AAAAA', true],
    ['AAAAB', false],
    ['AAAA-', true],
    ['AA---', true],
    ['A----', false],
    ['-----', false],
  ])('at the default threshold the answers %s are consistent: %s', (first, isConsistent) => {
    const { samples } = drive(modelSwitchCore({ samplesPerModel: 5 }), { sources: [letters(first), letters('ZZZZZ')] });
    expect(samples).toEqual([5, isConsistent ? 0 : 5]);
  });

  it('one sample a model is always consistent, if it has an answer', () => {
    const core = modelSwitchCore({ samplesPerModel: 1 });
    expect(drive(core, { sources: [['a'], ['b']] }).decision).toMatchObject({ candidate: '0.0' });
    expect(drive(core, { sources: [[null], ['b']] }).decision).toMatchObject({ candidate: '1.0' });
  });

  it.each([
    [0.8, 'AAAAB', true],
    [0.81, 'AAAAB', false],
    [0.75, 'AAAB-', true],
    [0.6, 'AAABB', true],
    [0.5, 'AABB-', true],
  ])('at a threshold of %s the answers %s are consistent: %s', (threshold, first, isConsistent) => {
    const core = modelSwitchCore({ samplesPerModel: 5, threshold });
    expect(drive(core, { sources: [letters(first), letters('ZZZZZ')] }).samples[1]).toBe(isConsistent ? 0 : 5);
  });

  it('gives the answer of the consistent model at once, whatever earlier models said', () => {
    const { decision, chosen } = drive(modelSwitchCore({ samplesPerModel: [6, 2, 4] }), {
      sources: [letters('AAAAAB'), letters('CC'), letters('DDDD')],
    });
    expect(chosen?.answer).toBe('C');
    expect(decision).toEqual({
      type: 'accept',
      candidate: '1.0',
      confidence: 1,
      signal: 'consistency',
      reason: 'model 2 of 3 is consistent: 2 of 2 answers agree',
      notAsked: [2],
    });
  });

  it('the last model may be the consistent one', () => {
    const { decision } = drive(modelSwitchCore({ samplesPerModel: 3 }), { sources: [letters('AAB'), letters('CCC')] });
    expect(decision).toMatchObject({ candidate: '1.0', signal: 'consistency' });
    expect(decision).not.toHaveProperty('notAsked');
  });
});

describe('the vote when no model is consistent', () => {
  it.each([
    ['samples', 'AAABB', 'ADDDD', 'D', 3.005064 / (2.747668 + 1.330935 + 3.005064)],
    ['distinct', 'AAABB', 'ADDDD', 'D', 1.68983 / (1.092176 + 0.446479 + 1.68983)],
    ['samples', 'AAABC', 'BBDDD', 'D', 1.996402 / (1.996402 + 1.858586 + 1.582953 + 0.527651)],
    ['distinct', 'AAABC', 'BBDDD', 'A', 0.924064 / (0.924064 + 0.7545 + 0.669719 + 0.308021)],
    ['samples', 'AAAAB', 'BBBBA', 'A', 0.5],
    ['distinct', 'AAAAB', 'BBBBA', 'A', 0.5],
  ] as const)(
    'weighted by entropy over %s: %s and %s elect %s',
    (...[entropyNormalization, one, other, winner, share]) => {
      const core = modelSwitchCore({ samplesPerModel: 5, entropyNormalization });
      const { decision, chosen } = drive(core, { sources: [letters(one), letters(other)] });
      expect(chosen?.answer).toBe(winner);
      expect(decision).toMatchObject({ type: 'accept', signal: 'weighted-vote-share' });
      expect(decision).not.toHaveProperty('accepted');
      if (decision.type === 'accept') expect(decision.confidence).toBeCloseTo(share, 5);
    },
  );

  it('a model without any answer has no vote', () => {
    const { chosen } = drive(modelSwitchCore({ samplesPerModel: 3 }), { sources: [letters('---'), letters('ABB')] });
    expect(chosen?.answer).toBe('B');
  });

  it('a lone answer is still a vote', () => {
    const { chosen, decision } = drive(modelSwitchCore({ samplesPerModel: 3 }), {
      sources: [letters('--A'), letters('---')],
    });
    expect(chosen?.answer).toBe('A');
    expect(decision).toMatchObject({ signal: 'weighted-vote-share' });
  });

  it('external weights move it', () => {
    const sources = [letters('AAABC'), letters('BBDDD')];
    const elected = (weights: readonly number[]) =>
      drive(modelSwitchCore({ samplesPerModel: 5, weights }), { sources }).chosen?.answer;
    expect(elected([1, 1])).toBe('D');
    expect(elected([2, 1])).toBe('A');
    expect(elected([0, 1])).toBe('D');
  });

  it('gives up where no sample has an answer', () => {
    expect(
      drive(modelSwitchCore({ samplesPerModel: 2 }), { sources: [letters('--'), letters('--')] }).decision.type,
    ).toBe('stop');
  });
});

describe('modelSwitchCore when something goes wrong', () => {
  it('a model that failed is passed over, and a vote that lacks it is not accepted', () => {
    const core = modelSwitchCore({ samplesPerModel: 3 });
    const sources = [[], letters('AAB'), letters('CCC')];
    expect(drive(core, { sources, instead: { 0: [failed(0)] } }).decision).toMatchObject({
      candidate: '2.0',
      signal: 'consistency',
    });
    const { decision } = drive(core, { sources: [[], letters('AAB'), letters('CCD')], instead: { 0: [failed(0)] } });
    expect(decision).toMatchObject({ type: 'accept', candidate: '1.0', accepted: false });
    expect(decision.reason).toBe('no model is consistent: weighted vote over 2 of 3 models');
  });

  it('at the end of the money what there is votes, not accepted', () => {
    const { decision } = drive(modelSwitchCore({ samplesPerModel: 3 }), {
      sources: [letters('AAB'), []],
      instead: { 1: [{ type: 'budget', from: 1 }] },
    });
    expect(decision).toMatchObject({ type: 'accept', candidate: '0.0', accepted: false });
  });

  it('stops where there is nothing to show', () => {
    const core = modelSwitchCore({ samplesPerModel: 3 });
    expect(drive(core, { sources: [[], []], instead: { 0: [failed(0)], 1: [failed(1)] } }).decision.type).toBe('stop');
    expect(drive(core, { sources: [[], []], instead: { 0: [{ type: 'budget', from: 0 }] } }).decision.type).toBe(
      'stop',
    );
  });

  it('a late failure of the model before is not a failure of this one', () => {
    const drawn = { type: 'drawn', from: 0, candidates: [{ id: 'x', from: 0, answer: 'A', finish: 'eos' }] } as const;
    const { samples, decision } = drive(modelSwitchCore({ samplesPerModel: 3 }), {
      sources: [[], letters('BBB')],
      instead: { 0: [drawn, failed(0)] },
    });
    expect(samples).toEqual([0, 3]);
    expect(decision).toMatchObject({ candidate: '1.0' });
  });
});

describe('options of modelSwitch', () => {
  it.each([
    [{ samplesPerModel: 0 }, /samplesPerModel must be a whole number/],
    [{ samplesPerModel: [3, 1.5] }, /samplesPerModel\[1\]/],
    [{ samplesPerModel: 3, threshold: 0 }, /threshold must be in \(0, 1\]/],
    [{ samplesPerModel: 3, threshold: 85 }, /Did you mean 0.85\?/],
    [{ samplesPerModel: 3, weights: [1, -1] }, /weights\[1\] must be a finite number of at least 0, received -1/],
    [{ samplesPerModel: 3, weights: [0, 0] }, /weights must trust at least one model/],
  ])('%j is refused', (options, message) => {
    expect(() => modelSwitchCore(options)).toThrow(message);
  });

  it('lists for another number of models are refused when it is made', () => {
    const model = scriptedModel([]);
    expect(() => modelSwitch([model, model], { samplesPerModel: [3] })).toThrow(InvalidOptionError);
    expect(() => modelSwitch([model], { samplesPerModel: 3, weights: [1, 1] })).toThrow(
      /weights must hold one number for each model \(1\)/,
    );
    expect(() => modelSwitch([], { samplesPerModel: 3 })).toThrow(InvalidOptionError);
  });
});

describe('properties of modelSwitch', () => {
  const answers = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', null), { minLength: 4, maxLength: 4 }), {
    minLength: 1,
    maxLength: 4,
  });

  it('stops at the first model whose valid answers, two or more, are all the same', () => {
    fc.assert(
      fc.property(answers, (sources) => {
        const { samples } = drive(modelSwitchCore({ samplesPerModel: 4 }), { sources });
        const agrees = sources.findIndex((group) => {
          const valid = group.filter((answer) => answer !== null);
          return valid.length >= 2 && new Set(valid).size === 1;
        });
        const asked = agrees === -1 ? sources.length : agrees + 1;
        expect(samples).toEqual(sources.map((_, i) => (i < asked ? 4 : 0)));
      }),
    );
  });

  it('two models of K samples cost K (1 + (1 − c)) on average, c the chance that the first is consistent', () => {
    const cost = (consistent: number): number => {
      const draws = (first: string): number =>
        drive(modelSwitchCore({ samplesPerModel: 8 }), {
          sources: [letters(first), letters('AAAAAAAB')],
        }).samples.reduce((a, b) => a + b, 0);
      return consistent * draws('AAAAAAAA') + (1 - consistent) * draws('AAAAAAAB');
    };
    expect(cost(0.7)).toBeCloseTo(10.4, 12);
    expect(cost(0.55)).toBeCloseTo(11.6, 12);
  });
});

describe('modelSwitch', () => {
  const request = { messages: [{ role: 'user' as const, content: 'How many?' }] };

  it('is a model that asks the second model only when the first contradicts itself', async () => {
    using first = scriptedModel([{ texts: ['4', '5'] }, { texts: ['6', '6'] }]);
    using second = scriptedModel([{ texts: ['7', '7'] }]);
    const model = modelSwitch([first, second], { samplesPerModel: 2 });
    const switched = await model.generate(request);
    const chosen = switched.candidates.find((candidate) => candidate.id === switched.decision.chosen);
    expect(chosen && textOf(chosen)).toBe('7');
    const direct = await model.generate(request);
    expect([direct.decision.status, second.calls.length]).toEqual(['accepted', 1]);
  });
});
