import {
  AbortedError,
  type Capabilities,
  defineModel,
  type EffortLevel,
  type GenerateRequest,
  type LeafCall,
  type LeafOutcome,
  type Model,
  ModelCallError,
  textCapabilities,
  withFallback,
  withRetry,
} from '@tollgate/sdk';
import { describe, expect, it } from 'vitest';
import { effortController } from './effort-controller.ts';
import { withEffort } from './with-effort.ts';

const prompt: GenerateRequest = { messages: [{ role: 'user', content: 'How many?' }] };
const levels: Partial<Capabilities> = { efforts: ['low', 'medium', 'high'] };
const thinks: { readonly [level in EffortLevel]?: number } = { low: 100, medium: 400, high: 800 };

interface Leaf {
  readonly model: Model;
  readonly sent: GenerateRequest[];
}

/** Thinks for 400 tokens, or what its level or cap says; then says 7. */
function leaf(
  capabilities: Partial<Capabilities> = levels,
  change: (call: LeafCall) => LeafOutcome | undefined = () => undefined,
): Leaf {
  const sent: GenerateRequest[] = [];
  const model = defineModel({
    provider: 'test',
    modelId: 'thinker',
    capabilities: textCapabilities(capabilities),
    call: async (call) => {
      const { request, emit } = call;
      sent.push(request);
      const changed = change(call);
      if (changed !== undefined) return changed;
      emit?.({ type: 'text-delta', sample: 0, text: '7' });
      const tokens = Math.min(thinks[request.effort ?? 'medium'] ?? 400, request.maxReasoningTokens ?? Infinity);
      return outcome({ outputReasoning: tokens, outputText: 1 });
    },
  });
  return { model, sent };
}

function outcome(usage: LeafOutcome['usage'], by: 'eos' | 'length' = 'eos'): LeafOutcome {
  return {
    candidates: [{ content: [{ type: 'text', text: '7' }], finish: { unified: by === 'eos' ? 'stop' : 'length', by } }],
    usage: { inputUncached: 3, ...usage },
  };
}

async function times(calls: number, call: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < calls; i += 1) await call();
}

