import {
  type Candidate,
  type GenerateRequest,
  ModelCallError,
  type Ranking,
  rootContext,
  type ScoreInput,
  type SpendGuard,
  textOf,
} from '@tollgate/sdk';
import { scriptedModel } from '@tollgate/sdk/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidate } from '../__fixtures__/candidate.ts';
import { limitedGuard } from '../__fixtures__/limited-guard.ts';
import { conversationText } from '../scores/conversation-text.ts';
import type { PairJudge, PairPreference } from './pair-judge.ts';
import { createPairwiseCache } from './pairwise-cache.ts';
import { pairwiseRank, type PairwiseRankOptions } from './pairwise-rank.ts';

type Compare = (first: number, second: number) => PairPreference['prefers'];

const byNumber: Compare = (first, second) => (first > second ? 'first' : second > first ? 'second' : 'neither');

/** A judge of candidates whose texts are numbers, and what it was shown. */
function judgeBy(compare: Compare): PairJudge & { readonly shown: string[] } {
  const shown: string[] = [];
  return {
    name: 'numbers',
    shown,
    compare: async (first, second) => {
      shown.push(`${textOf(first)}:${textOf(second)}`);
      return { prefers: compare(Number(textOf(first)), Number(textOf(second))) };
    },
  };
}

function inputOf(texts: readonly string[], guards: readonly SpendGuard[] = [], signal?: AbortSignal): ScoreInput {
  return {
    request: { messages: [{ role: 'user', content: 'A number?' }], ...(signal !== undefined && { signal }) },
    candidates: texts.map((text, i) => candidate(text, 'eos', `c${i}`)),
    context: rootContext({ seed: 1, guards }),
  };
}

async function textsInOrder(ranking: Promise<Ranking>, { candidates }: ScoreInput): Promise<readonly string[]> {
  const { order } = await ranking;
  return order.map((id) => textOf(candidates.find((each) => each.id === id) as Candidate));
}

async function ranked(texts: readonly string[], options?: PairwiseRankOptions, compare = byNumber) {
  const judge = judgeBy(compare);
  const input = inputOf(texts);
  const order = await textsInOrder(pairwiseRank(judge, options).rank(input), input);
  return { order, shown: judge.shown, trace: input.context.span.toNode() };
}

describe('pairwiseRank', () => {
  it.each(['quicksort', 'heap', 'bubble', 'auto'] as const)(
    'by %s puts the first k in order, the rest as it came',
    async (algorithm) => {
      const { order } = await ranked(['3', '7', '1', '8', '2', '6', '5', '4'], { topK: 3, algorithm });
      expect(order).toEqual(['8', '7', '6', '3', '1', '2', '5', '4']);
    },
  );

  it('shows every pair in both orders', async () => {
    const { shown } = await ranked(['1', '2']);
    expect(shown.toSorted()).toEqual(['1:2', '2:1']);
  });

  it.each([
    ['says the first shown, whichever it is', () => 'first'],
    ['says the second shown', () => 'second'],
    ['has no preference', () => 'neither'],
    ['prefers only when the better one is shown first', (first, second) => (first > second ? 'first' : 'neither')],
  ] satisfies readonly (readonly [string, Compare])[])(
    'keeps the order of the input where the judge %s',
    async (_, compare) => {
      for (const algorithm of ['quicksort', 'heap', 'bubble'] as const) {
        const { order, trace } = await ranked(['2', '5', '1', '4'], { topK: 4, algorithm }, compare);
        expect(order).toEqual(['2', '5', '1', '4']);
        const { asked, split } = trace.values as { readonly asked: number; readonly split: number };
        expect(split).toBe(asked);
      }
    },
  );

  it('agrees with a stable sort for any scores, sizes and sorts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 16 }),
        fc.record({
          topK: fc.integer({ min: 1, max: 18 }),
          algorithm: fc.constantFrom('quicksort', 'heap', 'bubble', 'auto'),
          concurrency: fc.integer({ min: 1, max: 5 }),
        }),
        async (numbers, options) => {
          const { topK } = options;
          const input = inputOf(numbers.map(String));
          const { order } = await pairwiseRank(judgeBy(byNumber), options).rank(input);
          const sorted = [...numbers.keys()].toSorted((a, b) => (numbers[b] ?? 0) - (numbers[a] ?? 0));
          const first = sorted.slice(0, topK);
          const rest = [...numbers.keys()].filter((place) => !first.includes(place));
          expect(order).toEqual([...first, ...rest].map((place) => `c${place}`));
        },
      ),
      { seed: 3, numRuns: 100 },
    );
  });

  it('asks so many at once and no more', async () => {
    let running = 0;
    let most = 0;
    const judge: PairJudge = {
      name: 'slow',
      compare: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return { prefers: 'neither' };
      },
    };
    await pairwiseRank(judge, { concurrency: 3 }).rank(inputOf(Array.from({ length: 20 }, (_, i) => `${i}`)));
    expect(most).toBe(6);
  });

  it('asks nothing about one candidate, none, or the same text twice', async () => {
    for (const texts of [[], ['1'], ['1', '1', '1']]) {
      const { order, shown } = await ranked(texts, { topK: 3 });
      expect([order, shown]).toEqual([texts, []]);
    }
  });

  it('says in the trace what it did', async () => {
    const { trace } = await ranked(['1', '2', '3'], { algorithm: 'bubble', topK: 3 });
    expect(trace).toMatchObject({ rule: 'pairwise by bubble', values: { wanted: 3, asked: 3, split: 0, failed: 0 } });
  });

  it.each([
    [{ topK: 0 }, 'topK'],
    [{ concurrency: 1.5 }, 'concurrency'],
    [{ maxOutputTokens: 0 }, 'maxOutputTokens'],
    [{ algorithm: 'merge' as 'heap' }, 'algorithm'],
  ])('refuses %j', (options, option) => {
    expect(() => pairwiseRank(judgeBy(byNumber), options)).toThrow(expect.objectContaining({ option }));
  });
});

