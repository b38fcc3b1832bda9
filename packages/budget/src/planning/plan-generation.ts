import { InvalidOptionError } from '@tollgate/sdk';
import { checkNotNegative, checkPositive } from '../prices/check-number.ts';
import { decodeSeconds, type LatencyModel, prefillSeconds } from './latency-model.ts';

/** One way to use the time: a model, an output cap and a number of parallel samples, with its measured accuracy. */
export interface GenerationOption {
  readonly model: string;
  readonly latency: LatencyModel;
  /** Hard output cap of each sample. Whole number ≥ 1. */
  readonly maxOutputTokens: number;
  /** Samples generated side by side. @defaultValue 1 */
  readonly parallel?: number;
  /** How many times as long a batch of `parallel` takes as one sample, measured. Range (0, ∞). @defaultValue 1 */
  readonly batchSlowdown?: number;
  /** Measured share of right answers of this very combination. Range [0, 1]. */
  readonly accuracy: number;
}

/** A combination that is in time. */
export interface GenerationPlan {
  readonly option: GenerationOption;
  /** Prompt and longest answer, in seconds. */
  readonly seconds: number;
}

/**
 * The most accurate combination whose longest answer is in time: `prefill(I) + decode(I, B) × slowdown ≤ D`. Of equally
 * accurate ones the fastest. Undefined where none is in time.
 *
 * Under short deadlines several short samples usually beat one long one: the batch is hardly slower.
 *
 * @throws InvalidOptionError when a number is outside its range.
 * @example
 * planGeneration(options, { inputTokens: 256, deadlineSeconds: 30 })?.option.model;
 */
// Source: EdgeReasoning (arXiv 2511.01866).
export function planGeneration(
  options: readonly GenerationOption[],
  { inputTokens, deadlineSeconds }: { readonly inputTokens: number; readonly deadlineSeconds: number },
): GenerationPlan | undefined {
  checkNotNegative('deadlineSeconds', deadlineSeconds);
  const plans = options.map((option): GenerationPlan => {
    const { latency, maxOutputTokens, accuracy, batchSlowdown = 1, parallel = 1 } = option;
    checkPositive('maxOutputTokens', maxOutputTokens);
    checkPositive('parallel', parallel);
    checkPositive('batchSlowdown', batchSlowdown);
    if (!(accuracy >= 0 && accuracy <= 1)) {
      throw new InvalidOptionError('accuracy', `accuracy must be in [0, 1], received ${accuracy}.`);
    }
    const decode = decodeSeconds(latency, { inputTokens, outputTokens: maxOutputTokens });
    return { option, seconds: prefillSeconds(latency, inputTokens) + decode * batchSlowdown };
  });
  return plans
    .filter(({ seconds }) => seconds <= deadlineSeconds)
    .toSorted((one, other) => other.option.accuracy - one.option.accuracy || one.seconds - other.seconds)[0];
}
