import { TollgateError } from '../errors/tollgate-error.ts';
import { defineModel } from '../leaf/define-model.ts';
import type { LeafCall, LeafCandidate, LeafOutcome } from '../leaf/leaf-call.ts';
import { textCapabilities } from '../leaf/text-capabilities.ts';
import type { Capabilities } from '../spec/capabilities.ts';
import type { AssistantPart, Message } from '../spec/content.ts';
import type { Model } from '../spec/model.ts';
import type { Pricing } from '../spec/pricing.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { Finish, TokenLogprob } from '../spec/result.ts';
import type { Usage } from '../spec/usage.ts';

interface StepFacts {
  /** @defaultValue a token for every four characters of prompt and answer, no reasoning */
  readonly usage?: Usage;
  /** Milliseconds on the call's clock before the answer. An abort meanwhile ends the call without text. @defaultValue 0 */
  readonly delayMs?: number;
}

interface AnswerFacts extends StepFacts {
  /** @defaultValue ended by the model itself */
  readonly finish?: Finish;
  readonly logprobs?: readonly TokenLogprob[];
}

/** What one attempt on the wire gets: an answer, an answer for each of several samples, or an error. */
export type ScriptStep =
  | ({ readonly text: string } & AnswerFacts)
  | ({ readonly content: readonly AssistantPart[] } & AnswerFacts)
  | ({ readonly texts: readonly string[] } & StepFacts)
  | { readonly error: Error; readonly delayMs?: number };

/** Steps in the order of the attempts, or the step for a request. */
export type Script = readonly ScriptStep[] | ((request: GenerateRequest) => ScriptStep);

/** What a scripted model is besides its script. */
export interface ScriptedModelOptions {
  /** @defaultValue 'scripted' */
  readonly provider?: string;
  /** @defaultValue 'model' */
  readonly modelId?: string;
  /** @defaultValue a text model that takes as many samples a call as the longest `texts` */
  readonly capabilities?: Partial<Capabilities>;
  readonly pricing?: Pricing;
}

/** A model that follows a script. */
export interface ScriptedModel extends Model, Disposable {
  /** The requests that were sent, frozen, in order: as fitted, one for each attempt. */
  readonly calls: readonly GenerateRequest[];
  /** @throws TollgateError `unexpected-call` when steps are left over. `using` calls it at the end of the scope. */
  assertDone(): void;
}

/**
 * A model for tests: every attempt takes the next step, or what a function says to its request. A call past the last step
 * fails, and so does `assertDone` while steps are left.
 *
 * @example
 * using model = scriptedModel([{ text: '41' }, { text: '42' }]);
 * await model.generate({ messages: [{ role: 'user', content: 'The answer?' }], samples: 2 });
 * model.calls.length; // 2
 */
export function scriptedModel(script: Script, options: ScriptedModelOptions = {}): ScriptedModel {
  const calls: GenerateRequest[] = [];
  const steps = typeof script === 'function' ? [] : script;
  const nativeMax = Math.max(1, ...steps.map((step) => ('texts' in step ? step.texts.length : 1)));
  const model = defineModel({
    provider: options.provider ?? 'scripted',
    modelId: options.modelId ?? 'model',
    capabilities: textCapabilities({
      samples: { nativeMax, promptBilledOnce: nativeMax > 1, cancelOne: false },
      logprobs: steps.some((step) => 'logprobs' in step) ? 'chosen' : 'none',
      ...options.capabilities,
    }),
    ...(options.pricing !== undefined && { pricing: options.pricing }),
    call: async (call) => {
      const step = typeof script === 'function' ? script(call.request) : steps[calls.length];
      calls.push(frozen(call.request));
      if (step === undefined) throw unexpected(call.request, `step ${calls.length} of a script of ${steps.length}`);
      return play(step, call, calls.length);
    },
  });
  const assertDone = (): void => {
    const left = typeof script === 'function' ? 0 : steps.length - calls.length;
    if (left > 0)
      throw new TollgateError(
        'unexpected-call',
        `The script has ${steps.length} steps, and the last ${left} were never asked for.`,
      );
  };
  return Object.assign(model, { calls, assertDone, [Symbol.dispose]: assertDone });
}

