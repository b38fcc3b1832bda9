import { describe, expect, it } from 'vitest';
import { ModelCallError } from '../errors/model-call-error.ts';
import { BudgetExceededError } from '../errors/budget-errors.ts';
import { TollgateError } from '../errors/tollgate-error.ts';
import type {
  Action,
  CandidateView,
  SourceView,
  StrategyCore,
  StrategyEvent,
  TaskView,
} from '../spec/strategy-core.ts';
import { coreOf, drawnIds, drawThenAccept } from './__fixtures__/core-of.ts';
import { replayAsSource, replayStrategy, type ReplaySource, type ReplayVerdicts } from './replay-strategy.ts';

const view: SourceView = {
  name: 'small',
  samples: { nativeMax: 1, promptBilledOnce: false, cancelOne: false },
  logprobs: 'none',
  continuation: 'none',
};

const zero = { usd: 0, nanoUsd: '0' };

/** What a table has for one draw of one sample: an answer, or an error when it is drawn. */
type Sample = string | Error;

const exhausted = new TollgateError('exhausted', 'task "t" has no more samples of "small"');
const down = new ModelCallError('the engine was down', { failure: 'server', dispatch: 'refused' });
const broke = new BudgetExceededError('the cap is reached', {
  scope: { kind: 'run', id: 'r' },
  dimension: 'usd',
  cap: zero,
  settled: zero,
  held: zero,
  asked: zero,
});

function table(samples: readonly Sample[], from = 0): ReplaySource & { drawn: number } {
  return {
    view,
    drawn: 0,
    draw(count) {
      const next = samples.slice(this.drawn, this.drawn + count);
      this.drawn += count;
      if (next.length < count) throw exhausted;
      return next.map((sample, i): CandidateView => {
        if (sample instanceof Error) throw sample;
        return { id: `row/${this.drawn - count + i}`, from, answer: sample, finish: 'eos' };
      });
    },
  };
}

function draw(
  from: number,
  count: number,
  more: Partial<Extract<Action, { type: 'draw' }>> = {},
): Extract<Action, { type: 'draw' }> {
  return { type: 'draw', from, count, ...more };
}

/** A core, and all that it was told. */
function spied(core: StrategyCore<readonly StrategyEvent[]>): { core: typeof core; told: StrategyEvent[] } {
  const told: StrategyEvent[] = [];
  return { told, core: { ...core, observe: (events, event) => (told.push(event), core.observe(events, event)) } };
}

