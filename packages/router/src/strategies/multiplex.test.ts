import {
  type CandidateView,
  InvalidOptionError,
  type JsonValue,
  ModelCallError,
  replayStrategy,
  type Scorer,
  type StreamPart,
  textOf,
  type Verdict,
} from '@tollgate/sdk';
import { scriptedModel } from '@tollgate/sdk/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drive, type Drive, view, type World } from '../__fixtures__/drive.ts';
import { learnAnswer, priorMultiplexer } from '../learning/multiplexer-state.ts';
import { promptFeatures } from '../learning/prompt-features.ts';
import { multiplex, multiplexCore } from './multiplex.ts';

const fallbackUsd = 1;
const core = multiplexCore({ fallbackUsd });
const request = { messages: [{ role: 'user' as const, content: 'One and one?' }] };

/** What a memory would tell: chance to pass and cost of each model. */
function told(expected: readonly (readonly [pass: number, usd: number])[], explore?: number): JsonValue {
  return { expected: expected.map(([pass, usd]) => ({ pass, usd })), ...(explore !== undefined && { explore }) };
}

/** Drives with answers that are statuses. */
function judged(statuses: readonly string[], world: Partial<World> = {}): Drive {
  return drive(core, {
    sources: statuses.map((status) => [status]),
    scorers: ['judge'],
    learned: told(statuses.map((_, i) => [0.5, i / 10])),
    judge: ({ answer = '' }) => {
      const [status = '', score] = answer.split(' ');
      return { status: status as Verdict['status'], ...(score !== undefined && { score: Number(score) }) };
    },
    ...world,
  });
}

function askedIn({ asked }: Drive): readonly number[] {
  return asked.flatMap((action) => (action.type === 'draw' ? action.from : []));
}

describe('which model is asked', () => {
  it.each<[string, readonly (readonly [number, number])[], number | undefined, number]>([
    [
      'the least cost + (1 − pass) · fallback',
      [
        [0.5, 0.1],
        [0.9, 0.3],
        [0.95, 0.6],
      ],
      undefined,
      1,
    ],
    [
      'a cheap one that mostly fails is not',
      [
        [0.1, 0],
        [0.9, 0.3],
      ],
      undefined,
      1,
    ],
    [
      'ties go to the earlier',
      [
        [0.5, 0.25],
        [0.75, 0.5],
      ],
      undefined,
      0,
    ],
    [
      'to learn, the best of the others',
      [
        [0.9, 0],
        [0.1, 0],
        [0.5, 0],
      ],
      0,
      2,
    ],
    [
      'to learn, the next of them',
      [
        [0.9, 0],
        [0.1, 0],
        [0.5, 0],
      ],
      1,
      1,
    ],
    [
      'one that is not there is the best',
      [
        [0.9, 0],
        [0.1, 0],
      ],
      7,
      0,
    ],
    ['a single one', [[0.1, 5]], undefined, 0],
  ])('%s', (...[, expected, explore, from]) => {
    const sources = expected.map((_, i) => [`answer ${i}`]);
    const { asked, decision } = drive(core, { sources, learned: told(expected, explore) });
    expect(asked).toEqual([{ type: 'draw', from, count: 1, commit: true }]);
    const [pass] = expected[from] ?? [];
    expect(decision).toMatchObject({
      type: 'accept',
      candidate: `${from}.0`,
      confidence: pass,
      signal: 'expected-pass',
    });
    const others = expected.map((_, i) => i).filter((i) => i !== from);
    expect('notAsked' in decision ? decision.notAsked : []).toEqual(others);
  });

  it('goes by the state and the features of the task where there is no memory', () => {
    let state = priorMultiplexer({ usdPerAnswer: [0.1, 0.2], features: ['hard'] });
    for (let i = 0; i < 200; i += 1) {
      const hard = i % 2;
      state = learnAnswer(state, { features: { hard }, model: 0, passed: hard === 0 });
      state = learnAnswer(state, { features: { hard }, model: 1, passed: true });
    }
    const chosen = [0, 1].map((hard) => {
      const sources = ['small', 'big'].map((name, from) => ({
        view: {
          name,
          samples: { nativeMax: 1, promptBilledOnce: false, cancelOne: false },
          logprobs: 'none' as const,
          continuation: 'none' as const,
        },
        draw: () => [view(name, name, from)],
      }));
      return replayStrategy(multiplexCore({ fallbackUsd, state }), { sources, features: { hard } }).chosen?.answer;
    });
    expect(chosen).toEqual(['small', 'big']);
  });
});

