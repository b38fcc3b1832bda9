import {
  explain,
  generateText,
  InvalidOptionError,
  type Ranker,
  rootContext,
  type Scorer,
  textOf,
  type Verdict,
} from '@tollgate/sdk';
import { scriptedModel, virtualClock } from '@tollgate/sdk/testing';
import { describe, expect, it } from 'vitest';
import { pipelineMemory } from './pipeline-memory.ts';
import { pruneThenRank } from './prune-then-rank.ts';

/** A scorer by a function of the text, as tests or judges are. */
function scorer(
  name: string,
  says: (text: string) => Verdict['status'] | number,
  more: Partial<Scorer> & { readonly before?: (text: string) => Promise<void> } = {},
): Scorer {
  const { before, ...rest } = more;
  return {
    name,
    score: async ({ candidates }) => ({
      verdicts: await Promise.all(
        candidates.map(async (candidate) => {
          await before?.(textOf(candidate));
          const said = says(textOf(candidate));
          return {
            candidateId: candidate.id,
            ...(typeof said === 'number' ? { status: 'tie', score: said } : { status: said }),
          };
        }),
      ),
      charges: [],
    }),
    ...rest,
  };
}

const each = { samples: { nativeMax: 1, promptBilledOnce: false, cancelOne: true } };

describe('pruneThenRank', () => {
  const texts = ['def a(', 'b', 'c', 'c', 'b'];
  const parses = scorer('parses', (text) => (text.endsWith('(') ? 'reject' : 'accept'), { basis: 'form' });
  const tests = scorer('tests', (text) => (text === 'b' ? 'reject' : 'accept'), { basis: 'behaviour' });

  it('prunes by its stages and votes over the rest', async () => {
    const model = pruneThenRank(scriptedModel([{ texts }]), { samples: 5, stages: [parses, tests] });
    const result = await generateText(model, 'Write it.');
    expect(result.text).toBe('c');
    expect(result.decision).toEqual({
      status: 'accepted',
      chosen: result.candidates[2]?.id,
      confidence: 1,
      signal: 'survivor-share',
      reason: '5 drawn, 3 distinct, 1 passed every stage; 2 of 2 that are left agree',
    });
    expect(explain(result.trace)).toContain('tests 4');
  });

  it('asks engines that bill the prompt once for all samples together, others one by one', async () => {
    const batch = scriptedModel([{ texts: ['b', 'c'] }], {
      capabilities: { samples: { nativeMax: 8, promptBilledOnce: true, cancelOne: true } },
    });
    const single = scriptedModel([{ text: 'b' }, { text: 'c' }], { capabilities: each });
    for (const source of [batch, single]) {
      await generateText(pruneThenRank(source, { samples: 2, stages: [tests] }), 'Write it.');
      source.assertDone();
    }
  });

  it('judges what arrives while the rest is still written, and never more at a time than it may', async () => {
    let atOnce = 0;
    let most = 0;
    const clock = virtualClock(0, { autoAdvance: true });
    const slow = scorer('tests', () => 'accept', {
      basis: 'behaviour',
      before: async () => {
        atOnce += 1;
        most = Math.max(most, atOnce);
        await clock.sleep(1000);
        atOnce -= 1;
      },
    });
    const source = scriptedModel([{ texts: ['1', '2', '3', '4', '5', '6', '7'] }]);
    const model = pruneThenRank(source, { samples: 7, stages: [slow], concurrency: 3, ranker: 'vote' });
    const memory = pipelineMemory();
    const { decision } = await generateText(model, 'Write it.', { context: rootContext({ clock }) });
    expect(decision.status).toBe('accepted');
    expect(most).toBe(3);
    expect(memory.toJSON()).toEqual({ runs: 0, drawn: 0, tallies: [] });
  });

  it('stops what is in flight once the winner is known', async () => {
    const source = scriptedModel([{ text: 'c' }, { text: 'c' }, { text: 'never', delayMs: 3_600_000 }], {
      capabilities: each,
    });
    const model = pruneThenRank(source, { samples: 3, stages: [tests] });
    const result = await generateText(model, 'Write it.');
    expect(result.text).toBe('c');
    expect(result.charges).toHaveLength(3); // the third was begun, so it is charged
  });

  describe('ranks', () => {
    const source = () => scriptedModel([{ texts: ['b', 'c', 'c', 'd'] }]);
    const likes = scorer('reward', (text) => (text === 'd' ? 0.9 : 0.1));
    const ranker: Ranker = {
      name: 'pairs',
      rank: async ({ candidates }) => ({ order: candidates.map(({ id }) => id).toReversed(), charges: [] }),
    };

    it.each([
      ['by votes after tests, whatever the reward says', { stages: [tests], reward: likes }, 'c'],
      ['by the reward where nothing was tested', { stages: [parses], reward: likes }, 'd'],
      ['by votes where there is neither', { stages: [parses] }, 'c'],
      ['by a scorer that was named', { stages: [tests], ranker: likes }, 'd'],
      ['by a ranker that was named', { stages: [], ranker }, 'd'],
      ['by who passed first', { stages: [tests], ranker: 'first' }, 'c'],
    ] as const)('%s', async (_, options, text) => {
      expect((await generateText(pruneThenRank(source(), { samples: 4, ...options }), 'Write it.')).text).toBe(text);
    });

    it('not by two things at once', () => {
      expect(() => pruneThenRank(source(), { stages: [], ranker: 'vote', reward: likes })).toThrow(InvalidOptionError);
    });
  });

  it('takes a scorer of unknown basis for an opinion', async () => {
    const doubts = scorer('judge', (text) => (text === 'c' ? 'accept' : 'reject'));
    const model = pruneThenRank(scriptedModel([{ texts: ['b', 'b', 'c'] }]), { samples: 3, stages: [doubts] });
    const { decision } = await generateText(model, 'Write it.');
    expect(decision).toMatchObject({
      status: 'rejected',
      reason: expect.stringContaining('2 of 3 that are left agree'),
    });
  });

  it('learns the order of its stages from what they cost, and carries it into another process', async () => {
    const order: string[] = [];
    const clock = virtualClock(0, { autoAdvance: true });
    const stage = (name: string, ms: number, rejects: string): Scorer =>
      scorer(name, (text) => (text === rejects ? 'reject' : 'accept'), {
        basis: 'behaviour',
        before: async () => {
          order.push(name);
          await clock.sleep(ms);
        },
      });
    const stages = [stage('slow', 5000, '1'), stage('quick', 10, '2')];
    const run = async (memory: ReturnType<typeof pipelineMemory>): Promise<void> => {
      const source = scriptedModel([{ texts: ['1', '2', '3', '4'] }]);
      await generateText(pruneThenRank(source, { samples: 4, stages, memory, ranker: 'vote' }), 'Go.', {
        context: rootContext({ clock }),
      });
    };
    const memory = pipelineMemory();
    for (let i = 0; i < 10; i += 1) await run(memory);
    order.length = 0;
    const restored = pipelineMemory(JSON.parse(JSON.stringify(memory)));
    await run(restored);
    expect(order[0]).toBe('quick');
    expect(restored.toJSON()).toMatchObject({ runs: 11, drawn: 44 });
  });
});
