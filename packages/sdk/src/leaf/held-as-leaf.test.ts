import { describe, expect, it } from 'vitest';
import { AbortedError } from '../errors/aborted-error.ts';
import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import { ModelCallError } from '../errors/model-call-error.ts';
import { TollgateError } from '../errors/tollgate-error.ts';
import type { Model } from '../spec/model.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { Charge, GenerateResult } from '../spec/result.ts';
import type { StreamPart } from '../spec/stream.ts';
import type { Usage, UsageKnown } from '../spec/usage.ts';
import { scriptedModel } from '../testing/scripted-model.ts';
import { RecordingGuard } from './__fixtures__/recording-guard.ts';
import { rootContext } from './call-context.ts';
import { heldAsLeaf } from './held-as-leaf.ts';
import { createModelStream } from './model-stream.ts';
import { textCapabilities } from './text-capabilities.ts';

const messages: GenerateRequest['messages'] = [{ role: 'user', content: 'Name a prime.' }];

function charge(usage: Usage, usageKnown: UsageKnown = 'exact'): Charge {
  return { attemptId: 'own', model: { provider: 'own', modelId: 'own' }, usage, usageKnown, candidateIds: ['own'] };
}

function result(charges: readonly Charge[]): GenerateResult {
  return {
    candidates: [
      {
        id: 'own',
        attemptId: 'own',
        producedBy: { provider: 'own', modelId: 'own' },
        content: [{ type: 'text', text: '97' }],
        finish: { unified: 'stop', by: 'eos' },
      },
    ],
    charges,
    decision: { status: 'unverified', chosen: 'own', reason: 'own' },
    warnings: [],
    trace: { id: 'own', kind: 'leaf', name: 'own', startedAtMs: 0, children: [] },
  };
}

/** A model that somebody wrote by hand, outside `defineModel`. */
function handMade(work: (request: GenerateRequest) => GenerateResult): { model: Model; requests: GenerateRequest[] } {
  const requests: GenerateRequest[] = [];
  const generate = async (request: GenerateRequest): Promise<GenerateResult> => {
    requests.push(request);
    return work(request);
  };
  const model: Model = {
    specVersion: 1,
    provider: 'own',
    modelId: 'own',
    capabilitiesFor: () => textCapabilities(),
    generate,
    stream: (request) =>
      createModelStream(async (push) => {
        const given = await generate(request);
        push({ type: 'commit', candidateId: 'own', attemptId: 'own' });
        push({ type: 'text-delta', text: '97', candidateId: 'own', attemptId: 'own' });
        return given;
      }, request.signal),
  };
  return { model, requests };
}

async function failureOf(
  work: (request: GenerateRequest) => GenerateResult,
): Promise<{ error: TollgateError; guard: RecordingGuard }> {
  const guard = new RecordingGuard();
  try {
    await heldAsLeaf(handMade(work).model).generate({ messages, context: rootContext({ guards: [guard] }) });
  } catch (error) {
    if (TollgateError.isInstance(error)) return { error, guard };
    throw error;
  }
  throw new Error('Nothing was thrown.');
}

