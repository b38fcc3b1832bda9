import type {
  LanguageModelV4StreamPart,
  LanguageModelV4ToolCall,
  LanguageModelV4Usage,
  SharedV4ProviderMetadata,
} from '@ai-sdk/provider';
import type { LeafOutcome, LeafPart } from '../../leaf/leaf-call.ts';
import type { AssistantPart, Origin, PartMetadata, ToolCallPart } from '../../spec/content.ts';
import type { JsonValue } from '../../spec/json.ts';
import type { Finish, Warning } from '../../spec/result.ts';
import { estimateTokens } from '../../wire/estimate-tokens.ts';
import { finishByEnd, type ReplyEnd } from '../../wire/reply-reader.ts';
import { readToolInput } from '../../wire/tool-input.ts';
import { readFileData } from './file-data.ts';
import { readFinish } from './finish.ts';
import { readUsage } from './usage.ts';
import { readWarning } from './warnings.ts';

/** What a reply is read for. */
export interface ReplyOptions {
  /** Written on reasoning and tool calls. */
  readonly origin: Origin;
  /** Text the model was prompted with, for an estimate where it reports no usage. */
  readonly prompt: () => string;
  readonly emit: ((part: LeafPart) => void) | undefined;
  /** What of the request was left out. They come before those of the reply. */
  readonly warnings: readonly Warning[];
}

/** A text or reasoning on its way, in the place where it began. */
interface Block {
  readonly type: 'text' | 'reasoning';
  text: string;
  metadata: PartMetadata | undefined;
}

type Placed = Block | Exclude<AssistantPart, { type: 'text' | 'reasoning' }>;

/** One streamed answer of a model of the AI SDK, read part by part. */
export class Reply {
  readonly #options: ReplyOptions;
  readonly #placed: Placed[] = [];
  readonly #open = new Map<string, Block>();
  readonly #toolNames = new Map<string, string>();
  readonly #toolInputs = new Map<string, string>();
  readonly #warnings: Warning[];
  readonly #raw: JsonValue[] = [];
  #finish: Finish | undefined;
  #usage: LanguageModelV4Usage | undefined;
  #error: { readonly value: unknown } | undefined;

  constructor(options: ReplyOptions) {
    this.#options = options;
    this.#warnings = [...options.warnings];
  }

  /** The model said that nothing more comes. */
  get ended(): boolean {
    return this.#finish !== undefined;
  }

  /** The answer is whole. */
  get complete(): boolean {
    return this.ended && this.#error === undefined;
  }

  /** Something of an answer has arrived. */
  get begun(): boolean {
    return this.#placed.length > 0 || this.#toolNames.size > 0;
  }

  /** What the model said went wrong. Its usage may come after it. */
  get error(): { readonly value: unknown } | undefined {
    return this.#error;
  }

