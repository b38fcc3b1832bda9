import { InvalidOptionError, type ModelRef, type UsageBound } from '@tollgate/sdk';

/** Tokens that an attempt within a bound can be billed for at most, all samples together. */
export interface BoundCounts {
  readonly inputTokens: bigint;
  readonly outputTokens: bigint;
}

/** @throws InvalidOptionError when nothing bounds the input or the output. */
export function boundCounts(bound: UsageBound, model: ModelRef): BoundCounts {
  const samples = count('samples', bound.samples, model);
  const prompts = bound.promptBilledOnce ? 1n : samples;
  return {
    inputTokens: prompts * count('inputTokens', bound.inputTokens, model),
    outputTokens: samples * count('outputTokensPerSample', bound.outputTokensPerSample, model),
  };
}

const remedies = {
  samples: 'Ask for a whole number of samples.',
  inputTokens: 'Send files inline instead of behind a URL, or declare limits.contextTokens of the model.',
  outputTokensPerSample: 'Set maxOutputTokens in the request, or declare limits.maxOutputTokens of the model.',
} as const;

function count(field: keyof typeof remedies, value: number, model: ModelRef): bigint {
  if (value >= 0 && value < Infinity) return BigInt(Math.ceil(value));
  throw new InvalidOptionError(
    field,
    `A call of ${model.provider}/${model.modelId} has no highest price: ${field} is ${value}. ${remedies[field]}`,
  );
}
