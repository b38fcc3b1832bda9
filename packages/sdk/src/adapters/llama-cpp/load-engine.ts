import { existsSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { LlamaContext, LlamaContextSequence, LlamaModel, Token } from 'node-llama-cpp';
import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import { TollgateError } from '../../errors/tollgate-error.ts';
import { systemClock } from '../../leaf/system-clock.ts';
import type { Detokenize } from '../../local/answer-text.ts';
import { checkEngineNumbers } from '../../local/check-engine-numbers.ts';
import { physicalCores } from '../../local/physical-cores.ts';
import { type Chat, readChat } from './chat.ts';
import { type DeviceReport, devicesOf, type LlamaDevice, onFirstDevice } from './devices.ts';
import type { Drafter } from './drafter.ts';
import { EngineMeter } from './engine-meter.ts';
import { type GgufHeader, readGgufHeader } from './gguf-header.ts';
import { Lanes } from './lanes.ts';
import { batchTokens, checkMemory, type MemoryNeed, memoryNeed } from './memory-need.ts';
import { openDrafter } from './open-drafter.ts';
import type { LlamaCppOptions } from './options.ts';
import { importLlama, type LlamaLibrary, startLlama } from './start-llama.ts';

/** A loaded model and the room for its samples. */
export interface Engine {
  readonly modelId: string;
  readonly model: LlamaModel;
  /** How one talks with it: the GGUF's own chat template, its tools and thoughts. */
  readonly chat: Chat;
  readonly detokenize: Detokenize;
  /** Who has which sequence. */
  readonly lanes: Lanes<LlamaContextSequence>;
  /** Who has how much of the engine's time. */
  readonly meter: EngineMeter;
  readonly drafter: Drafter | undefined;
  readonly device: DeviceReport;
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
 * @throws MissingLibraryError without node-llama-cpp; TollgateError `missing-weights` where there is no such file,
 * `invalid-file` for a file that is not a whole GGUF of an architecture the engine knows, `insufficient-memory` for a
 * model that is too large; InvalidOptionError for an option out of its range, and for a device that does not start.
 */
export async function loadEngine(options: LlamaCppOptions): Promise<Engine> {
  checkEngineNumbers(options);
  checkLlamaNumbers(options);
  const devices = devicesOf(options.device);
  const plan = planOf(options);
  const library = await importLlama();
  const { value: loaded, ...found } = await onFirstDevice(devices, (device) =>
    loadOn(library, { device, plan, options }),
  );
  return { ...loaded, device: { ...found, memory: plan.memory } };
}

/** What is known of a model before the engine is started for it. */
interface LoadPlan {
  readonly header: GgufHeader;
  readonly sequences: number;
  readonly contextTokens: number;
  readonly threads: number;
  readonly memory: MemoryNeed;
}

function planOf(options: LlamaCppOptions): LoadPlan {
  const {
    modelPath,
    contextTokens = defaultContextTokens,
    parallelSamples: sequences = defaultParallelSamples,
  } = options;
  const header = headerOf(modelPath, 'modelPath');
  const need = memoryNeed(modelPath, header, { contextTokens, sequences });
  const plan = { header, sequences, contextTokens, threads: options.threads ?? physicalCores() };
  if (typeof options.draft !== 'object') return { ...plan, memory: need };
  const draft = options.draft.modelPath;
  const more = memoryNeed(draft, headerOf(draft, 'draft.modelPath'), { contextTokens, sequences: 1 });
  return {
    ...plan,
    memory: {
      weights: need.weights + more.weights,
      keyValues: need.keyValues + more.keyValues,
      compute: need.compute + more.compute,
    },
  };
}

function headerOf(path: string, option: string): GgufHeader {
  if (existsSync(path) && statSync(path).isFile()) return readGgufHeader(path);
  throw new TollgateError(
    'missing-weights',
    `There is no GGUF file at "${path}". Check ${option}, or fetch the weights first.`,
  );
}

async function loadOn(
  library: LlamaLibrary,
  load: { readonly device: LlamaDevice; readonly plan: LoadPlan; readonly options: LlamaCppOptions },
): Promise<Omit<Engine, 'device'>> {
  const { device, plan, options } = load;
  const { modelPath, gpuLayers } = options;
  const { threads } = plan;
  if (device === 'cpu') checkMemory(modelPath, plan.memory, options.memoryBytes);
  const llama = await startLlama(library, device, threads);
  // Whatever was opened is closed in the opposite order.
  const opened: { dispose(): Promise<void> }[] = [llama];
  const dispose = async (): Promise<void> => {
    for (const part of opened.toReversed()) await part.dispose();
  };
  try {
    const model = await llama.loadModel({ modelPath, ...(gpuLayers !== undefined && { gpuLayers }) });
    opened.push(model);
    const contextTokens = Math.min(plan.contextTokens, model.trainContextSize);
    const drafter = await openDrafter(library, { llama, target: model, draft: options.draft, contextTokens, threads });
    if (drafter !== undefined) opened.push(drafter);
    const context = await openContext(model, { contextTokens, sequences: plan.sequences, threads });
    opened.push(context);
    return {
      modelId: options.modelId ?? basename(modelPath).replace(/\.gguf$/i, ''),
      model,
      detokenize: (tokens, before) => model.detokenize(tokens as readonly Token[], false, before as readonly Token[]),
      chat: await readChat(model, library.resolveChatWrapper(model)),
      lanes: new Lanes(
        Array.from({ length: plan.sequences }, () => drafter?.sequenceOf(context) ?? context.getSequence()),
      ),
      meter: new EngineMeter(systemClock),
      drafter,
      contextTokens,
      threads,
      dispose,
    };
  } catch (error) {
    await dispose();
    if (TollgateError.isInstance(error)) throw error;
    throw notLoaded(library, { modelPath, header: plan.header, error });
  }
}

function openContext(
  model: LlamaModel,
  room: { readonly contextTokens: number; readonly sequences: number; readonly threads: number },
): Promise<LlamaContext> {
  return model.createContext({
    contextSize: room.contextTokens,
    sequences: room.sequences,
    threads: room.threads,
    batchSize: batchTokens,
  });
}

function notLoaded(
  library: { readonly GgufArchitectureType?: object },
  { modelPath, header, error }: { readonly modelPath: string; readonly header: GgufHeader; readonly error: unknown },
): TollgateError {
  const { architecture } = header;
  // The library's list of names; its types hide that it is there at run time.
  const known = Object.values(library.GgufArchitectureType ?? {}).includes(architecture);
  return new TollgateError(
    'invalid-file',
    known
      ? `llama.cpp could not load "${modelPath}" (architecture "${architecture}"): ${error instanceof Error ? error.message : String(error)}. The file may be damaged or cut off, or too large for the memory.`
      : `"${modelPath}" is of the architecture "${architecture}", which this version of llama.cpp does not know. Update node-llama-cpp, or take a model of another family.`,
    { cause: error },
  );
}

function checkLlamaNumbers({ gpuLayers, memoryBytes, draft }: LlamaCppOptions): void {
  if (gpuLayers !== undefined && !(Number.isInteger(gpuLayers) && gpuLayers >= 0)) {
    throw new InvalidOptionError('gpuLayers', `gpuLayers must be a whole number of 0 or more, received ${gpuLayers}.`);
  }
  if (memoryBytes !== undefined && !(memoryBytes > 0)) {
    throw new InvalidOptionError('memoryBytes', `memoryBytes must be above 0, or Infinity, received ${memoryBytes}.`);
  }
  const ahead = typeof draft === 'object' ? draft.maxTokens : undefined;
  if (ahead !== undefined && !(Number.isInteger(ahead) && ahead >= 1 && ahead <= 64)) {
    throw new InvalidOptionError(
      'draft.maxTokens',
      `draft.maxTokens must be a whole number in [1, 64], received ${ahead}.`,
    );
  }
}
