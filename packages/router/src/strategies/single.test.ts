import { ModelCallError, strategyOf, textOf } from '@tollgate/sdk';
import { scriptedModel } from '@tollgate/sdk/testing';
import { describe, expect, it } from 'vitest';
import { drive, view } from '../__fixtures__/drive.ts';
import { single, singleCore } from './single.ts';

describe('singleCore', () => {
  it('draws one sample, which may be shown as it is written, and accepts it', () => {
    const { asked, decision } = drive(singleCore(), { sources: [['7']] });
    expect(asked).toEqual([{ type: 'draw', from: 0, count: 1, commit: true }]);
    expect(decision).toEqual({ type: 'accept', candidate: '0.0', reason: 'the only sample of the only model' });
  });

  it('accepts a sample without an answer: it promised to', () => {
    expect(drive(singleCore(), { sources: [[null]] }).decision).toMatchObject({ type: 'accept', candidate: '0.0' });
  });

  it.each([
    [{ decision: { status: 'rejected', confidence: 0.4 } } as const, { accepted: false, confidence: 0.4 }],
    [{ decision: { status: 'budget' } } as const, { accepted: false }],
    [{ finish: 'budget' } as const, { accepted: false }],
    [{ finish: 'aborted' } as const, { accepted: false }],
  ])('does not accept %j, which its source did not stand by', (sample, expected) => {
    expect(drive(singleCore(), { sources: [[sample]] }).decision).toMatchObject({ type: 'accept', ...expected });
  });

  it.each([
    { decision: { status: 'accepted' } } as const,
    { decision: { status: 'unverified' } } as const,
    { finish: 'length' } as const,
  ])('accepts %j', (sample) => {
    expect(drive(singleCore(), { sources: [[sample]] }).decision).not.toHaveProperty('accepted');
  });

  it.each([
    [{ type: 'failed', from: 0, action: 'draw', code: 'call-failed' }],
    [{ type: 'budget', from: 0 }],
    [{ type: 'drawn', from: 0, candidates: [] }],
  ] as const)('stops on %j', (event) => {
    expect(drive(singleCore(), { sources: [[]], instead: { 0: [event] } }).decision.type).toBe('stop');
  });

  it('is not moved by what arrives after it has decided', () => {
    const core = singleCore();
    const decided = core.observe(core.start({ sources: [], scorers: [], promptCharacters: 0 }), {
      type: 'drawn',
      from: 0,
      candidates: [view('7', 'c')],
    });
    expect(core.observe(decided, { type: 'budget', from: 0 })).toBe(decided);
  });
});

describe('single', () => {
  it('is a model that asks another one once', async () => {
    using small = scriptedModel([{ text: 'Paris' }]);
    const result = await single(small).generate({ messages: [{ role: 'user', content: 'capital?' }] });
    expect(result.candidates.map(textOf)).toEqual(['Paris']);
    expect(result.decision).toMatchObject({ status: 'accepted', chosen: result.candidates[0]?.id });
  });

  it('shows its source as a plan that can be replayed', () => {
    const small = scriptedModel([]);
    expect(strategyOf(single(small))).toMatchObject({ core: { name: 'single' }, sources: [small] });
  });

  it('fails as its model fails', async () => {
    const broken = single(
      scriptedModel([{ error: new ModelCallError('down', { failure: 'server', dispatch: 'refused' }) }]),
    );
    await expect(broken.generate({ messages: [{ role: 'user', content: 'q' }] })).rejects.toThrow(ModelCallError);
  });
});
