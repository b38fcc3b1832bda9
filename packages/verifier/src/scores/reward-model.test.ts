import { ModelCallError, type Pricing, TollgateError } from '@tollgate/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limitedGuard } from '../__fixtures__/limited-guard.ts';
import { scoreInput } from '../__fixtures__/score-input.ts';
import { rewardModel, rewardText } from './reward-model.ts';
import type { RewardSource, RewardText } from './reward-source.ts';

/** Scores by length; texts of more than `most` characters are too long. Keeps what it was given, call by call. */
function lengthHead(most = 1000): RewardSource & { readonly calls: (readonly RewardText[])[] } {
  const calls: (readonly RewardText[])[] = [];
  return {
    provider: 'test',
    modelId: 'length',
    calls,
    score: async (texts) => {
      calls.push(texts);
      if (texts.some(({ answer }) => answer.length > most)) {
        throw new ModelCallError('too long', { failure: 'context-length', dispatch: 'not-sent' });
      }
      return {
        scores: texts.map(({ answer }) => answer.length / 8),
        inputTokens: 10 * texts.length,
        engineSeconds: 0.5,
      };
    },
  };
}

const plain = (_: unknown, { content }: { readonly content: readonly { readonly type: string }[] }): RewardText => ({
  answer: content.map((part) => ('text' in part ? String(part.text) : '')).join(''),
});