describe('with a scorer', () => {
  it('gives what it accepts, with its score, and asks nobody else', () => {
    const run = judged(['accept 0.8', 'accept', 'accept']);
    expect(askedIn(run)).toEqual([0]);
    expect(run.decision).toMatchObject({ candidate: '0.0', confidence: 0.8, signal: 'judge', notAsked: [1, 2] });
    expect(run.decision).not.toHaveProperty('accepted');
  });

  it('goes on to the best of the others where it rejects', () => {
    const run = judged(['reject 0.2', 'reject 0.4', 'accept']);
    expect(askedIn(run)).toEqual([0, 1, 2]);
    expect(run.decision).toMatchObject({ candidate: '2.0', confidence: 1, signal: 'judge' });
    expect(run.decision).not.toHaveProperty('notAsked');
  });

  it('from an explored model it goes on to the best one', () => {
    const run = judged(['accept', 'reject', 'accept'], {
      learned: told(
        [
          [0.9, 0],
          [0.5, 0],
          [0.1, 0],
        ],
        0,
      ),
    });
    expect(askedIn(run)).toEqual([1, 0]);
  });

  it.each([
    [['reject 0.2', 'reject 0.7', 'reject 0.4'], '1.0', { confidence: 0.7, signal: 'judge' }],
    [['reject 0.4', 'reject 0.4'], '0.0', { confidence: 0.4 }],
    [['reject', 'reject'], '0.0', { confidence: 0 }],
    [['reject -3', 'reject 7'], '1.0', {}],
  ])('where none of %j passes it gives the best, not accepted', (statuses, candidate, share) => {
    const { decision } = judged(statuses);
    expect(decision).toMatchObject({ type: 'accept', candidate, accepted: false, reason: 'no model passed', ...share });
    if (!('confidence' in share)) expect(decision).not.toHaveProperty('confidence');
  });

  it.each(['abstain', 'tie', 'timeout', 'error'])(
    '"%s" is no rejection: the answer is given as not accepted',
    (status) => {
      const run = judged([status, 'accept']);
      expect(askedIn(run)).toEqual([0]);
      expect(run.decision).toMatchObject({ candidate: '0.0', accepted: false });
    },
  );

  it('a scorer that fails has no opinion', () => {
    const failed = { type: 'failed', from: 0, action: 'score', code: 'call-failed' } as const;
    const run = judged(['accept', 'accept'], { instead: { 1: [failed] } });
    expect(run.decision).toMatchObject({ candidate: '0.0', accepted: false });
    const silent = judged(['accept', 'accept'], { instead: { 1: [{ type: 'scored', scorer: 0, verdicts: [] }] } });
    expect(silent.decision).toMatchObject({ candidate: '0.0', accepted: false });
  });
});