describe('heldAsLeaf', () => {
  it('leaves alone what hands the context down itself', () => {
    const model = scriptedModel([]);
    expect(heldAsLeaf(model)).toBe(model);
  });

  it('holds a call of a hand-made model as one attempt, and nothing inside it again', async () => {
    const guard = new RecordingGuard();
    const { model, requests } = handMade(() => result([charge({ inputUncached: 5, outputText: 2 })]));
    const { candidates, charges } = await heldAsLeaf(model).generate({
      messages,
      context: rootContext({ guards: [guard], scopes: { user: 'ada' } }),
    });
    expect(guard.log).toEqual(['admit', 'settle exact']);
    expect(requests[0]?.context).toMatchObject({ guards: [], scopes: { user: 'ada' } });
    expect(charges).toMatchObject([{ usage: { inputUncached: 5, outputText: 2 }, candidateIds: [candidates[0]?.id] }]);
    expect(candidates[0]?.attemptId).toBe(charges[0]?.attemptId);
  });

  it('adds up what its attempts used: a bucket that one does not know stays unknown, and the weakest knowledge counts', async () => {
    const guard = new RecordingGuard();
    const { model } = handMade(() =>
      result([charge({ inputUncached: 5, outputText: 2 }), charge({ inputUncached: 3 }, 'estimated')]),
    );
    await heldAsLeaf(model).generate({ messages, context: rootContext({ guards: [guard] }) });
    expect(guard.settlements).toMatchObject([{ usage: { inputUncached: 8 }, usageKnown: 'estimated' }]);
    expect(guard.settlements[0]?.usage).not.toHaveProperty('outputText');
  });

  it('is charged its upper bound where it does not say what it used', async () => {
    const guard = new RecordingGuard();
    await heldAsLeaf(handMade(() => result([])).model).generate({
      messages,
      context: rootContext({ guards: [guard] }),
    });
    expect(guard.settlements).toMatchObject([{ usage: {}, usageKnown: 'upper-bound' }]);
  });

  it('asks the model as it is where nothing has to be held', async () => {
    const answer = result([charge({ outputText: 1 }), charge({ outputText: 2 })]);
    const held = heldAsLeaf(handMade(() => answer).model);
    expect(await held.generate({ messages })).toBe(answer);
    expect(await held.stream({ messages }).result).toBe(answer);
  });

  it('streams under the ids of the attempt', async () => {
    const parts: StreamPart[] = [];
    const context = rootContext({ guards: [new RecordingGuard()] });
    for await (const part of heldAsLeaf(handMade(() => result([])).model).stream({ messages, context }))
      parts.push(part);
    expect(parts.map(({ type }) => type)).toEqual(['start', 'commit', 'text-delta', 'candidate-finish', 'finish']);
    const last = parts.at(-1);
    const ids = parts.flatMap((part) => ('candidateId' in part ? [part.candidateId] : []));
    expect(new Set(ids)).toEqual(new Set(last?.type === 'finish' ? [last.result.candidates[0]?.id] : []));
  });

  it('keeps what an aborted call had made, and charges that', async () => {
    const controller = new AbortController();
    const guard = new RecordingGuard();
    const { model } = handMade(() => {
      controller.abort();
      throw new AbortedError('aborted', { partial: result([charge({ outputText: 1 }, 'estimated')]) });
    });
    const call = heldAsLeaf(model).generate({
      messages,
      signal: controller.signal,
      context: rootContext({ guards: [guard] }),
    });
    await expect(call).rejects.toMatchObject({
      code: 'aborted',
      partial: { candidates: [{}], charges: [{ usageKnown: 'estimated' }] },
    });
    expect(guard.log).toEqual(['admit', 'settle estimated']);
  });

  it.each<[string, TollgateError]>([
    ['was refused in the end', new ModelCallError('busy', { failure: 'overloaded', dispatch: 'refused' })],
    ['met what the caller has to mend', new InvalidOptionError('seed', 'seed is too big')],
  ])('charges what a call that %s had paid for before', async (_, error) => {
    error.charges = [charge({ inputUncached: 5, outputText: 2 })];
    const { error: thrown, guard } = await failureOf(() => {
      throw error;
    });
    expect(guard.settlements).toMatchObject([{ usage: { inputUncached: 5, outputText: 2 }, usageKnown: 'exact' }]);
    expect(thrown).toMatchObject({
      code: 'call-failed',
      message: error.message,
      cause: error,
      charges: [{ usageKnown: 'exact' }],
    });
  });

  it('charges nothing for a call that was refused unpaid', async () => {
    const error = new InvalidOptionError('seed', 'seed is too big');
    const { error: thrown, guard } = await failureOf(() => {
      throw error;
    });
    expect(thrown).toBe(error);
    expect(guard.log).toEqual(['admit', 'release invalid-option']);
  });
});
