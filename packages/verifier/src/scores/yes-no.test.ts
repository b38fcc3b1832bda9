import {
  callsUnder,
  ModelCallError,
  type TokenLogprob,
  type TokenModel,
  withTokenModel,
  wrapModel,
} from '@tollgate/sdk';
import { type ScriptedModelOptions, scriptedModel } from '@tollgate/sdk/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limitedGuard } from '../__fixtures__/limited-guard.ts';
import { scoreInput } from '../__fixtures__/score-input.ts';
import { conversationText } from './conversation-text.ts';
import { yesNo } from './yes-no.ts';

const withTop: ScriptedModelOptions = { capabilities: { logprobs: 'top-k', maxTopLogprobs: 20 } };

/** A position with these probabilities. Its own token is the first. */
function position(probabilities: Readonly<Record<string, number>>): TokenLogprob {
  const top = Object.entries(probabilities).map(([text, share]) => ({ text, logprob: Math.log(share) }));
  const [first = { text: '', logprob: 0 }] = top;
  return { ...first, top };
}

async function verdictBy(logprobs: readonly TokenLogprob[]) {
  const model = scriptedModel([{ text: logprobs.map(({ text }) => text).join(''), logprobs }], withTop);
  return (await yesNo(model).score(scoreInput(['7']))).verdicts[0];
}

describe('yesNo with log-probabilities', () => {
  it('is the difference of the two, with all spellings added up', async () => {
    const verdict = await verdictBy([position({ Yes: 0.4, ' yes': 0.1, No: 0.2, ' no': 0.05, Maybe: 0.1 })]);
    expect(verdict).toMatchObject({ status: 'tie', evidence: { method: 'logprobs' } });
    expect(verdict?.score).toBeCloseTo(Math.log(0.5 / 0.25), 12);
    expect(verdict?.evidence).toMatchObject({ probability: expect.closeTo(2 / 3, 12) });
  });

  it('bounds a side that was not reported by the least likely that was', async () => {
    const yes = await verdictBy([position({ Yes: 0.9, Sure: 0.05, Y: 0.01 })]);
    expect(yes?.score).toBeCloseTo(Math.log(0.9 / 0.01), 12);
    expect(yes?.evidence).toMatchObject({ bounded: 'no' });
    const no = await verdictBy([position({ No: 0.5, Never: 0.25 })]);
    expect(no?.score).toBeCloseTo(Math.log(0.25 / 0.5), 12);
    expect(no?.evidence).toMatchObject({ bounded: 'yes' });
  });

  it('reads the place where the reply says it', async () => {
    const verdict = await verdictBy([position({ '**': 1 }), position({ No: 0.6, Yes: 0.3 })]);
    expect(verdict?.score).toBeCloseTo(Math.log(0.5), 12);
  });

  it.each([
    ['says neither', [position({ Maybe: 0.9, Perhaps: 0.1 })]],
    ['has no log-probabilities', []],
  ])('abstains where the reply %s', async (_, logprobs) => {
    expect(await verdictBy(logprobs)).toMatchObject({ status: 'abstain' });
  });

  it('grows with the share of Yes, and changes its sign with the sides', async () => {
    const share = fc.integer({ min: 1, max: 49 }).map((percent) => percent / 100);
    await fc.assert(
      fc.asyncProperty(share, share, async (one, other) => {
        const score = (await verdictBy([position({ Yes: one, No: other })]))?.score ?? Number.NaN;
        const turned = (await verdictBy([position({ Yes: other, No: one })]))?.score ?? Number.NaN;
        expect(score).toBeCloseTo(-turned, 12);
        expect(Math.sign(score)).toBe(Math.sign(one - other));
      }),
      { seed: 9, numRuns: 40 },
    );
  });

  it('asks for a short reply at temperature 0, the candidate between marks and after the question', async () => {
    const model = scriptedModel(() => ({ text: 'Yes', logprobs: [position({ Yes: 0.9, No: 0.1 })] }), withTop);
    await yesNo(model, { question: 'Is it prime?' }).score(scoreInput(['7', '8']));
    expect(model.calls[0]).toMatchObject({ maxOutputTokens: 16, temperature: 0, logprobs: { top: 20 } });
    const [one = '', other = ''] = model.calls.map(({ messages }) => conversationText(messages));
    expect(one).toMatch(/<question-(\w+)>\nName a prime\.\n<\/question-\1>\n\n<proposed-answer-\1>\n7\n/);
    expect(one.endsWith('Is it prime? Answer Yes or No.')).toBe(true);
    const common = one.split('').findIndex((letter, i) => letter !== other[i]);
    expect(one.slice(common).startsWith('7')).toBe(true);
  });

  it('turns thoughts off where that is what gives log-probabilities', async () => {
    const base = scriptedModel(() => ({ text: 'Yes', logprobs: [position({ Yes: 0.9, No: 0.1 })] }), {
      capabilities: { efforts: ['none', 'low'] },
    });
    const model = wrapModel(base, (inner) => ({
      ...callsUnder(inner, (request) => request),
      capabilitiesFor: (request) => ({
        ...inner.capabilitiesFor(request),
        logprobs: request?.effort === 'none' ? 'top-k' : 'none',
      }),
    }));
    const { verdicts } = await yesNo(model).score(scoreInput(['7']));
    expect(verdicts[0]?.evidence).toMatchObject({ method: 'logprobs' });
  });

  it('accepts from the threshold on', async () => {
    const statusAt = async (accept: number) => {
      const model = scriptedModel(() => ({ text: 'Yes', logprobs: [position({ Yes: 0.5, No: 0.5 })] }), withTop);
      return (await yesNo(model, { accept }).score(scoreInput(['7']))).verdicts[0]?.status;
    };
    expect([await statusAt(0), await statusAt(0.1)]).toEqual(['accept', 'reject']);
  });

  it('abstains without money and is an error where the call fails, with all charges', async () => {
    const model = scriptedModel(() => ({ text: 'Yes', logprobs: [position({ Yes: 0.9, No: 0.1 })] }), withTop);
    const guards = [limitedGuard({ calls: 1 })];
    const result = await yesNo(model, { concurrency: 1 }).score(scoreInput(['a', 'b'], { guards }));
    expect(result.verdicts.map(({ status }) => status)).toEqual(['tie', 'abstain']);
    expect(result.charges).toMatchObject([{ cost: { usd: 0.001 } }]);
    const down = new ModelCallError('down', { failure: 'server', dispatch: 'refused' });
    const failed = await yesNo(scriptedModel(() => ({ error: down }), withTop)).score(scoreInput(['a']));
    expect(failed.verdicts).toEqual([{ candidateId: 'c0', status: 'error' }]);
    const aborted = scoreInput(['a'], { signal: AbortSignal.abort() });
    await expect(yesNo(model).score(aborted)).rejects.toMatchObject({ code: 'aborted' });
  });
});

