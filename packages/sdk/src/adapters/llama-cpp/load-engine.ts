import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import type * as NodeLlamaCpp from 'node-llama-cpp';
import type { ChatWrapper, Llama, LlamaContext, LlamaContextSequence, LlamaModel } from 'node-llama-cpp';
import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import { MissingLibraryError } from '../../errors/missing-library-error.ts';
import { TollgateError } from '../../errors/tollgate-error.ts';
import { checkGguf } from './check-gguf.ts';
import type { LlamaCppOptions } from './options.ts';

/** A loaded model and the room for its samples. */
export interface Engine {
  readonly modelId: string;
  readonly model: LlamaModel;
  /** The GGUF's own chat template. */
  readonly chatWrapper: ChatWrapper;
  readonly sequences: readonly LlamaContextSequence[];
  readonly contextTokens: number;
  readonly threads: number;
  /** Gives back the memory. */
  dispose(): Promise<void>;
}

const defaultParallelSamples = 8;
const defaultContextTokens = 4096;

/**
 * Loads a GGUF and makes room for its samples.
 *
 * @throws MissingLibraryError without node-llama-cpp; TollgateError `missing-weights` where there is no such file;
 * `invalid-file` for a file that is not a whole GGUF; InvalidOptionError for a number out of its range.
 */
export async function loadEngine(options: LlamaCppOptions): Promise<Engine> {
  const { modelPath, parallelSamples = defaultParallelSamples } = options;
  checkNumbers(options);
  if (!existsSync(modelPath) || !statSync(modelPath).isFile()) {
    throw new TollgateError(
      'missing-weights',
      `There is no GGUF file at "${modelPath}". Check modelPath, or fetch the weights first.`,
    );
  }
  checkGguf(modelPath);
  const threads = options.threads ?? physicalCores();
  const library = await importLlama();
  const llama = await startLlama(library, options.device ?? 'cpu', threads);
  let model: LlamaModel | undefined;
  let context: LlamaContext | undefined;
  try {
    model = await llama.loadModel({ modelPath });
    const contextTokens = Math.min(options.contextTokens ?? defaultContextTokens, model.trainContextSize);
    context = await model.createContext({
      contextSize: contextTokens,
      sequences: parallelSamples,
      threads,
      batchSize: 512,
    });
    const room = context;
    return {
      modelId: options.modelId ?? basename(modelPath).replace(/\.gguf$/i, ''),
      model,
      chatWrapper: library.resolveChatWrapper(model),
      sequences: Array.from({ length: parallelSamples }, () => room.getSequence()),
      contextTokens,
      threads,
      dispose: async () => {
        await room.dispose();
        await model?.dispose();
        await llama.dispose();
      },
    };
  } catch (error) {
    await context?.dispose();
    await model?.dispose();
    await llama.dispose();
    throw new TollgateError(
      'invalid-file',
      `llama.cpp could not load "${modelPath}": ${error instanceof Error ? error.message : String(error)}. The file may be damaged, of an architecture this engine does not know, or too large for the memory.`,
      { cause: error },
    );
  }
}

function checkNumbers({ threads, parallelSamples, contextTokens }: LlamaCppOptions): void {
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

async function startLlama(
  { getLlama, LlamaLogLevel }: LlamaLibrary,
  device: NonNullable<LlamaCppOptions['device']>,
  threads: number,
): Promise<Llama> {
  try {
    // `build: 'never'`: no compiler and no download is ever started behind the user's back.
    return await getLlama({
      gpu: device === 'cpu' ? false : device,
      build: 'never',
      maxThreads: threads,
      logLevel: LlamaLogLevel.disabled,
    });
  } catch (error) {
    throw new InvalidOptionError(
      'device',
      `The device "${device}" did not start: ${error instanceof Error ? error.message : String(error)}. Use device: 'cpu', or install what the device needs.`,
    );
  }
}

type LlamaLibrary = typeof NodeLlamaCpp;

async function importLlama(): Promise<LlamaLibrary> {
  try {
    return await import('node-llama-cpp');
  } catch (error) {
    throw new MissingLibraryError('node-llama-cpp', 'The llama.cpp adapter', { cause: error });
  }
}

/** Cores that compute, not the threads they pretend to be: llama.cpp slows down by an order of magnitude above them. */
export function physicalCores(): number {
  const logical = availableParallelism();
  try {
    const cores = new Set<string>();
    for (const name of readdirSync('/sys/devices/system/cpu')) {
      if (!/^cpu\d+$/.test(name)) continue;
      cores.add(readFileSync(`/sys/devices/system/cpu/${name}/topology/thread_siblings_list`, 'utf8').trim());
    }
    return cores.size === 0 ? logical : Math.min(logical, cores.size);
  } catch {
    // Not Linux: without a way to tell, half the logical cores is the safe side on machines with two threads a core.
    return process.arch === 'arm64' ? logical : Math.max(1, Math.floor(logical / 2));
  }
}
