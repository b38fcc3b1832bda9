import { type CalibratedThreshold, type Candidate, explain, InvalidOptionError, type Scorer } from '@tollgate/sdk';
import { scriptedModel } from '@tollgate/sdk/testing';
import { describe, expect, it } from 'vitest';
import { drive, type Sample } from '../__fixtures__/drive.ts';
import { byScore } from '../confidence/score.ts';
import { bySignal, meanProbability, statedConfidence } from '../confidence/signal.ts';
import { verdict } from '../confidence/verdict.ts';
import { voteShare } from '../confidence/vote-share.ts';
import { cascadeMemory } from './cascade-memory.ts';
import type { CascadeOptions } from './cascade-options.ts';
import { cascade, cascadeCore } from './cascade.ts';

const request = { messages: [{ role: 'user' as const, content: 'How many?' }] };
const scorer: Scorer = { name: 'reward', score: async () => ({ verdicts: [], charges: [] }) };
const signalled = (value: number, answer = 'a'): Sample => ({ answer, signals: { sure: value } });

describe('a cascade by a signal', () => {
  const core = cascadeCore({ confidence: bySignal('sure'), accept: 0.8 });

  it.each<[Sample, number]>([
    [signalled(0.8), 1],
    [signalled(0.79), 2],
    [signalled(Number.NaN), 2],
    ['no signal', 2],
    [{ signals: { sure: 1 } }, 2], // no answer, however sure
  ])('%j asks %s stages', (first, stages) => {
    expect(drive(core, { sources: [[first], ['z']] }).asked).toHaveLength(stages);
  });

  it('shows a confidence only where it is a share', () => {
    const wide = cascadeCore({ confidence: bySignal('sure'), accept: -5 });
    expect(drive(wide, { sources: [[signalled(-3)], ['z']] }).decision).toEqual({
      type: 'accept',
      candidate: '0.0',
      reason: 'sure is -3',
      notAsked: [1],
    });
    expect(drive(core, { sources: [[signalled(0.9)], ['z']] }).decision).toMatchObject({
      confidence: 0.9,
      signal: 'sure',
    });
  });

  it('carries the claim of a calibrated threshold into the decision', () => {
    const claim = { method: 'clopper-pearson', sampleSize: 400, risk: 0.05, delta: 0.1 };
    const accept: CalibratedThreshold = { signal: 'sure', source: 'small', threshold: 0.8, claim };
    const calibrated = cascadeCore({ confidence: bySignal('sure'), accept });
    expect(drive(calibrated, { sources: [[signalled(0.9)], ['z']] }).decision).toMatchObject({ calibration: claim });
    expect(drive(calibrated, { sources: [[signalled(0.1)], ['z']] }).decision).not.toHaveProperty('calibration');
  });
});

describe('a cascade by a score', () => {
  const world = { sources: [['a', 'b'], ['z']], scorers: ['reward'] };
  const scores = (a: number, b: number) => ({
    judge: ({ answer }: { answer?: string }) => ({ status: 'tie' as const, score: answer === 'a' ? a : b }),
  });
  const core = cascadeCore({ confidence: byScore(scorer, { samples: 2 }), accept: 0.7 });

  it('takes the best of the samples, and asks on where it is not good enough', () => {
    expect(drive(core, { ...world, ...scores(0.2, 0.7) })).toMatchObject({
      decision: { candidate: '0.1', confidence: 0.7, signal: 'reward', reason: 'reward gives 0.7', notAsked: [1] },
    });
    expect(drive(core, { ...world, ...scores(0.2, 0.69) }).decision).toMatchObject({ candidate: '1.0' });
  });

  it('goes by the verdict where no number is given', () => {
    const byVerdict = cascadeCore({ confidence: byScore(scorer) });
    const judged = (status: 'accept' | 'reject' | 'abstain') =>
      drive(byVerdict, { ...world, judge: () => ({ status, score: 0.9 }) });
    expect(judged('accept').decision).toMatchObject({ candidate: '0.0', notAsked: [1] });
    expect(judged('reject').decision).toMatchObject({ candidate: '1.0' });
    expect(judged('abstain').decision).toMatchObject({ candidate: '1.0' });
  });

  it('asks on where the scorer fails, and gives what it was asked about when money ends', () => {
    const failed = { type: 'failed', from: 0, action: 'score', code: 'x', candidates: ['0.0', '0.1'] } as const;
    expect(drive(core, { ...world, instead: { 1: [failed] } }).decision).toMatchObject({ candidate: '1.0' });
    const broke = { type: 'budget', from: 0, refused: 'score', candidates: ['0.0'] } as const;
    expect(drive(core, { ...world, instead: { 1: [broke] } }).decision).toMatchObject({
      candidate: '0.0',
      accepted: false,
    });
  });
});