/** An engine whose next word has these probabilities whatever the prompt. */
function tokenModel(probabilities: Readonly<Record<string, number>>): TokenModel & { readonly log: string[] } {
  const words = ['?', ...Object.keys(probabilities)];
  const log: string[] = [];
  return {
    log,
    tokenizer: {
      hash: 'test',
      vocabularySize: words.length,
      endTokens: [],
      encode: (text) => (words.includes(text) ? [words.indexOf(text)] : text.split('').map(() => 0)),
      decode: (tokens) => tokens.map((token) => words[token]).join(''),
    },
    promptTokens: () => [0, 0, 0],
    open: async ({ prefix, maxTokens }) => {
      log.push(`open ${prefix.length} ${maxTokens}`);
      const unused = async (): Promise<never> => Promise.reject(new Error('unused'));
      return {
        length: prefix.length,
        evaluate: async (block, out) => {
          log.push(`evaluate ${block.length}`);
          out.set(words.map((word) => Math.log(probabilities[word] ?? 0)));
        },
        topK: unused,
        score: unused,
        truncate: unused,
        fork: unused,
        close: async () => {
          log.push('close');
          return {
            attemptId: 'tokens',
            model: { provider: 'test', modelId: 'engine' },
            usage: {},
            usageKnown: 'exact',
            candidateIds: [],
          };
        },
      };
    },
  };
}

