import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import type { ModelRef } from '../spec/pricing.ts';
import type { Candidate, Charge, GenerateResult, TokenLogprob } from '../spec/result.ts';
import type { Usage } from '../spec/usage.ts';
import type { CallLine, CallPart, LogprobLine, SampleLine } from './cassette-lines.ts';

/** An attempt as it goes on the tape. */
export type RecordedAttempt = Pick<CallLine, 'call' | 'samples'>;

/**
 * The attempts of a live result, one line each.
 *
 * An attempt with an answer that a budget or an abort cut short is left out whole: keeping only its finished answers
 * would fill the tape with the short ones.
 *
 * @throws InvalidOptionError when several models answered: their tokens cannot be added up.
 */
export function linesFromResult(result: GenerateResult, model: ModelRef): readonly RecordedAttempt[] {
  return result.charges.flatMap((charge) => {
    const candidates = result.candidates.filter((candidate) => charge.candidateIds.includes(candidate.id));
    if (candidates.length === 0 || candidates.some(wasCut)) return [];
    if (charge.model.provider !== model.provider || charge.model.modelId !== model.modelId) {
      throw new InvalidOptionError(
        'model',
        `A cassette records one model under each name, and ${model.provider}/${model.modelId} was answered by ${charge.model.provider}/${charge.model.modelId}. Record the models that a strategy asks, not the strategy.`,
      );
    }
    return [lineFromAttempt(charge, candidates)];
  });
}

function wasCut({ finish }: Candidate): boolean {
  return finish.by === 'budget' || finish.by === 'aborted';
}

function lineFromAttempt({ usage, usageKnown }: Charge, candidates: readonly Candidate[]): RecordedAttempt {
  const output = usage.outputText === undefined ? undefined : usage.outputText + (usage.outputReasoning ?? 0);
  const counted = candidates.map((candidate) => candidate.outputTokens);
  const weights = counted.every((tokens) => tokens !== undefined) ? counted : candidates.map(textLength);
  // The usage is what was billed: where it and the candidates' own counts differ, it is right.
  const outputTokens = splitWhole(output, weights) ?? counted;
  const reasoningTokens = splitWhole(usage.outputReasoning, weights);
  const ownSeconds = candidates.map((candidate) => candidate.engineSeconds);
  const engineSeconds = ownSeconds.every((seconds) => seconds !== undefined)
    ? ownSeconds
    : split(usage.engineSeconds, weights);
  return {
    call: callFrom(usage, usageKnown, engineSeconds),
    samples: candidates.map((candidate, i) =>
      sampleFrom(candidate, {
        outputTokens: outputTokens[i],
        reasoningTokens: reasoningTokens?.[i],
        engineSeconds: engineSeconds?.[i],
      }),
    ),
  };
}

function callFrom(
  usage: Usage,
  usageKnown: Charge['usageKnown'],
  engineSeconds: readonly number[] | undefined,
): CallPart {
  const { inputUncached, cacheRead, cacheWrite, units, billed } = usage;
  const own = engineSeconds?.reduce((sum, seconds) => sum + seconds, 0) ?? 0;
  return {
    ...(inputUncached !== undefined && { inputTokens: inputUncached + (cacheRead ?? 0) + (cacheWrite?.total ?? 0) }),
    ...(cacheRead !== undefined && { cacheRead }),
    ...(cacheWrite !== undefined && { cacheWrite: copyWrite(cacheWrite) }),
    ...(units !== undefined && { units: { ...units } }),
    ...(billed !== undefined && { billed }),
    ...(usage.engineSeconds !== undefined && { engineSeconds: micro(Math.max(0, usage.engineSeconds - own)) }),
    ...(usageKnown !== 'exact' && { usageKnown }),
  };
}

function copyWrite({ total, byTtl }: NonNullable<Usage['cacheWrite']>): NonNullable<CallPart['cacheWrite']> {
  return { total, ...(byTtl !== undefined && { byTtl: { ...byTtl } }) };
}

interface SampleCounts {
  readonly outputTokens: number | undefined;
  readonly reasoningTokens: number | undefined;
  readonly engineSeconds: number | undefined;
}

function sampleFrom(candidate: Candidate, { outputTokens, reasoningTokens, engineSeconds }: SampleCounts): SampleLine {
  const { content, finish, logprobs } = candidate;
  const [only] = content;
  const textOnly =
    content.length === 1 && only?.type === 'text' && only.metadata === undefined && only.cache === undefined;
  return {
    content: textOnly ? only.text : [...content],
    finish,
    ...(outputTokens !== undefined && { outputTokens }),
    ...(reasoningTokens !== undefined && { reasoningTokens }),
    ...(engineSeconds !== undefined && { engineSeconds: micro(engineSeconds) }),
    ...(logprobs !== undefined && { logprobs: logprobs.map(logprobLine) }),
  };
}

function logprobLine({ text, logprob, top }: TokenLogprob): LogprobLine {
  if (top === undefined || top.length === 0) return [text, tenThousandth(logprob)];
  return [text, tenThousandth(logprob), top.map((other) => [other.text, tenThousandth(other.logprob)] as const)];
}

function textLength({ content }: Candidate): number {
  return content.reduce((sum, part) => sum + ('text' in part ? part.text.length : JSON.stringify(part).length), 0);
}

/** Shares of a total by weight; even shares where all weights are 0. */
function split(total: number | undefined, weights: readonly number[]): readonly number[] | undefined {
  if (total === undefined) return undefined;
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return weights.map((weight) => (sum === 0 ? total / weights.length : (total * weight) / sum));
}

/** Whole shares that add up to the total exactly. */
function splitWhole(total: number | undefined, weights: readonly number[]): readonly number[] | undefined {
  let exact = 0;
  let given = 0;
  return split(total, weights)?.map((share) => {
    exact += share;
    const whole = Math.round(exact) - given;
    given += whole;
    return whole;
  });
}

function micro(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}

// JSON has neither −∞ nor −0.
function tenThousandth(logprob: number): number {
  return Math.round(Math.max(-9999, logprob) * 1e4) / 1e4 || 0;
}