describe('rewardModel', () => {
  it('scores all candidates in one call, in their order, and charges it once', async () => {
    const head = lengthHead();
    const input = scoreInput(['four', '', 'sixsix']);
    expect(await rewardModel(head, { text: plain }).score(input)).toEqual({
      verdicts: [
        { candidateId: 'c0', status: 'tie', score: 0.5 },
        { candidateId: 'c1', status: 'tie', score: 0 },
        { candidateId: 'c2', status: 'tie', score: 0.75 },
      ],
      charges: [
        {
          attemptId: expect.any(String),
          model: { provider: 'test', modelId: 'length' },
          usage: { inputUncached: 30, outputText: 0, outputReasoning: 0, engineSeconds: 0.5 },
          usageKnown: 'exact',
          candidateIds: [expect.any(String)],
        },
      ],
    });
    expect(head.calls).toHaveLength(1);
    expect(input.context.span.toNode().children[0]).toMatchObject({ kind: 'score', status: 'scored' });
  });

  it('accepts from the threshold on and rejects below it', async () => {
    const { verdicts } = await rewardModel(lengthHead(), { text: plain, accept: 0.5 }).score(
      scoreInput(['four', 'two']),
    );
    expect(verdicts.map(({ status }) => status)).toEqual(['accept', 'reject']);
  });

  it('keeps the order of the scores whatever the texts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ maxLength: 12 }), { maxLength: 8 }), async (texts) => {
        const { verdicts } = await rewardModel(lengthHead(), { text: plain }).score(scoreInput(texts));
        expect(verdicts.map(({ candidateId, score }) => [candidateId, score])).toEqual(
          texts.map((text, i) => [`c${i}`, text.length / 8]),
        );
      }),
      { seed: 5, numRuns: 50 },
    );
  });

  it('makes an error of the candidate that is too long, and scores the others', async () => {
    const { verdicts } = await rewardModel(lengthHead(5), { text: plain }).score(
      scoreInput(['four', 'too long', 'two']),
    );
    expect(verdicts).toEqual([
      { candidateId: 'c0', status: 'tie', score: 0.5 },
      { candidateId: 'c1', status: 'error' },
      { candidateId: 'c2', status: 'tie', score: 0.375 },
    ]);
  });

  it('makes an error of a score that is no number, and of one that is missing', async () => {
    const head: RewardSource = {
      ...lengthHead(),
      score: async () => ({ scores: [Number.NaN, 1], inputTokens: 1, engineSeconds: 0 }),
    };
    const { verdicts } = await rewardModel(head).score(scoreInput(['a', 'b', 'c']));
    expect(verdicts.map(({ status }) => status)).toEqual(['error', 'tie', 'error']);
  });

  it('makes an error of all where the engine fails, and charges what the attempt may have cost', async () => {
    const head: RewardSource = {
      ...lengthHead(),
      score: async () => {
        throw new ModelCallError('broken', { failure: 'engine', dispatch: 'unknown' });
      },
    };
    const { verdicts, charges } = await rewardModel(head).score(scoreInput(['a', 'b']));
    expect(verdicts.map(({ status }) => status)).toEqual(['error', 'error']);
    expect(charges).toMatchObject([{ usageKnown: 'upper-bound' }]);
  });

  it('is held by the guards of the context, and abstains without money', async () => {
    const scorer = rewardModel(lengthHead());
    const guards = [limitedGuard({ calls: 1 })];
    const first = await scorer.score(scoreInput(['a', 'b'], { guards }));
    expect(first.charges).toMatchObject([{ cost: { usd: 0.001 } }]);
    const second = await scorer.score(scoreInput(['a', 'b'], { guards }));
    expect(second).toEqual({
      verdicts: [
        { candidateId: 'c0', status: 'abstain' },
        { candidateId: 'c1', status: 'abstain' },
      ],
      charges: [],
    });
  });

  it('is priced by the price it was given', async () => {
    const pricing: Pricing = {
      priceOf: ({ engineSeconds = 0 }) => ({
        amount: { usd: engineSeconds, nanoUsd: String(engineSeconds * 1e9) },
        known: 'override',
      }),
      upperBound: () => ({ amount: { usd: 9, nanoUsd: '9000000000' }, known: 'override' }),
      declaration: {},
    };
    const { charges } = await rewardModel(lengthHead(), { pricing }).score(scoreInput(['a']));
    expect(charges[0]?.cost?.usd).toBe(0.5);
  });

  it('asks nothing about no candidates', async () => {
    const head = lengthHead();
    expect(await rewardModel(head).score(scoreInput([]))).toEqual({ verdicts: [], charges: [] });
    expect(head.calls).toEqual([]);
  });

  it('stops when it is aborted, and does not hide what the caller has to mend', async () => {
    await expect(
      rewardModel(lengthHead()).score(scoreInput(['a'], { signal: AbortSignal.abort() })),
    ).rejects.toMatchObject({
      code: 'aborted',
    });
    const closed: RewardSource = {
      ...lengthHead(),
      score: async () => {
        throw new TollgateError('closed', 'This head is closed.');
      },
    };
    await expect(rewardModel(closed).score(scoreInput(['a']))).rejects.toMatchObject({ code: 'closed' });
    expect(() => rewardModel(lengthHead(), { accept: Number.NaN })).toThrow('accept must be a finite number');
  });
});

describe('rewardText', () => {
  const [answer, fenced] = scoreInput(['return 2', 'So:\n```js\n2\n```']).candidates;

  it('writes problem and answer under their headings, and nothing after them', () => {
    const request = {
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: [{ type: 'text', text: 'Name a prime.' }] },
      ],
    } as const;
    expect(answer && rewardText(request, answer)).toEqual({
      answer: '## Question\n\nName a prime.\n\n## Proposed solution\n\n```\nreturn 2\n```',
    });
  });

  it('leaves an answer with a fence of its own as it is, and shows who said what in a conversation', () => {
    const request = {
      messages: [
        { role: 'user', content: 'A prime?' },
        { role: 'assistant', content: '4' },
        { role: 'user', content: [{ type: 'file', mediaType: 'image/png', data: { url: 'https://x.test/a' } }] },
      ],
    } as const;
    expect(fenced && rewardText(request, fenced).answer).toBe(
      '## Question\n\n[user]\nA prime?\n\n[assistant]\n4\n\n[user]\n[image/png]\n\n## Proposed solution\n\nSo:\n```js\n2\n```',
    );
  });
});
