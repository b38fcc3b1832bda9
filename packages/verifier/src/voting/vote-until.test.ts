import { type ReplayOutcome, replayStrategy, type StrategyCore, textOf, TollgateError } from '@tollgate/sdk';
import { type ScriptedModel, scriptedModel } from '@tollgate/sdk/testing';
import { tallyVotes } from '@tollgate/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { curtailedVote } from './curtailed-vote.ts';
import { selectiveVote } from './selective-vote.ts';
import { sequentialVote } from './sequential-vote.ts';
import { strictMajority } from './strict-majority.ts';
import type { VoteRule } from './vote-rule.ts';
import { voteUntil, voteUntilCore } from './vote-until.ts';

type Drawn = string | TollgateError;

const down = new TollgateError('call-failed', 'down');
const broke = new TollgateError('budget-exceeded', 'no money');

interface Replay {
  readonly outcome: ReplayOutcome;
  /** Samples of each draw, in order: `source x count`. */
  readonly draws: readonly string[];
}

/** Replays a vote on answers of each source, `-` for a sample without one. A draw that meets an error fails with it. */
function replay(rule: VoteRule, ...sources: readonly (readonly Drawn[])[]): Replay {
  const draws: string[] = [];
  const core = throughJson(voteUntilCore(rule));
  const outcome = replayStrategy(core, {
    sources: sources.map((answers, from) => {
      let used = 0;
      return {
        view: {
          name: `model ${from}`,
          samples: { nativeMax: 64, promptBilledOnce: true, cancelOne: false },
          logprobs: 'none',
          continuation: 'none',
        },
        draw: (count) => {
          draws.push(`${from}x${count}`);
          const drawn = answers.slice(used, used + count);
          used += count;
          const error = drawn.find((one) => one instanceof TollgateError);
          if (error !== undefined) throw error;
          return drawn.map((answer, i) => ({
            id: `${from}.${used - count + i}`,
            from,
            finish: 'eos',
            ...(answer !== '-' && { answer: String(answer) }),
          }));
        },
      };
    }),
  });
  return { outcome, draws };
}

/** The same core, its state sent through JSON at every step. */
function throughJson<State>(core: StrategyCore<State>): StrategyCore<State> {
  const copied = (state: State): State => JSON.parse(JSON.stringify(state)) as State;
  return {
    ...core,
    start: (view) => copied(core.start(view)),
    observe: (state, event) => copied(core.observe(Object.freeze(state), event)),
  };
}

describe('voteUntilCore', () => {
  it.each([
    ['aaaaa', ['0x3'], '0.0', 0.6],
    ['abaaa', ['0x3', '0x1'], '0.0', 0.6],
    ['abbab', ['0x3', '0x1', '0x1'], '0.1', 0.6],
    ['-a-b-', ['0x3', '0x1', '0x1'], '0.1', 0.2],
  ])('draws, of %s, %j', (...[answers, draws, candidate, confidence]) => {
    const { outcome, draws: made } = replay(curtailedVote({ votes: 5 }), answers.split(''));
    expect(made).toEqual(draws);
    expect(outcome).toMatchObject({ status: 'accepted', confidence, signal: 'vote-share', chosen: { id: candidate } });
  });

  it('abstains as soon as nothing can decide', () => {
    const { outcome, draws } = replay(selectiveVote({ votes: 8 }), 'aaaaaaba'.split(''));
    expect(draws).toEqual(['0x8']);
    expect(outcome.status).toBe('abstained');
    const { draws: early } = replay(selectiveVote({ votes: 10 }), 'abaaaaaabaa'.split(''));
    expect(early).toEqual(['0x9']);
    expect(replay(strictMajority({ votes: 4 }), 'abab'.split('')).outcome).toMatchObject({
      status: 'abstained',
      reason: 'only 2 of 4 votes agree',
    });
  });

  it('abstains where no sample holds an answer', () => {
    expect(replay(curtailedVote({ votes: 3 }), '---'.split('')).outcome.status).toBe('abstained');
  });

  it('says how sure a test made it', () => {
    const { outcome, draws } = replay(sequentialVote({ votes: 40 }), 'aaaaaaa'.split(''));
    expect(draws).toEqual(['0x7']);
    expect(outcome).toMatchObject({ status: 'accepted', signal: 'vote-test' });
    // C(14, 7) / 2^7 = 26.8125
    expect(outcome.confidence).toBeCloseTo(1 - 1 / 26.8125, 12);
  });

  it('lets several sources vote in turn, one vote each', () => {
    const rule = strictMajority({ votes: 5 });
    const { outcome, draws } = replay(rule, ['a'], ['b'], ['a'], ['a'], ['a']);
    expect(draws).toEqual(['0x1', '1x1', '2x1', '3x1']);
    expect(outcome).toMatchObject({ status: 'accepted', confidence: 0.6, chosen: { id: '0.0' } });
    expect(replay(rule, ['a', 'b', 'a'], ['b', 'a']).draws).toEqual(['0x1', '1x1', '0x1', '1x1', '0x1']);
  });

  it('decides as the whole vote does, and never draws more (property)', () => {
    const lists = fc.array(fc.constantFrom('a', 'b', 'c', '-'), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(lists, fc.integer({ min: 1, max: 4 }), (answers, sources) => {
        const { winner } = tallyVotes(answers.map((answer) => (answer === '-' ? undefined : answer)));
        const dealt = Array.from({ length: sources }, (_, from) => answers.filter((_vote, i) => i % sources === from));
        const { outcome, draws } = replay(curtailedVote({ votes: answers.length }), ...dealt);
        expect(outcome.chosen?.answer).toBe(winner);
        const drawn = draws.reduce((total, draw) => total + Number(draw.split('x')[1]), 0);
        expect(drawn).toBeLessThanOrEqual(answers.length);
      }),
      { seed: 1 },
    );
  });

  describe('failures', () => {
    it('of the only source leave the votes there are', () => {
      const { outcome } = replay(curtailedVote({ votes: 7 }), ['a', 'b', 'a', 'b', down]);
      expect(outcome).toMatchObject({ status: 'accepted', confidence: 2 / 7, reason: '2 of 7 votes agree' });
      expect(replay(selectiveVote({ votes: 7 }), [...'aaaaaa'.split(''), down]).outcome.status).toBe('abstained');
    });

    it('of all there is stop', () => {
      expect(replay(curtailedVote({ votes: 3 }), [down]).outcome).toMatchObject({
        failure: down,
        reason: 'no vote arrived',
      });
      expect(replay(strictMajority({ votes: 3 }), [down], [down], [down]).outcome).toMatchObject({ failure: down });
    });

    it('of one of several sources is a vote for nothing', () => {
      const { outcome, draws } = replay(strictMajority({ votes: 3 }), ['a'], [down], ['a']);
      expect(draws).toEqual(['0x1', '1x1', '2x1']);
      expect(outcome).toMatchObject({ status: 'accepted', confidence: 2 / 3 });
    });

    it('of a part of a draw are votes for nothing, and counted once', () => {
      const core = voteUntilCore(curtailedVote({ votes: 5 }));
      const view = { id: '0', from: 0, answer: 'a', finish: 'eos' } as const;
      const failed = { type: 'failed', from: 0, action: 'draw', code: 'call-failed' } as const;
      const source = {
        name: 's',
        samples: { nativeMax: 1, promptBilledOnce: false, cancelOne: false },
        logprobs: 'none',
        continuation: 'none',
      } as const;
      const asked = core.start({ sources: [source], scorers: [], promptCharacters: 1 });
      expect(core.next(asked)).toMatchObject({ type: 'draw', count: 3 });
      let state = core.observe(asked, { type: 'drawn', from: 0, candidates: [view] });
      const next = core.next(state);
      expect(next).toMatchObject({ type: 'draw', count: 1 });
      for (const event of [failed, failed]) state = core.observe(state, event);
      expect(core.next(state)).toEqual(next);
      expect(core.next(core.observe(state, failed))).toMatchObject({ type: 'accept', candidate: '0', confidence: 0.2 });
    });
  });

  it('gives the leader as not accepted where money ends the vote', () => {
    expect(replay(curtailedVote({ votes: 7 }), ['a', 'b', 'b', 'c', broke]).outcome).toMatchObject({
      status: 'budget',
      chosen: { answer: 'b' },
      confidence: 2 / 7,
      reason: 'money ran out; 2 of 4 votes agree',
    });
    const { outcome } = replay(sequentialVote({ votes: 20 }), [...'aabaaaa'.split(''), broke]);
    expect(outcome).toMatchObject({ status: 'budget', chosen: { answer: 'a' } });
    expect(outcome).not.toHaveProperty('confidence');
    expect(replay(curtailedVote({ votes: 3 }), [broke]).outcome).toMatchObject({ status: 'budget', failure: broke });
  });
});