describe('a cascade with a measure for each stage', () => {
  const options: CascadeOptions = { confidence: [bySignal('sure'), voteShare({ samples: 3 })], accept: [0.9, 0.6] };

  it('holds each stage against its own', () => {
    const sources = [[signalled(0.5)], ['b', 'b', 'c'], ['z']];
    expect(drive(cascadeCore(options), { sources })).toMatchObject({
      samples: [1, 3, 0],
      decision: { candidate: '1.0' },
    });
    expect(cascadeCore(options).parameters).toEqual({ signal: 'signal/vote-share', samples: 3, accept: '0.9/0.6' });
  });

  it('gives the later stage, where the two cannot be compared and the last fails', () => {
    const sources = [[signalled(0.8)], ['b', 'c', 'd'], []];
    expect(drive(cascadeCore(options), { sources }).decision).toMatchObject({ candidate: '1.0', accepted: false });
  });

  it.each<[CascadeOptions, string]>([
    [
      { confidence: [bySignal('sure')], accept: [0.9] },
      'confidence must hold one entry for each model before the last (2), received 1.',
    ],
    [
      { confidence: bySignal('sure'), accept: [0.9] },
      'accept must hold one entry for each model before the last (2), received 1.',
    ],
    [
      { confidence: [bySignal('a'), bySignal('b')], accept: [0.9] },
      'accept must hold one number for each model (2), received 1.',
    ],
    [{ confidence: bySignal('sure') }, '"sure" needs accept, the value that is enough; received none.'],
    [{ confidence: verdict(), accept: 0.5 }, 'verdict() takes no accept'],
    [{ confidence: byScore(scorer), accept: Number.NaN }, 'accept must be a finite number, received NaN.'],
  ])('refuses %j', (bad, message) => {
    const three = [scriptedModel([]), scriptedModel([]), scriptedModel([])];
    expect(() => cascade(three, bad)).toThrow(InvalidOptionError);
    expect(() => cascade(three, bad)).toThrow(message);
  });
});

describe('what a stage is measured by', () => {
  it('asks for log-probabilities where the measure needs them', async () => {
    const sure = scriptedModel([{ text: '97', logprobs: [{ text: '97', logprob: Math.log(0.95) }] }]);
    const model = cascade([sure, scriptedModel([])], { confidence: meanProbability(), accept: 0.9 });
    const { decision, trace } = await model.generate(request);
    expect(sure.calls[0]?.logprobs).toEqual({ top: 0 });
    expect(decision).toMatchObject({
      status: 'accepted',
      signal: 'meanProbability',
      confidence: expect.closeTo(0.95, 9),
    });
    expect(explain(trace)).toContain('meanProbability is 0.95');
  });

  it.each([
    ['It is 4. Confidence: 85%', 0.85],
    ['confidence = 0.7, no: Confidence: 90 %', 0.9],
    ['Confidence: 100', 1],
    ['Confidence: 1', 1],
    ['**Confidence:** 55.5%', 0.555],
    ['Confidence: 400%', undefined],
    ['I am sure.', undefined],
  ])('reads %j as %s', (text, expected) => {
    const candidate: Candidate = {
      id: 'a',
      attemptId: 'a',
      producedBy: { provider: 'test', modelId: 'm' },
      content: [{ type: 'text', text }],
      finish: { unified: 'stop', by: 'eos' },
    };
    expect(statedConfidence().read?.(candidate)).toBe(expected);
  });
});

describe('a cascade with a memory', () => {
  const core = cascadeCore({ confidence: bySignal('sure'), accept: 0.8 });
  const sources = [[signalled(0.1)], ['z']];
  const record = (runs: number, asked: number, accepted: number) => ({
    runs,
    asked: [asked, runs],
    accepted: [accepted, runs - accepted],
  });

  it.each([
    [record(51, 50, 0), [1]],
    [record(49, 49, 0), [0, 1]],
    [record(51, 50, 1), [0, 1]],
    [record(60, 50, 0), [0, 1]], // every 20th run tries again
  ])('%j asks %j', (learned, asked) => {
    const run = drive(core, { sources, learned });
    expect(run.asked.map((action) => action.type === 'draw' && action.from)).toEqual(asked);
    expect(run.decision).toMatchObject({ candidate: '1.0' });
  });

  it('learns from its runs, and never passes over the last stage', async () => {
    const memory = cascadeMemory();
    const small = scriptedModel(Array.from({ length: 53 }, () => ({ text: 'a' })));
    const big = scriptedModel(Array.from({ length: 60 }, () => ({ text: 'z' })));
    const model = cascade([small, big], { confidence: bySignal('sure'), accept: 0.8, memory });
    for (let run = 0; run < 60; run += 1) await model.generate(request);
    // Runs 51 to 60 pass over the small model.
    expect(small.calls).toHaveLength(50);
    expect(memory.toJSON()).toEqual({ runs: 60, asked: [50, 60], accepted: [0, 0] });
    expect(cascadeMemory(memory.toJSON()).recall(request)).toEqual(memory.toJSON());
  });
});