describe('when something goes wrong', () => {
  const failed = { type: 'failed', from: 0, action: 'draw', code: 'call-failed' } as const;
  const learned = told([
    [0.5, 0],
    [0.5, 0.1],
  ]);

  it.each([
    ['fails', [failed]],
    ['gives nothing', [{ type: 'drawn', from: 0, candidates: [] }]],
  ] as const)('a model that %s is passed over', (_, events) => {
    const run = drive(core, { sources: [['a'], ['b']], learned, instead: { 0: events } });
    expect(askedIn(run)).toEqual([0, 1]);
    expect(run.decision).toMatchObject({ candidate: '1.0' });
    expect(judged(['accept', 'accept'], { instead: { 0: events } }).decision).toMatchObject({ candidate: '1.0' });
  });

  it('where every model fails there is nothing to give', () => {
    const instead = { 0: [failed], 1: [{ ...failed, from: 1 }] };
    expect(drive(core, { sources: [[], []], learned, instead }).decision).toMatchObject({ type: 'stop' });
    expect(judged(['accept', 'reject'], { instead: { 0: [failed] } }).decision).toMatchObject({
      candidate: '1.0',
      accepted: false,
    });
  });

  const budget = { type: 'budget', from: 0 } as const;

  it.each<[string, readonly string[], number, string | undefined]>([
    ['before the first answer', ['accept', 'accept'], 0, undefined],
    ['before the verdict', ['accept', 'accept'], 1, '0.0'],
    ['before the second answer', ['reject 0.3', 'accept'], 2, '0.0'],
    ['before the second verdict: nobody has rejected that one', ['reject 0.3', 'accept'], 3, '1.0'],
  ])('money that ends %s', (...[, statuses, step, candidate]) => {
    const { decision } = judged(statuses, { instead: { [step]: [budget] } });
    if (candidate === undefined) expect(decision).toEqual({ type: 'stop', reason: 'money ran out' });
    else expect(decision).toMatchObject({ type: 'accept', candidate, accepted: false, reason: 'money ran out' });
  });

  it.each<[string, Partial<CandidateView>]>([
    ['a budget cut', { finish: 'budget' }],
    ['its own source did not accept', { answer: 'a', decision: { status: 'rejected' } }],
  ])('an answer that %s is not accepted', (_, sample) => {
    const { decision } = drive(core, { sources: [[sample], ['b']], learned });
    expect(decision).toMatchObject({ candidate: '0.0', accepted: false });
  });

  it('what arrives after the decision changes nothing', () => {
    const arrived = { type: 'drawn', from: 0, candidates: [view('a', 'x')] } as const;
    const { decision } = drive(core, { sources: [[], []], learned, instead: { 0: [arrived, failed, budget] } });
    expect(decision).toMatchObject({ candidate: 'x' });
    expect(decision).not.toHaveProperty('accepted');
  });
});

describe('options of multiplex', () => {
  it.each([-1, Number.NaN, Infinity])('fallbackUsd of %s is refused', (usd) => {
    expect(() => multiplexCore({ fallbackUsd: usd })).toThrow(InvalidOptionError);
  });

  const state = priorMultiplexer({ usdPerAnswer: [1, 1] });

  it('needs to know as many models as it asks', () => {
    const model = scriptedModel([]);
    expect(() => multiplex([model], { fallbackUsd })).toThrow(/1 models needs .*it knows 0/);
    expect(() => multiplex([model], { fallbackUsd, state })).toThrow(/it knows 2/);
    expect(() => drive(core, { sources: [[]] })).toThrow(/it knows 0/);
    expect(() => drive(core, { sources: [[]], learned: 'else' })).toThrow(/it knows 0/);
    expect(() => drive(core, { sources: [[]], learned: told([]) })).toThrow(/it knows 0/);
    expect(() => drive(multiplexCore({ fallbackUsd, state }), { sources: [[]] })).toThrow(InvalidOptionError);
    expect(() => multiplex([], { fallbackUsd, state })).toThrow(InvalidOptionError);
  });
});

