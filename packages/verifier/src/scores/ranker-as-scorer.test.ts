import type { Ranking } from '@tollgate/sdk';
import { describe, expect, it } from 'vitest';
import { scoreInput } from '../__fixtures__/score-input.ts';
import { rankerAsScorer } from './ranker-as-scorer.ts';

const charge = {
  attemptId: 'a',
  model: { provider: 'test', modelId: 'm' },
  usage: {},
  usageKnown: 'exact',
  candidateIds: [],
} as const;

async function scores(ranking: Ranking): Promise<readonly unknown[]> {
  const scorer = rankerAsScorer({ name: 'mine', rank: async () => ranking });
  const { verdicts, charges } = await scorer.score(scoreInput(['x', 'y', 'z']));
  expect([scorer.name, charges]).toEqual(['mine', ranking.charges]);
  return verdicts.map(({ status, score }) => [status, score]);
}

describe('rankerAsScorer', () => {
  it('scores by place', async () => {
    expect(await scores({ order: ['c2', 'c0', 'c1'], charges: [charge] })).toEqual([
      ['tie', 1 - 1 / 3],
      ['tie', 1 - 2 / 3],
      ['tie', 1],
    ]);
  });

  it('takes the ranker’s own scores, and abstains on what it left out', async () => {
    expect(await scores({ order: ['c1', 'c0'], scores: { c1: 7, c0: -2 }, charges: [] })).toEqual([
      ['tie', -2],
      ['tie', 7],
      ['abstain', undefined],
    ]);
  });
});
