import { checkEngineNumbers } from '../../local/check-engine-numbers.ts';
import type { Warning } from '../../spec/result.ts';
import { GenerationGraph } from './generation-graph.ts';
import { importJinja, importOnnxRuntime, importTokenizers } from './libraries.ts';
import { type ModelFolder, readModelFolder } from './model-folder.ts';
import { deviceList, fallbackWarnings, type OnnxDeviceReport, openSession } from './open-session.ts';
import type { OnnxOptions } from './options.ts';
import { type PromptTemplate, promptTemplate } from './render-prompt.ts';
import { EvaluatedSequence } from './evaluated-sequence.ts';
import { TextTokenizer } from './text-tokenizer.ts';

/** A loaded model. */
export interface Engine {
  readonly modelId: string;
  readonly device: OnnxDeviceReport;
  readonly graph: GenerationGraph;
  readonly tokenizer: TextTokenizer;
  readonly template: PromptTemplate;
  /** Tokens that end an answer. */
  readonly endTokens: ReadonlySet<number>;
  readonly contextTokens: number;
  /** The longest sequence the model was made for. */
  readonly trainedTokens: number;
  readonly parallelSamples: number;
  /** The conversation that was evaluated last, kept for its next call. */
  readonly conversation: EvaluatedSequence;
  /** What every result has to say: a device that did not start, a template that is assumed. */
  readonly warnings: readonly Warning[];
  readonly isClosed: () => boolean;
  /** Gives back the memory. */
  readonly dispose: () => Promise<void>;
}

const defaultParallelSamples = 8;
const defaultContextTokens = 4096;

/** Loads a model folder. Throws what `onnx` says. */
export async function loadEngine(options: OnnxOptions): Promise<Engine> {
  checkEngineNumbers(options);
  deviceList(options);
  const folder = readModelFolder(options);
  const library = await importOnnxRuntime();
  const tokenizer = new TextTokenizer(await importTokenizers(), folder);
  const template = promptTemplate(await importJinja(), folder, tokenizer);
  const { session, device } = await openSession(library, folder.weights, options);
  let isClosed = false;
  let conversation: EvaluatedSequence | undefined;
  const dispose = async (): Promise<void> => {
    isClosed = true;
    conversation?.clear();
    await session.release();
  };
  try {
    const graph = new GenerationGraph(library, session, folder.config);
    const trainedTokens = trainedLength(folder);
    conversation = new EvaluatedSequence(graph);
    return {
      modelId: options.modelId ?? folder.name,
      device,
      graph,
      tokenizer,
      template,
      endTokens: endTokensOf(folder, tokenizer),
      contextTokens: Math.min(options.contextTokens ?? defaultContextTokens, trainedTokens),
      trainedTokens,
      parallelSamples: options.parallelSamples ?? defaultParallelSamples,
      conversation,
      warnings: [...fallbackWarnings(device), ...(template.isAssumed ? [assumedTemplate] : [])],
      isClosed: () => isClosed,
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

const assumedTemplate: Warning = {
  code: 'assumed',
  option: 'messages',
  message: 'The model folder has no chat template: messages are written one after the other.',
};

function trainedLength({ config }: ModelFolder): number {
  for (const name of ['max_position_embeddings', 'n_positions', 'max_seq_len']) {
    const value = config[name];
    if (typeof value === 'number') return value;
  }
  return defaultContextTokens;
}

/** From the generation's configuration, else the model's, and the end of the tokenizer. */
function endTokensOf(
  { generationConfig, config, tokenizerConfig }: ModelFolder,
  tokenizer: TextTokenizer,
): ReadonlySet<number> {
  const declared = generationConfig['eos_token_id'] ?? config['eos_token_id'];
  const tokens = [declared].flat().filter((token) => typeof token === 'number');
  const { eos_token: end } = tokenizerConfig;
  const named = typeof end === 'string' ? tokenizer.idOf(end) : undefined;
  return new Set(named === undefined ? tokens : [...tokens, named]);
}