  read(part: LanguageModelV4StreamPart): void {
    switch (part.type) {
      case 'stream-start':
        this.#warnings.push(...part.warnings.map(readWarning));
        break;
      case 'text-start':
      case 'reasoning-start':
        this.#start(part.type === 'text-start' ? 'text' : 'reasoning', part.id, part.providerMetadata);
        break;
      case 'text-delta':
      case 'reasoning-delta':
        this.#delta(part);
        break;
      case 'text-end':
      case 'reasoning-end':
        this.#end(part.id, part.providerMetadata);
        break;
      case 'tool-input-start':
        if (part.providerExecuted !== true) this.#toolNames.set(part.id, part.toolName);
        break;
      case 'tool-input-delta':
        this.#toolInput(part.id, part.delta);
        break;
      case 'tool-call':
        this.#toolCall(part);
        break;
      case 'file': {
        const data = readFileData(part.data);
        const metadata = metadataOf(undefined, part.providerMetadata);
        if (data !== undefined)
          this.#placed.push({
            type: 'file',
            mediaType: part.mediaType,
            data,
            ...(metadata !== undefined && { metadata }),
          });
        break;
      }
      case 'raw':
        this.#raw.push(part.rawValue as JsonValue);
        break;
      case 'error':
        this.#error ??= { value: part.error };
        break;
      case 'finish':
        for (const id of this.#open.keys()) this.#end(id, undefined);
        this.#finish = readFinish(part.finishReason);
        this.#usage = part.usage;
        break;
      case 'tool-input-end':
      case 'response-metadata':
      case 'ping':
        break;
      case 'tool-result':
      case 'tool-approval-request':
      case 'source':
      case 'custom':
      case 'reasoning-file':
        this.#leftOut(part.type);
        break;
      default:
        part satisfies never;
    }
  }

  /** What there is. Usage that was not reported is estimated from the text where that can be done. */
  outcome(end: ReplyEnd): LeafOutcome {
    const reported = this.#usage === undefined ? undefined : readUsage(this.#usage);
    const isExact = reported?.usage.inputUncached !== undefined && reported.usage.outputText !== undefined;
    const warnings = [...this.#warnings];
    if (!isExact && end === 'whole') {
      warnings.push({
        code: 'assumed',
        message: 'The model reported no usage, or a part of it; the rest was estimated at 1 token for 3 bytes.',
      });
    }
    return {
      candidates: [{ content: this.#content(), finish: this.#finish ?? finishByEnd[end] }],
      ...(isExact ? reported : this.#estimate(reported?.usage)),
      ...(warnings.length > 0 && { warnings }),
      ...(this.#raw.length > 0 && { raw: this.#raw }),
    };
  }

  #start(type: Block['type'], id: string, metadata: SharedV4ProviderMetadata | undefined): Block {
    const block: Block = { type, text: '', metadata: metadataOf(undefined, metadata) };
    this.#open.set(id, block);
    this.#placed.push(block);
    return block;
  }

  #delta(part: Extract<LanguageModelV4StreamPart, { type: 'text-delta' | 'reasoning-delta' }>): void {
    const { type, id, delta, providerMetadata } = part;
    const block = this.#open.get(id) ?? this.#start(type === 'text-delta' ? 'text' : 'reasoning', id, undefined);
    block.metadata = metadataOf(block.metadata, providerMetadata);
    if (delta === '') return;
    block.text += delta;
    this.#options.emit?.({ type, sample: 0, text: delta });
  }

  /** What a block carries is told once it is whole: with a delta that has no text. */
  #end(id: string, providerMetadata: SharedV4ProviderMetadata | undefined): void {
    const block = this.#open.get(id);
    if (block === undefined) return;
    this.#open.delete(id);
    const metadata = metadataOf(block.metadata, providerMetadata);
    block.metadata = metadata;
    if (metadata !== undefined) this.#options.emit?.({ type: `${block.type}-delta`, sample: 0, text: '', metadata });
  }

  #toolInput(toolCallId: string, text: string): void {
    const toolName = this.#toolNames.get(toolCallId);
    if (toolName === undefined) return;
    this.#toolInputs.set(toolCallId, (this.#toolInputs.get(toolCallId) ?? '') + text);
    this.#options.emit?.({ type: 'tool-input-delta', sample: 0, toolCallId, toolName, text });
  }

  #toolCall(part: LanguageModelV4ToolCall): void {
    if (part.providerExecuted === true) {
      this.#leftOut('tool-call of the provider itself');
      return;
    }
    const { toolCallId, toolName, input, providerMetadata } = part;
    const metadata = metadataOf(undefined, providerMetadata);
    const call: ToolCallPart = {
      type: 'tool-call',
      toolCallId,
      toolName,
      origin: this.#options.origin,
      ...readToolInput(input),
      ...(metadata !== undefined && { metadata }),
    };
    this.#placed.push(call);
    this.#toolInputs.delete(toolCallId);
    this.#options.emit?.({ type: 'tool-call', sample: 0, call });
  }

  #leftOut(what: string): void {
    const message = `A ${what} part was left out: an answer of ours has no place for it.`;
    if (!this.#warnings.some((known) => known.message === message)) this.#warnings.push({ code: 'other', message });
  }

  #content(): readonly AssistantPart[] {
    const { origin } = this.#options;
    return this.#placed.flatMap((placed): readonly AssistantPart[] => {
      if (placed.type === 'file' || placed.type === 'tool-call') return [placed];
      const { type, text, metadata } = placed;
      if (text === '' && metadata === undefined) return [];
      const carried = metadata === undefined ? {} : { metadata };
      return [type === 'text' ? { type, text, ...carried } : { type, text, origin, ...carried }];
    });
  }

  /** Every bucket at least what its text needs. */
  #estimate(reported: LeafOutcome['usage'] | undefined): Pick<LeafOutcome, 'usage' | 'usageKnown'> {
    // Nothing arrived: the model may have been reading the prompt or thinking at length. Nothing bounds that but the hold.
    if (!this.begun && reported === undefined) return { usage: {}, usageKnown: 'upper-bound' };
    let outputText = [...this.#toolInputs.values()].reduce((sum, text) => sum + estimateTokens(text), 0);
    let outputReasoning = 0;
    for (const part of this.#placed) {
      if (part.type === 'text') outputText += estimateTokens(part.text);
      else if (part.type === 'tool-call') outputText += estimateTokens(part.toolName + JSON.stringify(part.input));
      else if (part.type === 'reasoning') outputReasoning += estimateTokens(part.text);
    }
    return {
      usage: {
        inputUncached: estimateTokens(this.#options.prompt()),
        outputText,
        ...(outputReasoning > 0 && { outputReasoning }),
        ...reported,
      },
      usageKnown: 'estimated',
    };
  }
}

/** What a provider says about a part, early and late, together. */
function metadataOf(
  earlier: PartMetadata | undefined,
  later: SharedV4ProviderMetadata | undefined,
): PartMetadata | undefined {
  if (later === undefined) return earlier;
  const merged = later as PartMetadata;
  if (earlier === undefined) return merged;
  return Object.fromEntries(
    [...new Set([...Object.keys(earlier), ...Object.keys(merged)])].map((provider) => [
      provider,
      { ...earlier[provider], ...merged[provider] },
    ]),
  );
}
