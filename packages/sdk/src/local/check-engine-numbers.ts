import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import { physicalCores } from './physical-cores.ts';

/** The options of a local engine that are numbers. */
export interface EngineNumbers {
  readonly threads?: number;
  readonly parallelSamples?: number;
  readonly contextTokens?: number;
}

/** Refuses a number out of its range, naming the range. */
export function checkEngineNumbers({ threads, parallelSamples, contextTokens }: EngineNumbers): void {
  const cores = physicalCores();
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= cores)) {
    throw new InvalidOptionError(
      'threads',
      `threads must be a whole number in [1, ${cores}] (the physical cores), received ${threads}.`,
    );
  }
  if (
    parallelSamples !== undefined &&
    !(Number.isInteger(parallelSamples) && parallelSamples >= 1 && parallelSamples <= 64)
  ) {
    throw new InvalidOptionError(
      'parallelSamples',
      `parallelSamples must be a whole number in [1, 64], received ${parallelSamples}.`,
    );
  }
  if (contextTokens !== undefined && !(Number.isInteger(contextTokens) && contextTokens >= 64)) {
    throw new InvalidOptionError(
      'contextTokens',
      `contextTokens must be a whole number of 64 or more, received ${contextTokens}.`,
    );
  }
}
