import { ModelCallError } from '../../errors/model-call-error.ts';
import type { LeafCall, LeafCandidate, LeafOutcome } from '../../leaf/leaf-call.ts';
import { sampleRandoms } from '../../local/sample-randoms.ts';
import { tokenChoice } from '../../local/token-choice.ts';
import type { Usage } from '../../spec/usage.ts';
import type { Engine } from './load-engine.ts';
import { Sample } from './sample.ts';
import { warningsFor } from './warnings-for.ts';

/** One attempt: what is new of the prompt once, then all samples in step, each step one run of the graph. */
export async function callOnnx(engine: Engine, call: LeafCall): Promise<LeafOutcome> {
  const { request, context, signal } = call;
  const prompt = engine.template.render(request);
  const room = engine.contextTokens - prompt.length;
  if (room < 1) {
    throw new ModelCallError(
      `The prompt has ${prompt.length} tokens; "${engine.modelId}" was opened with room for ${engine.contextTokens}. Shorten it, or raise contextTokens.`,
      { failure: 'context-length', dispatch: 'not-sent' },
    );
  }
  const samples = samplesOf(engine, call, Math.min(request.maxOutputTokens ?? room, room));
  const isAborted = (): boolean => signal?.aborted === true;

  if (isAborted()) {
    // It waited for its turn until nobody wanted it. What is kept of another conversation stays.
    return {
      candidates: samples.map((sample) => sample.end('aborted')),
      usage: { inputUncached: 0, cacheRead: 0, outputText: 0, engineSeconds: 0 },
    };
  }
  const started = context.clock.monotonic();
  const { conversation } = engine;
  const before = prompt.slice(0, -1);
  const kept = conversation.rewind(before);
  let evaluated = 0;
  const usage = (): Usage => ({
    inputUncached: evaluated - kept,
    cacheRead: kept,
    outputText: samples.reduce((sum, sample) => sum + sample.tokens, 0),
    engineSeconds: (context.clock.monotonic() - started) / 1000,
  });
  try {
    await conversation.append(before.slice(kept), { stops: isAborted });
    // The last token comes with the first step.
    evaluated = isAborted() ? conversation.length : prompt.length;
    const candidates = await decode(engine, samples, { last: prompt.at(-1) ?? 0, call });
    return { candidates, usage: usage(), warnings: [...engine.warnings, ...warningsFor(engine, request)] };
  } catch (error) {
    evaluated = Math.max(evaluated, conversation.length);
    conversation.clear();
    throw new ModelCallError(
      `onnx/${engine.modelId} failed: ${error instanceof Error ? error.message : String(error)}`,
      { failure: 'engine', dispatch: 'unknown', partial: { candidates: [], usage: usage() }, cause: error },
    );
  }
}

function samplesOf(engine: Engine, call: LeafCall, maxTokens: number): readonly Sample[] {
  const { request, emit } = call;
  const randomOf = sampleRandoms(call);
  return Array.from(
    { length: request.samples ?? 1 },
    (_, index) =>
      new Sample(engine, {
        choice: tokenChoice(request),
        stops: request.stop ?? [],
        maxTokens,
        random: randomOf(index),
        show: emit === undefined ? undefined : (text) => emit({ type: 'text-delta', sample: index, text }),
      }),
  );
}

/** Draws all samples in step. One that has ended leaves the batch. */
async function decode(
  engine: Engine,
  samples: readonly Sample[],
  { last, call }: { readonly last: number; readonly call: LeafCall },
): Promise<readonly LeafCandidate[]> {
  const { clock } = call.context;
  const width = engine.graph.vocabularySize;
  const ended = new Map<Sample, LeafCandidate>();
  const isAborted = (): boolean => call.signal?.aborted === true;
  const batch = isAborted() ? undefined : engine.conversation.batch(samples.length);
  let rows = samples.map((sample) => ({ sample, token: last }));
  while (batch !== undefined && rows.length > 0 && !isAborted()) {
    const started = clock.monotonic();
    const logits = await batch.step(rows.map(({ token }) => token));
    const next: { sample: Sample; token: number }[] = [];
    const kept: number[] = [];
    for (const [row, { sample }] of rows.entries()) {
      const taken = sample.take(logits.subarray(row * width, (row + 1) * width));
      if ('by' in taken) {
        ended.set(sample, sample.end(taken.by));
      } else {
        next.push({ sample, token: taken.token });
        kept.push(row);
      }
    }
    const share = (clock.monotonic() - started) / rows.length;
    for (const { sample } of rows) sample.engineMs += share;
    if (kept.length < rows.length) batch.keepRows(kept);
    rows = next;
  }
  return samples.map((sample) => ended.get(sample) ?? sample.end('aborted'));
}
