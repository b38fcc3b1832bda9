import { InvalidOptionError } from '@tollgate/sdk';

/** @throws InvalidOptionError unless `value` is a whole number of at least 1. */
export function requireWhole(option: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new InvalidOptionError(option, `${option} must be a whole number of at least 1, received ${value}.`);
}

/** @throws InvalidOptionError unless samples are a whole number of at least 1, or a list of such numbers. */
export function requireSamples(option: string, samples: number | readonly number[]): void {
  if (typeof samples === 'number') return requireWhole(option, samples);
  for (const [i, count] of samples.entries()) requireWhole(`${option}[${i}]`, count);
  if (samples.length === 0)
    throw new InvalidOptionError(option, `${option} must hold one number for each model, received none.`);
}

/** @throws InvalidOptionError unless `value` is in (0, 1]; 80 in place of 0.8 is the usual slip. */
export function requireShare(option: string, value: number): void {
  if (value > 0 && value <= 1) return;
  const meant = value > 1 && value <= 100 ? ` Did you mean ${value / 100}?` : '';
  throw new InvalidOptionError(option, `${option} must be in (0, 1], received ${value}.${meant}`);
}

/** @throws InvalidOptionError unless a list holds one value for each source. */
export function requireOnePerSource(option: string, values: readonly unknown[], sources: number): void {
  if (values.length === sources) return;
  throw new InvalidOptionError(
    option,
    `${option} must hold one number for each model (${sources}), received ${values.length}.`,
  );
}

/** @throws InvalidOptionError unless `fallbackUsd` is a finite number of 0 or more. */
export function requireFallbackUsd(fallbackUsd: number): void {
  if (fallbackUsd >= 0 && fallbackUsd < Infinity) return;
  throw new InvalidOptionError('fallbackUsd', `fallbackUsd must be US dollars of 0 or more, received ${fallbackUsd}.`);
}