describe('the cache', () => {
  it('answers for a pair either way round, in another ranking, and after it was written and read', async () => {
    const cache = createPairwiseCache();
    await pairwiseRank(judgeBy(byNumber), { cache, topK: 2 }).rank(inputOf(['1', '2']));
    const judge = judgeBy(byNumber);
    const again = createPairwiseCache({ entries: JSON.parse(JSON.stringify(cache)) });
    const input = inputOf(['2', '1']);
    expect(await textsInOrder(pairwiseRank(judge, { cache: again }).rank(input), input)).toEqual(['2', '1']);
    expect(judge.shown).toEqual([]);
  });

  it('spares what bubbling repeats', async () => {
    const scores = [3, 7, 1, 8, 2, 6, 5, 4].map(String);
    const { shown } = await ranked(scores, { algorithm: 'bubble', topK: 3 });
    expect(shown.length / 2).toBe(14);
  });

  it('does not answer for another judge, another question or another conversation', async () => {
    const cache = createPairwiseCache();
    const input = inputOf(['x', 'y']);
    const other = { ...input, request: { messages: [{ role: 'user' as const, content: 'Another?' }] } };
    const ask = async (modelId: string, question: string, asked: ScoreInput): Promise<number> => {
      const model = scriptedModel(() => ({ text: 'A' }), { modelId });
      await pairwiseRank(model, { cache, question }).rank(asked);
      return model.calls.length;
    };
    expect(await ask('one', 'Better?', input)).toBe(2);
    expect(await ask('one', 'Better?', input)).toBe(0);
    expect(await ask('two', 'Better?', input)).toBe(2);
    expect(await ask('one', 'Shorter?', input)).toBe(2);
    expect(await ask('one', 'Better?', other)).toBe(2);
  });

  it('keeps no comparison that failed', async () => {
    const cache = createPairwiseCache();
    const judge: PairJudge = {
      name: 'half',
      compare: async (first) => {
        if (textOf(first) === '1') throw new ModelCallError('down', { failure: 'server', dispatch: 'refused' });
        return { prefers: 'first' };
      },
    };
    await pairwiseRank(judge, { cache, topK: 3 }).rank(inputOf(['1', '2', '3']));
    expect(cache.toJSON()).toHaveLength(1);
  });
});