describe('yesNo on an engine that shows its distribution', () => {
  it('reads both sides exactly, in one evaluation, and charges the session', async () => {
    const tokens = tokenModel({ Yes: 0.3, ' yes': 0.1, No: 0.1, NO: 0.1, Maybe: 0.4 });
    const model = withTokenModel(scriptedModel([]), () => tokens);
    const { verdicts, charges } = await yesNo(model).score(scoreInput(['7']));
    expect(verdicts[0]?.score).toBeCloseTo(Math.log(0.4 / 0.2), 5);
    expect(charges).toMatchObject([{ attemptId: 'tokens' }]);
    expect(tokens.log).toEqual(['open 2 1', 'evaluate 1', 'close']);
  });

  it('takes the first token of a word that has none of its own', async () => {
    const engine = tokenModel({ Y: 0.6, N: 0.2 });
    const encode = (text: string): readonly number[] => [text.startsWith('Y') ? 1 : text.startsWith('N') ? 2 : 0, 0];
    const model = withTokenModel(scriptedModel([]), () => ({ ...engine, tokenizer: { ...engine.tokenizer, encode } }));
    const { verdicts } = await yesNo(model).score(scoreInput(['7']));
    expect(verdicts[0]?.score).toBeCloseTo(Math.log(3), 5);
  });

  it('is asked only where a side is not among the likely words, and both calls are charged', async () => {
    const tokens = tokenModel({ Yes: 0.9, No: 1e-6 });
    const script = [
      { text: 'Yes', logprobs: [position({ Yes: 0.9, No: 0.1 })] },
      { text: 'Yes', logprobs: [position({ Yes: 0.9, Sure: 0.01 })] },
    ];
    const model = withTokenModel(scriptedModel(script, withTop), () => tokens);
    const { verdicts, charges } = await yesNo(model, { concurrency: 1 }).score(scoreInput(['7', '8']));
    expect(verdicts.map(({ score = 0 }) => score)).toEqual([
      expect.closeTo(Math.log(9), 5),
      expect.closeTo(Math.log(9e5), 4),
    ]);
    expect(charges).toHaveLength(3);
    expect(tokens.log).toHaveLength(3);
  });
});

describe('yesNo without log-probabilities', () => {
  const many = { capabilities: { samples: { nativeMax: 8, promptBilledOnce: true, cancelOne: false } } } as const;

  it.each([
    [['Yes', 'yes.', 'No', '**Yes**', 'It is not, so: no'], Math.log(3.5 / 2.5), { yes: 3, no: 2 }],
    [['Yes', 'Yes'], Math.log(2.5 / 0.5), { yes: 2, no: 0, probability: 1 }],
    [['No', 'both yes and no', '?'], Math.log(0.5 / 1.5), { yes: 0, no: 1 }],
    [['No. Yes would be wrong.'], Math.log(0.5 / 1.5), { yes: 0, no: 1 }],
  ])('counts the votes of %j', async (texts, score, evidence) => {
    const model = scriptedModel([{ texts }], many);
    const input = scoreInput(['7']);
    const { verdicts } = await yesNo(model, { samples: texts.length }).score(input);
    expect(verdicts[0]).toMatchObject({ status: 'tie', evidence: { method: 'votes', ...evidence } });
    expect(verdicts[0]?.score).toBeCloseTo(score, 12);
    expect(model.calls[0]).toMatchObject({ samples: texts.length, maxOutputTokens: 16 });
    expect(model.calls[0]).not.toHaveProperty('logprobs');
    expect(input.context.span.toNode().children[0]?.rule).toContain('votes of samples');
  });

  it('abstains where nothing can be read', async () => {
    const model = scriptedModel([{ texts: ['Hm.', ''] }], many);
    const { verdicts } = await yesNo(model, { samples: 2 }).score(scoreInput(['7']));
    expect(verdicts).toEqual([{ candidateId: 'c0', status: 'abstain' }]);
  });

  it('does not count a reply that a budget cut', async () => {
    const cut = { unified: 'length', by: 'budget' } as const;
    const model = scriptedModel([{ text: 'Yes', finish: cut }]);
    const { verdicts } = await yesNo(model, { samples: 1 }).score(scoreInput(['7']));
    expect(verdicts[0]?.status).toBe('abstain');
  });

  it.each([
    [{ samples: 0 }, 'samples'],
    [{ accept: Number.POSITIVE_INFINITY }, 'accept'],
    [{ concurrency: -1 }, 'concurrency'],
    [{ maxOutputTokens: 0 }, 'maxOutputTokens'],
  ])('refuses %j', (options, option) => {
    expect(() => yesNo(scriptedModel([]), options)).toThrow(expect.objectContaining({ option }));
  });
});
