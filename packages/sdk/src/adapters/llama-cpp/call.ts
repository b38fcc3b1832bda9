import type { LeafCall, LeafCandidate, LeafOutcome } from '../../leaf/leaf-call.ts';
import { sampleRandoms } from '../../local/sample-randoms.ts';
import { tokenChoice } from '../../local/token-choice.ts';
import { type AnswerPlan, mustCall, planAnswer } from './answer-plan.ts';
import { AnswerReader } from './answer-reader.ts';
import { deviceWarnings } from './devices.ts';
import { type DrawnSample, drawSample } from './draw-sample.ts';
import { grammarStates } from './grammar-states.ts';
import type { Engine } from './load-engine.ts';
import { openSampleBatch, type SampleBatch } from './sample-batch.ts';

/** One attempt: the prompt once, then all samples in step, each decode a batch. */
export async function callLlama(engine: Engine, call: LeafCall): Promise<LeafOutcome> {
  const { request, context } = call;
  const plan = planAnswer(engine, request);
  const promptTokens = plan.prompt.tokens.length;
  const count = request.samples ?? 1;
  const choice = tokenChoice(request);
  const randomOf = sampleRandoms(call);
  const newGrammar =
    plan.grammar === undefined
      ? undefined
      : await grammarStates(engine.model, { grammar: plan.grammar, option: mustCall(request) ? 'tools' : 'output' });

  const batch = await openSampleBatch(engine, {
    prompt: plan.prompt.tokens,
    samples: count,
    sessionKey: request.sessionKey,
    signal: call.signal,
    mayDraft: choice.temperature === 0 && choice.logprobs === undefined && plan.grammar === undefined,
  });
  // All are waited for, also when one fails: a sequence that is still running must not meet the next call.
  const settled = await Promise.allSettled(
    Array.from({ length: count }, (_, i) =>
      timedSample({ engine, batch, plan, choice, grammar: newGrammar?.(), call, index: i, random: randomOf(i) }),
    ),
  );
  const { engineSeconds, drafts } = batch.close();
  if (drafts !== undefined) {
    context.span.add({ values: { 'drafts validated': drafts.validated, 'drafts refuted': drafts.refuted } });
  }
  const samples = settled.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });

  const total = (tokensOf: (sample: DrawnSample) => number): number =>
    samples.reduce((sum, sample) => sum + tokensOf(sample), 0);
  const outputReasoning = total((sample) => sample.reasoningTokens);
  return {
    candidates: samples.map(
      (sample): LeafCandidate => ({
        content: sample.content,
        finish: sample.finish,
        outputTokens: sample.tokens,
        engineSeconds: sample.engineSeconds,
        ...(sample.logprobs !== undefined && { logprobs: sample.logprobs }),
      }),
    ),
    usage: {
      inputUncached:
        (batch.wasAborted ? batch.evaluatedTokens : promptTokens - batch.reusedTokens) +
        total((sample) => sample.forcedTokens),
      cacheRead: batch.reusedTokens,
      outputText: total((sample) => sample.tokens) - outputReasoning,
      outputReasoning,
      engineSeconds,
    },
    warnings: [...deviceWarnings(engine.device), ...plan.warnings],
  };
}

interface TimedSample extends DrawnSample {
  readonly engineSeconds: number;
}

/** Draws a sample and measures its share of the engine's time. */
async function timedSample(
  draw: Omit<Parameters<typeof drawSample>[0], 'sequence'> & { readonly batch: SampleBatch },
): Promise<TimedSample> {
  const { batch, index, plan } = draw;
  const sequence = batch.sequences[index];
  if (batch.wasAborted || draw.call.signal?.aborted === true || sequence === undefined) return notDrawn(plan);
  const share = batch.startSample();
  let engineSeconds = 0;
  let sample: DrawnSample;
  try {
    sample = await drawSample({ ...draw, sequence });
  } finally {
    engineSeconds = share.stop();
  }
  return { ...sample, engineSeconds };
}

function notDrawn({ form }: AnswerPlan): TimedSample {
  return {
    content: new AnswerReader(form, 0).finish(),
    finish: { unified: 'aborted', by: 'aborted' },
    tokens: 0,
    reasoningTokens: 0,
    forcedTokens: 0,
    logprobs: undefined,
    engineSeconds: 0,
  };
}