describe('multiplex', () => {
  const state = priorMultiplexer({ usdPerAnswer: [0.1, 0.2] });
  const down = new ModelCallError('down', { failure: 'server', dispatch: 'refused' });
  const isRight: Scorer = {
    name: 'right',
    score: async ({ candidates }) => ({
      verdicts: candidates.map((one) => ({
        candidateId: one.id,
        status: textOf(one) === 'right' ? 'accept' : 'reject',
      })),
      charges: [],
    }),
  };

  async function streamed(model: ReturnType<typeof multiplex>): Promise<readonly StreamPart[]> {
    const parts: StreamPart[] = [];
    for await (const part of model.stream(request)) parts.push(part);
    return parts;
  }

  it('shows a stream as it is written where nothing judges, and only what was accepted where a scorer does', async () => {
    const plain = await streamed(
      multiplex([scriptedModel([{ text: 'one two' }]), scriptedModel([])], { fallbackUsd, state }),
    );
    expect(plain.flatMap((part) => (part.type === 'text-delta' ? part.text : []))).toEqual(['one ', 'two']);
    const models = [scriptedModel([{ text: 'wrong one' }]), scriptedModel([{ text: 'right' }])];
    const checked = await streamed(multiplex(models, { fallbackUsd, state, scorer: isRight }));
    expect(checked.flatMap((part) => (part.type === 'text-delta' ? part.text : [])).join('')).toBe('right');
    expect(checked.filter(({ type }) => type === 'commit').length).toBe(1);
  });

  it('asks another model where one is down, and throws its error where all are', async () => {
    const [one, other] = [scriptedModel([{ error: down }]), scriptedModel([{ text: 'x' }])];
    const { decision } = await multiplex([one, other], { fallbackUsd, state }).generate(request);
    expect(decision).toMatchObject({ status: 'accepted', signal: 'expected-pass' });
    const models = [scriptedModel([{ error: down }]), scriptedModel([{ error: down }])];
    await expect(multiplex(models, { fallbackUsd, state }).generate(request)).rejects.toBe(down);
  });

  it('live, without a memory, it reads the features of the request', async () => {
    const features = Object.keys(promptFeatures(''));
    let learned = priorMultiplexer({ usdPerAnswer: [0.1, 0.2], features });
    for (let i = 0; i < 400; i += 1) {
      const [prompt, passed] = i % 2 === 0 ? ['Say hello.', true] : [`Prove ${i} + ${i} = ${2 * i}.`, false];
      learned = learnAnswer(learned, { features: promptFeatures(prompt), model: 0, passed });
      learned = learnAnswer(learned, { features: promptFeatures(prompt), model: 1, passed: true });
    }
    const [small, big] = [scriptedModel([{ text: 'small' }]), scriptedModel([{ text: 'big' }])];
    const model = multiplex([small, big], { fallbackUsd, state: learned });
    for (const [content, answer] of [
      ['Say hello.', 'small'],
      ['Prove 7 + 8 = 15.', 'big'],
    ] as const) {
      const { candidates } = await model.generate({ messages: [{ role: 'user', content }] });
      expect(candidates.map(textOf)).toEqual([answer]);
    }
  });

  it('ends when the caller aborts between models', async () => {
    const controller = new AbortController();
    const stopping: Scorer = {
      name: 'stopping',
      score: async ({ candidates }) => {
        controller.abort();
        return { verdicts: candidates.map(({ id }) => ({ candidateId: id, status: 'reject' })), charges: [] };
      },
    };
    const models = [scriptedModel([{ text: 'x' }]), scriptedModel([])];
    const call = multiplex(models, { fallbackUsd, state, scorer: stopping }).generate({
      ...request,
      signal: controller.signal,
    });
    await expect(call).rejects.toMatchObject({ code: 'aborted', partial: { charges: [{}] } });
  });
});

describe('properties of multiplex', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const models = fc.array(
    fc.record({ pass: share, usd: share, status: fc.constantFrom('accept', 'reject', 'abstain', '!') }),
    {
      minLength: 1,
      maxLength: 5,
    },
  );

  it('asks each model once at most, in the order of expected loss, until one is not rejected', () => {
    fc.assert(
      fc.property(models, (all) => {
        const losses = all.map(({ pass, usd }) => usd + (1 - pass) * fallbackUsd);
        const order = all.map((_, i) => i).sort((a, b) => (losses[a] ?? 0) - (losses[b] ?? 0) || a - b);
        const end = order.findIndex((i) => all[i]?.status === 'accept' || all[i]?.status === 'abstain');
        const expected = end < 0 ? order : order.slice(0, end + 1);
        const run = drive(core, {
          sources: all.map(({ status }) => (status === '!' ? [] : [status])),
          scorers: ['judge'],
          learned: told(all.map(({ pass, usd }) => [pass, usd])),
          judge: ({ answer }) => ({ status: answer as Verdict['status'] }),
        });
        expect(askedIn(run)).toEqual(expected);
        const isAccepted = run.decision.type === 'accept' && run.decision.accepted !== false;
        expect(isAccepted).toBe(end >= 0 && all[order[end] ?? -1]?.status === 'accept');
      }),
      { seed: 17, numRuns: 300 },
    );
  });
});