describe('voteUntil', () => {
  const request = { messages: [{ role: 'user' as const, content: 'How many?' }] };

  it('asks a model for the fewest samples that can decide', async () => {
    using small = scriptedModel([{ texts: ['4', '5', '4'] }, { texts: ['4'] }]);
    const result = await voteUntil(small, { rule: curtailedVote({ votes: 5 }) }).generate(request);
    expect(small.calls.map(({ samples }) => samples)).toEqual([3, 1]);
    expect(result.decision).toMatchObject({
      status: 'accepted',
      chosen: result.candidates[0]?.id,
      signal: 'vote-share',
    });
    expect(result.charges).toHaveLength(2);
  });

  it('counts what the answer key says is the same', async () => {
    using small = scriptedModel([{ texts: ['it is 4', '4!'] }]);
    const digits = { name: 'digits', key: (one: Parameters<typeof textOf>[0]) => /\d/.exec(textOf(one))?.[0] };
    const { decision } = await voteUntil(small, { rule: strictMajority({ votes: 3 }), answer: digits }).generate(
      request,
    );
    // Two votes decide, so only two are asked for.
    expect(decision.status).toBe('accepted');
  });

  it('gives no answer where it abstains', async () => {
    using small = scriptedModel([{ texts: ['4', '5'] }, { texts: ['6'] }]);
    const { decision } = await voteUntil(small, { rule: strictMajority({ votes: 3 }) }).generate(request);
    expect(decision).toMatchObject({ status: 'abstained', reason: 'only 1 of 3 votes agree' });
    expect(decision).not.toHaveProperty('chosen');
  });

  it('asks variants of a prompt in turn', async () => {
    const says = (text: string): ScriptedModel => scriptedModel([{ text }]);
    const variants = [says('yes'), says('no'), says('yes')];
    const { decision } = await voteUntil(variants, { rule: strictMajority({ votes: 3 }) }).generate(request);
    expect(decision).toMatchObject({ status: 'accepted', reason: '2 of 3 votes agree' });
    for (const variant of variants) variant.assertDone();
  });

  it('has no result when aborted before it starts, and needs a voter', async () => {
    const small = scriptedModel([{ texts: ['a', 'b', 'c'] }]);
    const call = voteUntil(small, { rule: curtailedVote({ votes: 5 }) }).generate({
      ...request,
      signal: AbortSignal.abort(),
    });
    await expect(call).rejects.toMatchObject({ code: 'aborted' });
    expect(small.calls).toHaveLength(0);
    expect(() => voteUntil([], { rule: curtailedVote({ votes: 5 }) })).toThrow('needs at least one model');
  });
});
