import type * as NodeLlamaCpp from 'node-llama-cpp';
import type { Llama } from 'node-llama-cpp';
import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import { MissingLibraryError } from '../../errors/missing-library-error.ts';
import type { LlamaDevice } from './devices.ts';

/** The library, as it is imported. */
export type LlamaLibrary = typeof NodeLlamaCpp;

/** Loads node-llama-cpp when it is first needed. */
export async function importLlama(): Promise<LlamaLibrary> {
  try {
    return await import('node-llama-cpp');
  } catch (error) {
    throw new MissingLibraryError('node-llama-cpp', 'The llama.cpp adapter', { cause: error });
  }
}

/**
 * Starts the engine on a device, and only there.
 *
 * @throws InvalidOptionError where the device is not there or its binary is not installed.
 */
export async function startLlama(
  { getLlama, LlamaLogLevel }: Pick<LlamaLibrary, 'getLlama' | 'LlamaLogLevel'>,
  device: LlamaDevice,
  threads: number,
): Promise<Llama> {
  const wanted = device === 'cpu' ? false : device;
  let llama: Llama;
  try {
    // `build: 'never'`: no compiler and no download is ever started behind the user's back.
    llama = await getLlama({
      gpu: wanted,
      build: 'never',
      progressLogs: false,
      maxThreads: threads,
      logLevel: LlamaLogLevel.disabled,
    });
  } catch (error) {
    throw notStarted(device, error instanceof Error ? error.message : String(error), error);
  }
  if (llama.gpu === wanted) return llama;
  // The engine takes another device in silence where a platform has no such one.
  await llama.dispose();
  throw notStarted(device, 'there is none here', undefined);
}

function notStarted(device: LlamaDevice, reason: string, cause: unknown): InvalidOptionError {
  const why = /NoBinaryFound/.test(reason)
    ? 'there is no binary of the engine for it (an optional package of node-llama-cpp)'
    : reason;
  const error = new InvalidOptionError(
    'device',
    `The device "${device}" did not start: ${why}. Install what it needs, or name others to try after it, for example device: ['cuda', 'cpu'].`,
  );
  error.cause = cause;
  return error;
}