describe('a model that compares', () => {
  const larger = ({ messages }: GenerateRequest): string => {
    const [, a, b] = /answer-a-\w+>\n(\d+)[\s\S]*answer-b-\w+>\n(\d+)/.exec(conversationText(messages)) ?? [];
    return Number(a) > Number(b) ? 'A' : '**B**';
  };

  it('sees the question and both answers between marks, once in each order, and is charged', async () => {
    const model = scriptedModel((request) => ({ text: larger(request) }));
    const input = inputOf(['1', '2']);
    const { order, charges } = await pairwiseRank(model).rank(input);
    expect(order).toEqual(['c1', 'c0']);
    expect(charges).toHaveLength(2);
    expect(model.calls[0]).toMatchObject({ maxOutputTokens: 16, temperature: 0 });
    const prompts = model.calls.map(({ messages }) => conversationText(messages));
    expect(prompts[0]).toContain('A number?');
    const words = prompts.map((prompt) => /<answer-a-(\w+)>/.exec(prompt)?.[1]);
    expect(words[0]).toBeDefined();
    expect(words[0]).toBe(words[1]);
  });

  it('leaves room for thoughts where the model has levels of effort', async () => {
    const model = scriptedModel(() => ({ text: 'C' }), { capabilities: { efforts: ['low', 'high'] } });
    await pairwiseRank(model).rank(inputOf(['1', '2']));
    expect(model.calls[0]?.maxOutputTokens).toBe(1024);
  });

  it('that says nothing readable prefers neither', async () => {
    const model = scriptedModel(() => ({ text: 'It depends.' }));
    expect((await pairwiseRank(model).rank(inputOf(['1', '2']))).order).toEqual(['c0', 'c1']);
  });

  it('stops asking when money runs out, and gives the order so far with its charges', async () => {
    const model = scriptedModel((request) => ({ text: larger(request) }));
    const input = inputOf(['1', '2', '3', '4'], [limitedGuard({ calls: 4 })]);
    const { order, charges } = await pairwiseRank(model, { algorithm: 'bubble', concurrency: 1 }).rank(input);
    expect(charges.map(({ cost }) => cost?.usd)).toEqual([0.001, 0.001, 0.001, 0.001]);
    // 4 passed 3 and 2; the comparison with 1 was not paid for.
    expect(order).toEqual(['c0', 'c1', 'c2', 'c3']);
    expect(input.context.span.toNode().values).toMatchObject({ asked: 3, failed: 1 });
  });

  it('asks again, alone, what the others’ money held up', async () => {
    const model = scriptedModel((request) => ({ text: larger(request) }));
    const input = inputOf(['1', '2', '3'], [limitedGuard({ atOnce: 1 })]);
    const { order } = await pairwiseRank(model, { topK: 3 }).rank(input);
    expect(order).toEqual(['c2', 'c1', 'c0']);
  });

  it('that always fails is an error with the charges', async () => {
    const partial = { candidates: [], usage: { inputUncached: 5, outputText: 0 } };
    const error = (): ModelCallError => new ModelCallError('down', { failure: 'server', dispatch: 'unknown', partial });
    const model = scriptedModel(() => ({ error: error() }));
    await expect(pairwiseRank(model).rank(inputOf(['1', '2']))).rejects.toMatchObject({
      code: 'call-failed',
      charges: [{ usage: { inputUncached: 5 } }, { usage: { inputUncached: 5 } }],
    });
  });

  it('is not asked any more after an abort, and what was paid is in the error', async () => {
    const stop = new AbortController();
    const model = scriptedModel((request) => {
      if (model.calls.length === 1) stop.abort();
      return { text: larger(request) };
    });
    const ranking = pairwiseRank(model, { algorithm: 'bubble', concurrency: 1 }).rank(
      inputOf(['1', '2', '3', '4'], [limitedGuard({ calls: 99 })], stop.signal),
    );
    await expect(ranking).rejects.toMatchObject({ code: 'aborted' });
    await ranking.catch(({ charges }: { readonly charges: readonly unknown[] }) =>
      expect(charges.length).toBeGreaterThan(0),
    );
    expect(model.calls.length).toBeLessThanOrEqual(2);
  });
});