describe('withEffort', () => {
  it('runs ten calls as the model would by itself, and then at the level for the fraction', async () => {
    const controller = effortController();
    const { model, sent } = leaf();
    const half = withEffort(model, { fraction: 0.5, taskClass: 'sums', controller });
    await times(110, () => half.generate(prompt));
    expect(sent.slice(0, 10).map(({ effort }) => effort)).toEqual(Array.from({ length: 10 }, () => undefined));
    expect(sent[0]?.maxOutputTokens).toBe(2 * 2000 + 4096);
    expect(sent[9]?.maxOutputTokens).toBe(2 * 400 + 4096);
    // What "medium" does is a guess until it was tried: the same as saying nothing.
    const used = sent.slice(40).map(({ effort }) => effort);
    expect(new Set(used)).toEqual(new Set(['low', undefined]));
    const [report] = controller.report();
    expect(report).toMatchObject({ model: 'test/thinker', taskClass: 'sums', baselineTokens: 400, unknown: 0 });
    expect(report?.fractions[0]?.calls).toBe(100);
    expect(Math.abs((report?.fractions[0]?.ratio ?? 0) - 1)).toBeLessThan(0.05);
  });

  it('ends reasoning at the cap where the engine does, for exactly the fraction', async () => {
    const controller = effortController();
    const { model, sent } = leaf({ efforts: ['low', 'medium'], reasoningCap: true });
    await times(110, () => withEffort(model, { fraction: 0.25, taskClass: 'sums', controller }).generate(prompt));
    expect(sent.every(({ effort, maxOutputTokens }) => effort === undefined && maxOutputTokens === undefined)).toBe(
      true,
    );
    expect(controller.report()[0]?.fractions[0]?.ratio).toBeCloseTo(1, 1);
  });

  it('warns where there is no lever, and sets a cap', async () => {
    const controller = effortController({ referenceCalls: 0, priorTokens: 1000, answerAllowance: 100 });
    const { model, sent } = leaf({ limits: { maxOutputTokens: 500 } });
    const half = withEffort(model, { fraction: 0.5, taskClass: 'sums', controller });
    const { warnings } = await half.generate(prompt);
    expect(warnings).toMatchObject([{ code: 'unsupported', option: 'fraction' }]);
    const stream = half.stream(prompt);
    const parts = [];
    for await (const part of stream) parts.push(part);
    expect(parts[0]).toMatchObject({ type: 'start', warnings: [{ option: 'fraction' }] });
    expect(parts.at(-1)).toMatchObject({ type: 'finish', result: { warnings: [{ option: 'fraction' }] } });
    // 2 × 500 + 100, and the model has no more than 500.
    expect(sent.map(({ maxOutputTokens }) => maxOutputTokens)).toEqual([500, 500]);
  });

  it('keeps the caller’s level, and the caller’s caps where they are lower', async () => {
    const controller = effortController({ referenceCalls: 0, priorTokens: 1000 });
    const { model, sent } = leaf();
    const half = withEffort(model, { fraction: 0.4, taskClass: 'sums', controller });
    await half.generate({ ...prompt, effort: 'high', maxOutputTokens: 50 });
    await half.generate({ ...prompt, maxOutputTokens: 100_000 });
    expect(sent).toMatchObject([
      { effort: 'high', maxOutputTokens: 50 },
      { effort: 'low', maxOutputTokens: 800 + 4096 },
    ]);
    const capped = leaf({ reasoningCap: true });
    const other = withEffort(capped.model, { fraction: 0.4, taskClass: 'sums', controller });
    await other.generate({ ...prompt, maxReasoningTokens: 10 });
    expect(capped.sent[0]?.maxReasoningTokens).toBe(10);
  });

  it('keeps one level for a conversation', async () => {
    const controller = effortController({ referenceCalls: 0, priorTokens: 400 });
    const { model, sent } = leaf();
    const mixed = withEffort(model, { fraction: 0.7, taskClass: 'sums', controller });
    for (const sessionKey of ['a', 'b', 'c', 'd']) await times(5, () => mixed.generate({ ...prompt, sessionKey }));
    const bySession = new Map<string | undefined, Set<EffortLevel | undefined>>();
    for (const { sessionKey, effort } of sent) {
      bySession.set(sessionKey, (bySession.get(sessionKey) ?? new Set()).add(effort));
    }
    expect([...bySession.values()].map((efforts) => efforts.size)).toEqual([1, 1, 1, 1]);
  });

  it('never takes unknown reasoning for none', async () => {
    const controller = effortController();
    const silent = leaf(levels, () => outcome({ outputText: 300 }));
    const half = withEffort(silent.model, { fraction: 0.5, taskClass: 'sums', controller });
    const { warnings } = await half.generate(prompt);
    expect(warnings).toMatchObject([
      { code: 'assumed', option: 'fraction', message: expect.stringContaining('2000 tokens') },
    ]);
    expect(controller.report()).toMatchObject([{ unknown: 1, referenceCalls: 0, baselineTokens: 2000, fractions: [] }]);
  });

  it('says so where the model does not think by itself', async () => {
    const { model } = leaf(levels, () => outcome({ outputText: 3, outputReasoning: 0 }));
    const half = withEffort(model, {
      fraction: 0.5,
      taskClass: 'sums',
      controller: effortController({ referenceCalls: 1 }),
    });
    expect((await half.generate(prompt)).warnings).toEqual([]);
    expect((await half.generate(prompt)).warnings).toMatchObject([
      { code: 'assumed', message: expect.stringContaining('reference') },
    ]);
  });

  it('takes a call that was cut before it answered for one that would have gone on, and no other', async () => {
    const controller = effortController();
    const usages = [
      outcome({ outputReasoning: 300, outputText: 0 }, 'length'),
      outcome({ outputReasoning: 300, outputText: 50 }, 'length'),
      outcome({ outputReasoning: 300, outputText: 5 }),
    ];
    const { model } = leaf(levels, () => usages.shift());
    await times(3, () => withEffort(model, { fraction: 1, taskClass: 'sums', controller }).generate(prompt));
    expect(controller.state().records[0]?.reference).toEqual({ calls: 3, ended: 2, tokens: 900, longest: 300 });
  });

  it('observes every attempt, failed and aborted ones too', async () => {
    const controller = effortController();
    let call = 0;
    const failing = leaf(levels, () => {
      call += 1;
      if (call > 1) return undefined;
      throw new ModelCallError('Gone.', {
        failure: 'server',
        dispatch: 'unknown',
        partial: { candidates: [], usage: { inputUncached: 3, outputReasoning: 90, outputText: 0 } },
      });
    });
    const model = withEffort(withRetry(failing.model, { attempts: 2, retryUnknown: true }), {
      fraction: 1,
      taskClass: 'sums',
      controller,
    });
    await model.generate(prompt);
    expect(controller.state().records[0]?.reference).toEqual({ calls: 2, ended: 1, tokens: 490, longest: 400 });
    const abort = new AbortController();
    const aborted = leaf(levels, () => {
      abort.abort();
      return {
        candidates: [{ content: [], finish: { unified: 'aborted', by: 'aborted' } }],
        usage: { inputUncached: 3, outputReasoning: 60, outputText: 0 },
      };
    });
    const stopped = withEffort(aborted.model, { fraction: 1, taskClass: 'aborted', controller });
    await expect(stopped.generate({ ...prompt, signal: abort.signal })).rejects.toBeInstanceOf(AbortedError);
    expect(controller.state().records[1]?.reference).toEqual({ calls: 1, ended: 0, tokens: 60, longest: 60 });
  });

  it('ends a plan also where nothing was sent, and takes other models below a strategy for attempts of it', async () => {
    const controller = effortController({ referenceCalls: 1 });
    const broken = leaf(levels, () => {
      throw new ModelCallError('No.', { failure: 'overloaded', dispatch: 'refused' });
    });
    const model = withEffort(broken.model, { fraction: 1, taskClass: 'sums', controller });
    await expect(model.generate(prompt)).rejects.toThrow('No.');
    const both = withEffort(withFallback(broken.model, [leaf().model]), {
      fraction: 0.5,
      taskClass: 'sums',
      controller,
    });
    await both.generate(prompt);
    expect(controller.report()[0]).toMatchObject({ referenceCalls: 1, baselineTokens: 400 });
  });

  it('grades a call by the id of its result, and shows in the trace what was asked', async () => {
    const controller = effortController({ referenceCalls: 0, priorTokens: 400 });
    const quarter = withEffort(leaf().model, { fraction: 0.25, taskClass: 'sums', controller });
    const { trace } = await quarter.generate(prompt);
    expect(trace).toMatchObject({
      kind: 'wrapper',
      name: 'effort test/thinker',
      status: 'answered',
      values: { fraction: 0.25, 'baseline tokens': 400, effort: 'low' },
    });
    expect(controller.reportCorrect({ resultId: trace.id, correct: true })).toBe(true);
    expect(controller.report()[0]?.fractions).toMatchObject([{ graded: 1, correct: 1, rewarded: 1, complied: 1 }]);
  });

  it('gives calls of one application ids of their own', async () => {
    const controller = effortController({ referenceCalls: 0 });
    const model = withEffort(leaf().model, { fraction: 0.5, taskClass: 'sums', controller });
    const ids = [(await model.generate(prompt)).trace.id, (await model.generate(prompt)).trace.id];
    expect(new Set(ids).size).toBe(2);
  });

  it.each([0, 2.5, Number.NaN])('refuses fraction %d when it is made', (fraction) => {
    expect(() => withEffort(leaf().model, { fraction, taskClass: 'sums' })).toThrow(
      /^fraction must be in \[0\.01, 2\]/,
    );
  });
});
