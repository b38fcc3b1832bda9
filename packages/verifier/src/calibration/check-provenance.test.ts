import type { CalibratedThreshold } from '@tollgate/sdk';
import { virtualClock } from '@tollgate/sdk/testing';
import { expect, it } from 'vitest';
import { calibrate } from './calibrate.ts';
import { checkProvenance, type ThresholdUse } from './check-provenance.ts';

const model = { provider: 'openai', modelId: 'mini' };
const day = 86_400_000;

function calibrated(promptHash?: string): CalibratedThreshold {
  const labelled = Array.from({ length: 100 }, (_, score) => ({ score, correct: true }));
  const options = { risk: 0.1, signal: 'score', model, validDays: 10, clock: virtualClock(100 * day) };
  const result = calibrate(labelled, { ...options, ...(promptHash !== undefined && { promptHash }) });
  if (!result.promised) throw new Error(result.reason);
  return JSON.parse(JSON.stringify(result.threshold)) as CalibratedThreshold;
}

const fitting: ThresholdUse = { model, promptHash: 'p1', atMs: 109 * day };

it.each<[string, Partial<ThresholdUse>, readonly string[]]>([
  ['for what it was made', {}, []],
  ['in the last moment', { atMs: 110 * day - 1 }, []],
  ['when it is past', { atMs: 110 * day }, ['expired']],
  ['for another provider', { model: { provider: 'azure', modelId: 'mini' } }, ['other-model']],
  ['for another model', { model: { provider: 'openai', modelId: 'mini-2' } }, ['other-model']],
  ['for another prompt', { promptHash: 'p2' }, ['other-prompt']],
  [
    'for all of them',
    { model: { provider: 'a', modelId: 'b' }, promptHash: 'p2', atMs: 200 * day },
    ['expired', 'other-model', 'other-prompt'],
  ],
])('%s', (_, use, codes) => {
  expect(checkProvenance(calibrated('p1'), { ...fitting, ...use }).map(({ code }) => code)).toEqual(codes);
});

it('asks for the hash of a prompt where one was measured, and for none where none was', () => {
  const { promptHash: _, ...withoutPrompt } = fitting;
  expect(checkProvenance(calibrated('p1'), withoutPrompt)).toEqual([
    { code: 'other-prompt', message: 'The threshold was measured with prompt p1, not with a prompt without a hash.' },
  ]);
  expect(checkProvenance(calibrated(), fitting)).toEqual([]);
});

it('does not trust what does not say where it comes from, or until when', () => {
  const { provenance, ...bare } = calibrated('p1');
  expect(checkProvenance(bare, fitting)).toMatchObject([{ code: 'unknown' }]);
  if (provenance === undefined) throw new Error('There is none.');
  const garbled = { ...bare, provenance: { ...provenance, expiresAt: 'soon' } };
  expect(checkProvenance(garbled, fitting)).toMatchObject([{ code: 'expired' }]);
});