describe('replayStrategy', () => {
  it('draws in order, never a sample twice, and gives what the core decides', () => {
    const source = table(['41', '42', '43', '44']);
    const { core, told } = spied(drawThenAccept(draw(0, 2), draw(0, 1)));
    expect(replayStrategy(core, { sources: [source] })).toEqual({
      status: 'accepted',
      chosen: { id: 'row/2', from: 0, answer: '43', finish: 'eos' },
      reason: 'the last one',
    });
    expect(
      told.map((event) => (event.type === 'drawn' ? event.candidates.map(({ answer }) => answer) : event)),
    ).toEqual([['41', '42'], ['43']]);
    expect(source.drawn).toBe(3);
  });

  it('says which source a sample came from, whatever the table says', () => {
    const { core, told } = spied(drawThenAccept(draw(0, 1), draw(1, 1)));
    expect(replayStrategy(core, { sources: [table(['a'], 5), table(['b'], 0)] }).chosen).toMatchObject({
      from: 1,
      answer: 'b',
    });
    expect(told.flatMap((event) => (event.type === 'drawn' ? event.candidates.map(({ from }) => from) : []))).toEqual([
      0, 1,
    ]);
  });

  it('delivers one by one in the order of the table, where the core wants that', () => {
    const { core, told } = spied(
      coreOf((events) => {
        if (events.length === 0) return draw(0, 3, { deliver: 'each' });
        if (events.length === 2) return { type: 'accept', candidate: drawnIds(events)[1] ?? '', reason: 'second' };
        return { type: 'wait' };
      }),
    );
    const source = table(['a', 'b', 'c', 'd']);
    expect(replayStrategy(core, { sources: [source] }).chosen?.answer).toBe('b');
    expect(told.every((event) => event.type === 'drawn' && event.candidates.length === 1)).toBe(true);
    expect(source.drawn).toBe(3);
  });

  it('tells of failures and of money, one sample at a time where they are drawn so', () => {
    const waiting = coreOf((events) => {
      if (events.length === 0) return draw(0, 3, { deliver: 'each' });
      if (events.length < 3) return { type: 'wait' };
      return { type: 'accept', candidate: drawnIds(events)[0] ?? '', accepted: false, reason: 'what there is' };
    });
    const { core, told } = spied(waiting);
    expect(replayStrategy(core, { sources: [table([down, 'a', broke])] })).toMatchObject({
      status: 'budget',
      chosen: { answer: 'a' },
    });
    expect(told.map((event) => event.type)).toEqual(['failed', 'drawn', 'budget']);
    expect(told[0]).toEqual({ type: 'failed', from: 0, action: 'draw', code: 'call-failed' });
  });

  it.each<[string, Error, string]>([
    ['failed', down, 'abstained'],
    ['out of money', broke, 'budget'],
  ])('that ends with nothing gives the error that a live run would throw (%s)', (_, error, status) => {
    const outcome = replayStrategy(drawThenAccept(draw(0, 1)), { sources: [table([error])] });
    expect(outcome).toEqual({ status, reason: 'nothing came', failure: error });
  });

  it('that ends with something it does not show has no such error', () => {
    const core = coreOf((events) => (events.length < 2 ? draw(0, 1) : { type: 'stop', reason: 'enough' }));
    expect(replayStrategy(core, { sources: [table(['a', down])] })).toEqual({ status: 'abstained', reason: 'enough' });
  });

  it('throws what no core may hide: samples that run out first of all', () => {
    expect(() => replayStrategy(drawThenAccept(draw(0, 2)), { sources: [table(['a'])] })).toThrow(exhausted);
    expect(() => replayStrategy(drawThenAccept(draw(0, 1)), { sources: [table([new TypeError('no')])] })).toThrow(
      TypeError,
    );
    const each = coreOf((events) => (events.length === 0 ? draw(0, 2, { deliver: 'each' }) : { type: 'wait' }));
    expect(() => replayStrategy(each, { sources: [table(['a'])] })).toThrow(exhausted);
  });

  it('gives confidence, signal and reason as the core does', () => {
    const accept: Action = {
      type: 'accept',
      candidate: 'row/0',
      accepted: false,
      confidence: 0.5,
      signal: 'vote-share',
      reason: 'half',
    };
    const core = coreOf((events) => (events.length === 0 ? draw(0, 1) : accept));
    expect(replayStrategy(core, { sources: [table(['a'])] })).toMatchObject({
      status: 'rejected',
      confidence: 0.5,
      signal: 'vote-share',
      reason: 'half',
    });
    const abstain: Action = { type: 'abstain', confidence: 0.2, signal: 'vote-share', reason: 'unsure' };
    expect(
      replayStrategy(
        coreOf(() => abstain),
        { sources: [table([])] },
      ),
    ).toEqual({ status: 'abstained', confidence: 0.2, signal: 'vote-share', reason: 'unsure' });
  });

  it('reads recorded verdicts', () => {
    const core = coreOf((events) => {
      const last = events.at(-1);
      if (last === undefined) return draw(0, 2);
      if (last.type === 'drawn') return { type: 'score', scorer: 0, candidates: drawnIds(events) };
      const good = last.type === 'scored' ? last.verdicts.find(({ status }) => status === 'accept') : undefined;
      return good === undefined
        ? { type: 'stop', reason: 'none is good' }
        : { type: 'accept', candidate: good.candidateId, reason: 'good' };
    });
    const score = (scorer: number, ids: readonly string[]): ReplayVerdicts => ({
      verdicts: ids.map((candidateId) => ({
        candidateId,
        status: candidateId === 'row/1' && scorer === 0 ? 'accept' : 'reject',
      })),
    });
    expect(replayStrategy(core, { sources: [table(['a', 'b'])], scorers: ['judge'], score }).chosen?.answer).toBe('b');
    const poor = (): never => {
      throw broke;
    };
    expect(replayStrategy(core, { sources: [table(['a', 'b'])], scorers: ['judge'], score: poor })).toEqual({
      status: 'budget',
      reason: 'none is good',
    });
    expect(() => replayStrategy(core, { sources: [table(['a', 'b'])] })).toThrow('no recorded verdicts');
  });

  it('tells the core what may be known, and nothing else', () => {
    let given: TaskView | undefined;
    const core = coreOf(() => ({ type: 'abstain', reason: 'no' }), { start: (task) => ((given = task), []) });
    replayStrategy(core, { sources: [table([])] });
    expect(given).toEqual({ sources: [view], scorers: [], promptCharacters: 0 });
    replayStrategy(core, {
      sources: [table([])],
      scorers: ['s'],
      promptCharacters: 7,
      taskClass: 'sums',
      features: { steps: 3 },
    });
    expect(given).toEqual({
      sources: [view],
      scorers: ['s'],
      promptCharacters: 7,
      taskClass: 'sums',
      features: { steps: 3 },
    });
  });

  it.each<[Action, string]>([
    [{ type: 'wait' }, 'nothing is in flight'],
    [{ type: 'score', scorer: 0, candidates: [] }, 'did not decide within 100000 actions'],
    [{ type: 'accept', candidate: 'ghost', reason: 'r' }, '"ghost", which was never drawn'],
    [draw(4, 1), 'source 4; there are 1'],
    [{ type: 'extend', from: 0, count: 1, stop: [], maxTokens: 1 }, 'has no steps'],
  ])('refuses a core that wants %o', (action, message) => {
    const core: StrategyCore<null> = { name: 'core', start: () => null, observe: () => null, next: () => action };
    expect(() => replayStrategy(core, { sources: [table([])], score: () => ({ verdicts: [] }) })).toThrow(message);
  });
});

