import { createRandom } from '@tollgate/stats';
import type { LlamaContextSequence, Token } from 'node-llama-cpp';
import { ModelCallError } from '../../errors/model-call-error.ts';
import type { LeafCall, LeafCandidate, LeafOutcome } from '../../leaf/leaf-call.ts';
import type { RandomSource } from '../../spec/context.ts';
import type { FinishedBy, TokenLogprob, Warning } from '../../spec/result.ts';
import { AnswerText } from './answer-text.ts';
import type { Engine } from './load-engine.ts';
import { type RenderedPrompt, renderPrompt } from './render-prompt.ts';

import { sharePrompt } from './share-prompt.ts';
import { type NextToken, tokenChoice, tokenStream } from './token-stream.ts';

/** One attempt: the prompt once, then all samples in step, each decode a batch. */
export async function callLlama(engine: Engine, call: LeafCall): Promise<LeafOutcome> {
  const { request, context } = call;
  const prompt = renderPrompt(engine.model, engine.chatWrapper, request);
  const room = engine.contextTokens - prompt.tokens.length;
  if (room < 1) {
    throw new ModelCallError(
      `The prompt has ${prompt.tokens.length} tokens; "${engine.modelId}" was opened with room for ${engine.contextTokens}. Shorten it, or raise contextTokens.`,
      { failure: 'context-length', dispatch: 'not-sent' },
    );
  }
  const maxTokens = Math.min(request.maxOutputTokens ?? room, room);
  const sequences = engine.sequences.slice(0, request.samples ?? 1);
  const randomOf = randomSources(call);

  const started = context.clock.monotonic();
  await sharePrompt(sequences, prompt.tokens);
  const decoding = context.clock.monotonic();
  // All are waited for, also when one fails: a sequence that is still running must not meet the next call.
  const settled = await Promise.allSettled(
    sequences.map((sequence, i) =>
      drawSample({ engine, sequence, prompt, maxTokens, call, index: i, random: randomOf(i) }),
    ),
  );
  const samples = settled.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
  const ended = context.clock.monotonic();

  const outputTokens = samples.reduce((sum, sample) => sum + sample.tokens, 0);
  const decodeSeconds = (ended - decoding) / 1000;
  return {
    candidates: samples.map(
      (sample): LeafCandidate => ({
        content: [{ type: 'text', text: sample.text }],
        finish: sample.finish,
        outputTokens: sample.tokens,
        engineSeconds: outputTokens === 0 ? 0 : (decodeSeconds * sample.tokens) / outputTokens,
        ...(sample.logprobs !== undefined && { logprobs: sample.logprobs }),
      }),
    ),
    usage: {
      inputUncached: prompt.tokens.length,
      outputText: outputTokens,
      engineSeconds: (ended - started) / 1000,
    },
    warnings: warningsFor(call),
  };
}

interface Sample {
  readonly text: string;
  readonly tokens: number;
  readonly finish: LeafCandidate['finish'];
  readonly logprobs: readonly TokenLogprob[] | undefined;
}

async function drawSample(draw: {
  readonly engine: Engine;
  readonly sequence: LlamaContextSequence;
  readonly prompt: RenderedPrompt;
  readonly maxTokens: number;
  readonly call: LeafCall;
  readonly index: number;
  readonly random: RandomSource;
}): Promise<Sample> {
  const { engine, sequence, prompt, maxTokens, index, random } = draw;
  const { request, signal, emit } = draw.call;
  const answer = new AnswerText(engine.model, request.stop ?? []);
  const choice = tokenChoice(request);
  const logprobs: TokenLogprob[] | undefined = choice.logprobs === undefined ? undefined : [];
  const first = prompt.tokens.at(-1) as Token;
  let tokens = 0;
  let by: FinishedBy = signal?.aborted === true ? 'aborted' : 'eos';
  let stopString: string | undefined;
  const stream = by === 'aborted' ? [] : tokenStream(sequence, first, { choice, random });
  for await (const next of stream) {
    if (engine.model.isEogToken(next.token) || prompt.endTokens.has(next.token)) break;
    tokens += 1;
    const { piece, stop } = answer.push(next.token);
    logprobs?.push(tokenLogprob(engine, piece, next));
    if (stop !== undefined) {
      by = 'stop';
      stopString = stop;
      break;
    }
    if (emit !== undefined) emitText(emit, index, answer.release(false));
    if (signal?.aborted === true) by = 'aborted';
    else if (tokens >= maxTokens) by = 'length';
    if (by !== 'eos') break;
  }
  if (emit !== undefined) emitText(emit, index, answer.release(true));
  return {
    text: answer.text,
    tokens,
    logprobs,
    finish: {
      unified: by === 'length' ? 'length' : by === 'aborted' ? 'aborted' : 'stop',
      by,
      ...(stopString !== undefined && { stopString }),
    },
  };
}

function tokenLogprob({ model }: Engine, text: string, { logprob = 0, alternatives = [] }: NextToken): TokenLogprob {
  const top = alternatives.map((other) => ({ text: model.detokenize([other.token], true), logprob: other.logprob }));
  return { text, logprob, ...(top.length > 0 && { top }) };
}

function emitText(emit: NonNullable<LeafCall['emit']>, sample: number, text: string): void {
  if (text !== '') emit({ type: 'text-delta', sample, text });
}

/** A source of chance for each sample: from the request's seed where it has one, else from the context. */
function randomSources({ request, context, firstSample }: LeafCall): (index: number) => RandomSource {
  const base = request.seed === undefined ? context.random : createRandom(request.seed);
  return (index) => base.fork(`sample ${firstSample + index}`);
}

function warningsFor({ request }: LeafCall): readonly Warning[] {
  const unsupported: string[] = [];
  if (request.tools !== undefined && request.tools.length > 0) unsupported.push('tools');
  if (request.output !== undefined) unsupported.push('output');
  if (request.effort !== undefined) unsupported.push('effort');
  if (request.maxReasoningTokens !== undefined) unsupported.push('maxReasoningTokens');
  if (request.serviceTier !== undefined) unsupported.push('serviceTier');
  return unsupported.map((option) => ({
    code: 'unsupported',
    option,
    message: `The llama.cpp adapter does not take "${option}"; it was left out.`,
  }));
}
