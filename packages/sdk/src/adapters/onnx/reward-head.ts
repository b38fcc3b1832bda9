import pLimit from 'p-limit';
import { AbortedError } from '../../errors/aborted-error.ts';
import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import { ModelCallError } from '../../errors/model-call-error.ts';
import { systemClock } from '../../leaf/system-clock.ts';
import { checkEngineNumbers } from '../../local/check-engine-numbers.ts';
import { closedModel } from '../../local/closed-model.ts';
import type { Clock } from '../../spec/context.ts';
import { ClassificationGraph } from './classification-graph.ts';
import { importOnnxRuntime, importTokenizers } from './libraries.ts';
import { type ModelFolder, readModelFolder } from './model-folder.ts';
import { deviceList, type OnnxDeviceReport, openSession } from './open-session.ts';
import type { EncodedReward, RewardFormat, RewardHeadOptions, RewardInput } from './reward-format.ts';
import { TextTokenizer } from './text-tokenizer.ts';

/** Scores in the order of the inputs, and what they took. */
export interface RewardScores {
  /** Higher is better; the scale is the head's own. */
  readonly scores: readonly number[];
  /** Tokens of all inputs, without padding. */
  readonly inputTokens: number;
  readonly engineSeconds: number;
}

/** A trained head that gives a text, or a pair of texts, one number. */
export interface RewardHead {
  readonly provider: 'onnx';
  readonly modelId: string;
  /** Where it computes, and what was tried before. */
  readonly device: OnnxDeviceReport;
  /**
   * Scores inputs, `batchSize` in one run.
   *
   * @throws AbortedError when the signal fires, between runs; ModelCallError `context-length` for an input that is too long;
   * TollgateError `closed`.
   */
  score(
    inputs: readonly RewardInput[],
    options?: { readonly signal?: AbortSignal; readonly clock?: Clock },
  ): Promise<RewardScores>;
  /** Gives back the memory. */
  close(): Promise<void>;
}

/**
 * A sequence-classification model in ONNX format as a reward head: texts in, scores out. With one label the score is its
 * logit; with several it is the natural logarithm of the probability of `label`.
 *
 * @throws what `onnx` throws, but for the chat template's library.
 *
 * @example
 * const head = await onnxRewardHead({ modelPath: './reward-model' });
 * const { scores } = await head.score([{ prompt: 'What is 2 + 2?', answer: '4' }]);
 */
export async function onnxRewardHead(options: RewardHeadOptions): Promise<RewardHead> {
  const { batchSize = 1 } = options;
  checkEngineNumbers(options);
  if (!(Number.isInteger(batchSize) && batchSize >= 1 && batchSize <= 1024)) {
    throw new InvalidOptionError('batchSize', `batchSize must be a whole number in [1, 1024], received ${batchSize}.`);
  }
  deviceList(options);
  const folder = readModelFolder(options);
  const library = await importOnnxRuntime();
  const tokenizer = new TextTokenizer(await importTokenizers(), folder);
  const opened = await openSession(library, folder.weights, options);
  try {
    const graph = new ClassificationGraph(library, opened.session, {
      padding: paddingOf(folder, tokenizer),
      label: labelOf(folder, options.label),
    });
    return new OnnxRewardHead({
      modelId: options.modelId ?? folder.name,
      device: opened.device,
      graph,
      batchSize,
      format: options.format ?? ownFormat(tokenizer),
      encode: (text) => tokenizer.encodeTemplate(text),
      maxTokens: longestInput(folder),
    });
  } catch (error) {
    await opened.session.release();
    throw error;
  }
}

interface Parts extends Pick<RewardHead, 'modelId' | 'device'> {
  readonly graph: ClassificationGraph;
  readonly batchSize: number;
  readonly format: RewardFormat;
  readonly encode: (text: string) => readonly number[];
  readonly maxTokens: number;
}

class OnnxRewardHead implements RewardHead {
  readonly provider = 'onnx';
  readonly modelId: string;
  readonly device: OnnxDeviceReport;
  readonly #parts: Parts;
  readonly #turn = pLimit(1);
  #closing: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.modelId = parts.modelId;
    this.device = parts.device;
  }

  async score(
    inputs: readonly RewardInput[],
    { signal, clock = systemClock }: { readonly signal?: AbortSignal; readonly clock?: Clock } = {},
  ): Promise<RewardScores> {
    if (this.#closing !== undefined) throw closedModel(`onnx/${this.modelId}`);
    const encoded = inputs.map((input, i) => this.#encode(input, i));
    return this.#turn(async () => {
      const started = clock.monotonic();
      const scores: number[] = [];
      for (let at = 0; at < encoded.length; at += this.#parts.batchSize) {
        if (signal?.aborted === true) {
          throw new AbortedError('Scoring was aborted.', { cause: signal.reason });
        }
        scores.push(...(await this.#run(encoded.slice(at, at + this.#parts.batchSize))));
      }
      return {
        scores,
        inputTokens: encoded.reduce((sum, { ids }) => sum + ids.length, 0),
        engineSeconds: (clock.monotonic() - started) / 1000,
      };
    });
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#turn(() => this.#parts.graph.release()));
  }

  #encode(input: RewardInput, index: number): EncodedReward {
    const { format, encode, maxTokens } = this.#parts;
    const encoded = format(input, encode);
    if (encoded.ids.length <= maxTokens) return encoded;
    throw new ModelCallError(
      `Input ${index} has ${encoded.ids.length} tokens; "${this.modelId}" reads ${maxTokens}. Shorten it, or give a format that cuts.`,
      { failure: 'context-length', dispatch: 'not-sent' },
    );
  }

  async #run(batch: readonly EncodedReward[]): Promise<readonly number[]> {
    try {
      return await this.#parts.graph.run(batch);
    } catch (error) {
      throw new ModelCallError(
        `onnx/${this.modelId} failed: ${error instanceof Error ? error.message : String(error)}`,
        { failure: 'engine', dispatch: 'unknown', cause: error },
      );
    }
  }
}

function ownFormat(tokenizer: TextTokenizer): RewardFormat {
  return ({ prompt, answer }) =>
    prompt === undefined ? tokenizer.encodeWhole(answer, undefined) : tokenizer.encodeWhole(prompt, answer);
}

function paddingOf({ config, tokenizerConfig }: ModelFolder, tokenizer: TextTokenizer): number {
  const declared = config['pad_token_id'];
  if (typeof declared === 'number') return declared;
  const named = tokenizerConfig['pad_token'];
  return (typeof named === 'string' ? tokenizer.idOf(named) : undefined) ?? 0;
}

/** The place of the score among the head's outputs. Undefined where there is only one. */
function labelOf({ config, name }: ModelFolder, label: string | undefined): number | undefined {
  const labels = Object.entries((config['id2label'] ?? {}) as Readonly<Record<string, unknown>>);
  if (label === undefined && labels.length <= 1) return undefined;
  const found = labels.find(([, named]) => named === label)?.[0];
  if (found !== undefined) return labels.length === 1 ? undefined : Number(found);
  throw new InvalidOptionError(
    'label',
    `label must name one of the labels of "${name}" (${labels.map(([, named]) => String(named)).join(', ')}), received ${label === undefined ? 'none' : `"${label}"`}.`,
  );
}

function longestInput({ config, tokenizerConfig }: ModelFolder): number {
  const limits = [config['max_position_embeddings'], tokenizerConfig['model_max_length']];
  return Math.min(...limits.filter((limit) => typeof limit === 'number'));
}