describe('replayAsSource', () => {
  const firstOfTwo = (accepted: boolean): StrategyCore<readonly StrategyEvent[]> =>
    coreOf((events) => {
      const [first] = drawnIds(events);
      if (first === undefined) return events.length === 0 ? draw(0, 2) : { type: 'stop', reason: 'nothing came' };
      return { type: 'accept', candidate: first, accepted, confidence: 0.5, reason: 'first' };
    });

  it('runs the inner strategy once for each sample, on samples that follow one another', () => {
    const leaf = table(['1', '2', '3', '4', '5', '6']);
    const inner = replayAsSource(firstOfTwo(true), { sources: [leaf] }, { ...view, name: 'inner' });
    const { core, told } = spied(drawThenAccept(draw(0, 2), draw(0, 1)));
    expect(replayStrategy(core, { sources: [inner] }).chosen).toEqual({
      id: 'inner/3/row/4',
      from: 0,
      answer: '5',
      finish: 'eos',
      decision: { status: 'accepted', confidence: 0.5 },
    });
    expect(
      told.flatMap((event) => (event.type === 'drawn' ? event.candidates.map(({ answer }) => answer) : [])),
    ).toEqual(['1', '3', '5']);
    expect(leaf.drawn).toBe(6);
  });

  it('nests as deep as one likes', () => {
    const leaf = table(['1', '2', '3', '4']);
    const inner = replayAsSource(firstOfTwo(true), { sources: [leaf] }, { ...view, name: 'inner' });
    const middle = replayAsSource(firstOfTwo(false), { sources: [inner] }, { ...view, name: 'middle' });
    const outcome = replayStrategy(drawThenAccept(draw(0, 1)), { sources: [middle] });
    expect(outcome.chosen).toMatchObject({ id: 'middle/1/inner/1/row/0', decision: { status: 'rejected' } });
    expect(leaf.drawn).toBe(4);
  });

  it('brings what the other runs came to, and then what failed', () => {
    const leaf = table(['1', '2', down, '4', '5', '6']);
    const inner = replayAsSource(firstOfTwo(true), { sources: [leaf] }, view);
    const { core, told } = spied(drawThenAccept(draw(0, 3)));
    expect(replayStrategy(core, { sources: [inner] }).chosen?.answer).toBe('5');
    expect(told).toMatchObject([
      { type: 'drawn', candidates: [{ answer: '1' }, { answer: '5' }] },
      { type: 'failed', from: 0, code: 'call-failed' },
    ]);
  });

  it('says that money ended the inner search, with and without an answer', () => {
    const poor = coreOf((events) => {
      const [first] = drawnIds(events);
      if (events.length < 2) return draw(0, 1);
      return first === undefined
        ? { type: 'stop', reason: 'no money' }
        : { type: 'accept', candidate: first, accepted: false, reason: 'best' };
    });
    const told = (samples: readonly Sample[]): { status: string; events: readonly string[] } => {
      const inner = replayAsSource(poor, { sources: [table(samples)] }, view);
      const outer = spied(
        coreOf((events) => {
          const [first] = drawnIds(events);
          if (events.length === 0) return draw(0, 1);
          return first === undefined
            ? { type: 'stop', reason: 'none' }
            : { type: 'accept', candidate: first, accepted: false, reason: 'best' };
        }),
      );
      const { status } = replayStrategy(outer.core, { sources: [inner] });
      return { status, events: outer.told.map((event) => event.type) };
    };
    expect(told(['a', broke])).toEqual({ status: 'budget', events: ['drawn', 'budget'] });
    expect(told([broke, broke])).toEqual({ status: 'budget', events: ['budget'] });
    expect(told([down, down])).toEqual({ status: 'abstained', events: ['failed'] });
  });

  it('brings nothing where the inner strategy abstains', () => {
    const never = coreOf(() => ({ type: 'abstain', reason: 'unsure' }));
    const { core, told } = spied(drawThenAccept(draw(0, 2)));
    replayStrategy(core, { sources: [replayAsSource(never, { sources: [table([])] }, view)] });
    expect(told).toEqual([{ type: 'drawn', from: 0, candidates: [] }]);
  });

  it('runs out as the table does', () => {
    const inner = replayAsSource(firstOfTwo(true), { sources: [table(['1', '2', '3'])] }, view);
    expect(() => replayStrategy(drawThenAccept(draw(0, 2)), { sources: [inner] })).toThrow(exhausted);
  });
});
