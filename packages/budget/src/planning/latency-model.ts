import { InvalidOptionError } from '@tollgate/sdk';
import { checkNotNegative, checkPositive } from '../prices/check-number.ts';

/** How long one engine on one device takes: `a Î² + b Î + c` to read a prompt, `m × context + n` for each token. Plain JSON. */
export interface LatencyModel {
  /** a, seconds per squared token of prompt. */
  readonly prefillQuadratic: number;
  /** b, seconds per token of prompt. */
  readonly prefillLinear: number;
  /** c, seconds. */
  readonly prefillConstant: number;
  /** m, seconds per token for each token of context. */
  readonly decodePerContextToken: number;
  /** n, seconds per token. */
  readonly decodePerToken: number;
  /** Prompts are evaluated in blocks of this many tokens: 128 on tensor cores, 1 on a processor. @defaultValue 1 */
  readonly paddingTokens?: number;
}

/** The size of one generation. */
export interface GenerationSize {
  /** Range [0, ∞). */
  readonly inputTokens: number;
  /** Range [0, ∞). */
  readonly outputTokens: number;
}

/**
 * Seconds until a prompt is read.
 *
 * @throws InvalidOptionError when a number is negative.
 */
// Source: EdgeReasoning (arXiv 2511.01866).
export function prefillSeconds(model: LatencyModel, inputTokens: number): number {
  checkModel(model);
  checkNotNegative('inputTokens', inputTokens);
  const padded = paddedTokens(model.paddingTokens ?? 1, inputTokens);
  return model.prefillQuadratic * padded ** 2 + model.prefillLinear * padded + model.prefillConstant;
}

/**
 * Seconds to generate an answer after its prompt was read: `O (m I + n + m (O − 1) / 2)`, because every token looks back
 * over one more.
 *
 * @throws InvalidOptionError when a number is negative.
 */
// Source: EdgeReasoning (arXiv 2511.01866).
export function decodeSeconds(model: LatencyModel, { inputTokens, outputTokens }: GenerationSize): number {
  checkModel(model);
  checkNotNegative('inputTokens', inputTokens);
  checkNotNegative('outputTokens', outputTokens);
  const { decodePerContextToken: m, decodePerToken: n } = model;
  return outputTokens === 0 ? 0 : outputTokens * (m * inputTokens + n + (m * (outputTokens - 1)) / 2);
}

/**
 * The longest answer that is done in time: a hard output cap for a deadline. 0 where the prompt alone takes too long,
 * `Infinity` where tokens take no time.
 *
 * Set it as the output cap; asking for a short answer in the prompt without a cap can make the answer longer.
 *
 * @throws InvalidOptionError when a number is negative.
 * @example
 * maxOutputTokensWithin(jetsonOrinLatency['llama-8b'], { inputTokens: 256, deadlineSeconds: 30 }); // 295
 */
// Source: EdgeReasoning (arXiv 2511.01866). Rule: O = ⌊(−B + √(B² + 2 m (D − prefill))) / m⌋, B = m I + n − m / 2.
export function maxOutputTokensWithin(
  model: LatencyModel,
  { inputTokens, deadlineSeconds }: { readonly inputTokens: number; readonly deadlineSeconds: number },
): number {
  checkNotNegative('deadlineSeconds', deadlineSeconds);
  const left = deadlineSeconds - prefillSeconds(model, inputTokens);
  if (left <= 0) return 0;
  const { decodePerContextToken: m, decodePerToken: n } = model;
  const b = m * inputTokens + n - m / 2;
  if (m === 0 && n === 0) return Infinity;
  // The same root written without a difference of near numbers, which also holds for m = 0.
  const fits = (tokens: number): boolean => decodeSeconds(model, { inputTokens, outputTokens: tokens }) <= left;
  const root = Math.floor((2 * left) / (b + Math.sqrt(b * b + 2 * m * left)));
  if (fits(root + 1)) return root + 1;
  return fits(root) ? root : root - 1;
}

/** A prompt rounded up to whole blocks. */
export function paddedTokens(paddingTokens: number, inputTokens: number): number {
  return Math.ceil(inputTokens / paddingTokens) * paddingTokens;
}

function checkModel(model: LatencyModel): void {
  for (const [name, value] of Object.entries(model)) checkNotNegative(name, Number(value));
  checkPositive('paddingTokens', model.paddingTokens ?? 1);
  if (Number.isInteger(model.paddingTokens ?? 1)) return;
  throw new InvalidOptionError(
    'paddingTokens',
    `paddingTokens must be a whole number, received ${model.paddingTokens}.`,
  );
}
