import type { GenerateResult } from '@tollgate/sdk';
import { scriptedModel } from '@tollgate/sdk/testing';
import { describe, expect, it } from 'vitest';
import { usdPerCall } from '../__fixtures__/usd-per-call.ts';
import { voteShare } from '../confidence/vote-share.ts';
import { cascade } from '../strategies/cascade.ts';
import { vote } from '../strategies/vote.ts';
import { drawUsd } from './draw-usd.ts';

const request = { messages: [{ role: 'user' as const, content: 'One and one?' }] };

async function escalated(smallUsd?: number): Promise<GenerateResult> {
  const small = scriptedModel([{ text: 'a' }, { text: 'b' }, { text: 'c' }], {
    ...(smallUsd !== undefined && { pricing: usdPerCall(smallUsd) }),
  });
  const big = scriptedModel([{ text: 'x' }, { text: 'x' }], { pricing: usdPerCall(1) });
  const stage = vote(big, { samples: 2 });
  return cascade([small, stage], { confidence: voteShare({ samples: 3 }), accept: 1 }).generate(request);
}

describe('drawUsd', () => {
  it('is what the draw cost that gave a candidate, with all that a strategy asked in it', async () => {
    const result = await escalated(0.01);
    const [first, second, third, chosen] = result.candidates.map(({ id }) => id);
    expect(drawUsd(result, [first ?? ''])).toBeCloseTo(0.03, 12);
    expect(drawUsd(result, [first ?? '', second ?? '', third ?? ''])).toBeCloseTo(0.03, 12);
    expect(drawUsd(result, [chosen ?? ''])).toBe(2);
    expect(drawUsd(result, [first ?? '', chosen ?? ''])).toBeCloseTo(2.03, 12);
  });

  it('is not known where an attempt has no price, or nothing was drawn', async () => {
    const result = await escalated();
    expect(drawUsd(result, [result.candidates[0]?.id ?? ''])).toBeUndefined();
    expect(drawUsd(result, ['nobody'])).toBeUndefined();
    expect(drawUsd(result, [])).toBeUndefined();
  });

  it('goes by the attempt where a model made by hand names it its own way', () => {
    const usd = { usd: 0.5, nanoUsd: '500000000' };
    const model = { provider: 'own', modelId: 'm' };
    const result: GenerateResult = {
      candidates: [
        { id: 'c', attemptId: 'own-1', producedBy: model, content: [], finish: { unified: 'stop', by: 'eos' } },
      ],
      charges: [
        { attemptId: 'own-1', model, usage: {}, usageKnown: 'exact', cost: usd, candidateIds: ['c'] },
        { attemptId: 'own-2', model, usage: {}, usageKnown: 'exact', cost: usd, candidateIds: [] },
      ],
      decision: { status: 'accepted', reason: '' },
      warnings: [],
      trace: { id: 't.1', kind: 'strategy', name: 's', startedAtMs: 0, children: [] },
    };
    expect(drawUsd(result, ['c'])).toBe(0.5);
  });
});