async function play(step: ScriptStep, call: LeafCall, number: number): Promise<LeafOutcome> {
  if (step.delayMs !== undefined && !(await slept(step.delayMs, call))) return abortedOutcome(call.request);
  if ('error' in step) throw step.error;
  const candidates = answersOf(step);
  const samples = call.request.samples ?? 1;
  if (candidates.length !== samples) {
    throw unexpected(call.request, `${samples} samples, and step ${number} of the script has ${candidates.length}`);
  }
  if (call.emit !== undefined) for (const [i, candidate] of candidates.entries()) emitAnswer(candidate, i, call.emit);
  return { candidates, usage: step.usage ?? usageOf(call.request, candidates) };
}

function abortedOutcome(request: GenerateRequest): LeafOutcome {
  const aborted: LeafCandidate = { content: [], finish: { unified: 'aborted', by: 'aborted' }, outputTokens: 0 };
  const candidates = Array.from({ length: request.samples ?? 1 }, () => aborted);
  return { candidates, usage: usageOf(request, candidates) };
}

/** Waits on the call's clock; false when the call was aborted meanwhile. */
async function slept(ms: number, { context, signal }: LeafCall): Promise<boolean> {
  try {
    await context.clock.sleep(ms, signal);
    return true;
  } catch (error) {
    if (signal?.aborted === true) return false;
    throw error;
  }
}

const byItself: Finish = { unified: 'stop', by: 'eos' };

function answersOf(step: Exclude<ScriptStep, { readonly error: Error }>): readonly LeafCandidate[] {
  if ('texts' in step) return step.texts.map((text) => toCandidate([{ type: 'text', text }], byItself));
  const content: readonly AssistantPart[] = 'text' in step ? [{ type: 'text', text: step.text }] : step.content;
  const calls = content.some((part) => part.type === 'tool-call');
  const candidate = toCandidate(content, step.finish ?? (calls ? { unified: 'tool-calls', by: 'eos' } : byItself));
  const { outputText, outputReasoning = 0 } = step.usage ?? {};
  return [
    {
      ...candidate,
      ...(outputText !== undefined && { outputTokens: outputText + outputReasoning }),
      ...(step.logprobs !== undefined && { logprobs: step.logprobs }),
    },
  ];
}

function toCandidate(content: readonly AssistantPart[], finish: Finish): LeafCandidate {
  return { content, finish, outputTokens: tokensIn(content.map(textOf).join('')) };
}

function usageOf(request: GenerateRequest, candidates: readonly LeafCandidate[]): Usage {
  return {
    inputUncached: tokensIn(promptOf(request)),
    outputText: candidates.reduce((sum, candidate) => sum + (candidate.outputTokens ?? 0), 0),
    outputReasoning: 0,
  };
}

function tokensIn(text: string): number {
  return Math.ceil(text.length / 4);
}

function textOf(part: Exclude<Message['content'], string>[number]): string {
  return 'text' in part ? part.text : JSON.stringify(part);
}

function promptOf(request: GenerateRequest): string {
  return request.messages
    .map(({ content }) => (typeof content === 'string' ? content : content.map(textOf).join('')))
    .join('\n');
}

function emitAnswer(candidate: LeafCandidate, sample: number, emit: NonNullable<LeafCall['emit']>): void {
  for (const part of candidate.content) {
    if (part.type === 'tool-call') emit({ type: 'tool-call', sample, call: part });
    else if (part.type !== 'file') {
      const type = `${part.type}-delta` as const;
      const texts = part.type === 'text' ? (part.text.match(/\S*\s*/g) ?? []) : [part.text];
      for (const text of texts) if (text !== '') emit({ type, sample, text });
      const { metadata } = part;
      if (metadata !== undefined) emit({ type, sample, text: '', metadata });
    }
  }
}

function unexpected(request: GenerateRequest, what: string): TollgateError {
  return new TollgateError(
    'unexpected-call',
    `The scripted model was asked for ${what}. The prompt: ${JSON.stringify(promptOf(request).slice(-200))}.`,
  );
}

function frozen(request: GenerateRequest): GenerateRequest {
  return Object.freeze({ ...request, messages: deepFrozen(structuredClone(request.messages)) });
}

function deepFrozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFrozen(part);
  }
  return value;
}
