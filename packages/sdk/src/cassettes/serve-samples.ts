import type { LeafCandidate, LeafOutcome, LeafPart } from '../leaf/leaf-call.ts';
import type { AssistantPart } from '../spec/content.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { TokenLogprob, Warning } from '../spec/result.ts';
import type { Usage, UsageKnown } from '../spec/usage.ts';
import type { CallPart, SampleLine } from './cassette-lines.ts';
import { cutSample } from './cut-sample.ts';
import type { TapedSample } from './tape-entry.ts';

/** What an attempt is served with. */
export interface ServeOptions {
  /** The request as it may be sent: a lower output cap than at recording cuts the samples. */
  readonly request: GenerateRequest;
  readonly taped: readonly TapedSample[];
  readonly promptBilledOnce: boolean;
  readonly emit: ((part: LeafPart) => void) | undefined;
}

/** Answers an attempt from recorded samples, with the usage that the engine would have charged for as many. */
export function serveSamples({ request, taped, promptBilledOnce, emit }: ServeOptions): LeafOutcome {
  const samples = taped.map(({ sample }) => cutSample(sample, request.maxOutputTokens));
  if (emit !== undefined) for (const [i, sample] of samples.entries()) emitSample(sample, i, emit);
  const wantsLogprobs = request.logprobs !== undefined;
  const lacking = wantsLogprobs && samples.some((sample) => sample.logprobs === undefined);
  return {
    candidates: samples.map((sample) => toCandidate(sample, request.logprobs?.top)),
    usage: usageOf(samples, taped[0]?.call ?? {}, promptBilledOnce ? 1 : samples.length),
    usageKnown: leastKnown(taped.map(({ call }) => call.usageKnown ?? 'exact')),
    ...(lacking && { warnings: [noLogprobs] }),
  };
}

const noLogprobs: Warning = {
  code: 'unsupported',
  option: 'logprobs',
  message: 'The recording holds no log-probabilities for this prompt. Ask for them when recording.',
};

/** The parts of a recorded answer. */
export function contentOf(sample: SampleLine): readonly AssistantPart[] {
  return typeof sample.content === 'string' ? [{ type: 'text', text: sample.content }] : sample.content;
}

function toCandidate(sample: SampleLine, top: number | undefined): LeafCandidate {
  const { finish, outputTokens, engineSeconds, logprobs } = sample;
  return {
    content: contentOf(sample),
    finish,
    ...(top !== undefined && logprobs !== undefined && { logprobs: logprobs.map((token) => toLogprob(token, top)) }),
    ...(outputTokens !== undefined && { outputTokens }),
    ...(engineSeconds !== undefined && { engineSeconds }),
  };
}

function toLogprob(
  [text, logprob, alternatives]: NonNullable<SampleLine['logprobs']>[number],
  top: number,
): TokenLogprob {
  if (alternatives === undefined || top === 0) return { text, logprob };
  return { text, logprob, top: alternatives.slice(0, top).map(([other, score]) => ({ text: other, logprob: score })) };
}

// A sum with an unknown term is unknown.
function sumOf(values: readonly (number | undefined)[]): number | undefined {
  let total = 0;
  for (const value of values) {
    if (value === undefined) return undefined;
    total += value;
  }
  return total;
}

function usageOf(samples: readonly SampleLine[], call: CallPart, prompts: number): Usage {
  const { inputTokens, cacheRead, cacheWrite, units, billed } = call;
  const reasoning = sumOf(samples.map((sample) => sample.reasoningTokens));
  const output = sumOf(samples.map((sample) => sample.outputTokens));
  const ownSeconds = sumOf(samples.map((sample) => sample.engineSeconds));
  const seconds = call.engineSeconds === undefined ? ownSeconds : call.engineSeconds * prompts + (ownSeconds ?? 0);
  return {
    ...(inputTokens !== undefined && {
      inputUncached: (inputTokens - (cacheRead ?? 0) - (cacheWrite?.total ?? 0)) * prompts,
    }),
    ...(cacheRead !== undefined && { cacheRead: cacheRead * prompts }),
    ...(cacheWrite !== undefined && { cacheWrite: timesWrite(cacheWrite, prompts) }),
    ...(output !== undefined && { outputText: output - (reasoning ?? 0) }),
    ...(reasoning !== undefined && { outputReasoning: reasoning }),
    ...(units !== undefined && { units: timesEach(units, prompts) }),
    ...(billed !== undefined && { billed }),
    ...(seconds !== undefined && { engineSeconds: seconds }),
  };
}

function timesWrite(
  { total, byTtl }: NonNullable<CallPart['cacheWrite']>,
  factor: number,
): NonNullable<Usage['cacheWrite']> {
  return { total: total * factor, ...(byTtl !== undefined && { byTtl: timesEach(byTtl, factor) }) };
}

function timesEach(amounts: Readonly<Record<string, number>>, factor: number): Record<string, number> {
  return Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, amount * factor]));
}

function leastKnown(known: readonly UsageKnown[]): UsageKnown {
  return known.find((one) => one === 'upper-bound') ?? known.find((one) => one === 'estimated') ?? 'exact';
}

function emitSample(sample: SampleLine, index: number, emit: (part: LeafPart) => void): void {
  for (const part of contentOf(sample)) {
    switch (part.type) {
      case 'text':
        for (const text of piecesOf(sample, part.text)) emit({ type: 'text-delta', sample: index, text });
        break;
      case 'reasoning':
        emit({ type: 'reasoning-delta', sample: index, text: part.text });
        break;
      case 'tool-call':
        emit({ type: 'tool-call', sample: index, call: part });
        break;
      case 'file':
        break;
      default:
        part satisfies never;
    }
  }
}

/** The tokens of a text where the log-probabilities tell them, else the text in one piece. */
function piecesOf(sample: SampleLine, text: string): readonly string[] {
  const tokens = sample.logprobs?.map(([token]) => token) ?? [];
  return tokens.join('') === text ? tokens.filter((token) => token !== '') : [text];
}
