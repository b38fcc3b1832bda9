import type { LeafPart } from '../../leaf/leaf-call.ts';
import type { AssistantPart, Origin, ToolCallPart } from '../../spec/content.ts';
import type { JsonObject, JsonValue } from '../../spec/json.ts';
import { estimateTokens } from '../estimate-tokens.ts';
import { GrowingText } from '../growing-text.ts';
import { type Fields, textOf } from '../json-fields.ts';
import { readToolInput } from '../tool-input.ts';
import { messagesMetadata } from './opaque.ts';

/** What a block is read for. */
export interface ContentBlockOptions {
  readonly origin: Origin;
  readonly emit: ((part: LeafPart) => void) | undefined;
}

/** Tokens by bucket, as far as they can be told from what arrived. */
export interface WrittenTokens {
  readonly text: number;
  readonly reasoning: number;
}

/** One content block of a reply on its way. A whole block is one that stops as it starts. */
export interface ContentBlock {
  read(delta: Fields): void;
  /** The block is whole; nothing is read after that. */
  stop(): void;
  /** What has arrived, or undefined where that is nothing. */
  readonly part: AssistantPart | undefined;
  /** About how many tokens were spent on it; undefined where it is being thought and not shown. */
  readonly tokens: WrittenTokens | undefined;
}

/** Starts a block from the `content_block` of its first event, or from a block of a whole message. */
export function createContentBlock(fields: Fields, options: ContentBlockOptions): ContentBlock {
  switch (fields['type']) {
    case 'text':
      return new TextBlock(fields, options);
    case 'thinking':
      return new ThinkingBlock(fields, options);
    case 'tool_use':
      return new ToolUseBlock(fields, options);
    default:
      return new OpaqueBlock(fields, options);
  }
}

class TextBlock implements ContentBlock {
  readonly #emit: ContentBlockOptions['emit'];
  #citations: JsonValue[] | undefined;
  readonly #text = new GrowingText();

  constructor(fields: Fields, { emit }: ContentBlockOptions) {
    this.#emit = emit;
    this.#add(textOf(fields['text']) ?? '');
    if (Array.isArray(fields['citations']))
      for (const citation of fields['citations']) this.#cite(citation as JsonValue);
  }

  get part(): AssistantPart | undefined {
    const text = this.#text.whole;
    if (this.#citations === undefined) return text === '' ? undefined : { type: 'text', text };
    return { type: 'text', text, metadata: messagesMetadata({ citations: this.#citations }) };
  }

  get tokens(): WrittenTokens {
    return { text: estimateTokens(this.#text.whole), reasoning: 0 };
  }

  read(delta: Fields): void {
    if (delta['type'] === 'text_delta') this.#add(textOf(delta['text']) ?? '');
    if (delta['type'] === 'citations_delta') this.#cite(delta['citation'] as JsonValue);
  }

  stop(): void {}

  #add(text: string): void {
    if (text === '') return;
    this.#text.add(text);
    this.#emit?.({ type: 'text-delta', sample: 0, text });
  }

  #cite(citation: JsonValue): void {
    (this.#citations ??= []).push(citation);
    this.#emit?.({ type: 'text-delta', sample: 0, text: '', metadata: messagesMetadata({ citations: [citation] }) });
  }
}

class ThinkingBlock implements ContentBlock {
  readonly #options: ContentBlockOptions;
  readonly #text = new GrowingText();
  #signature = '';

  constructor(fields: Fields, options: ContentBlockOptions) {
    this.#options = options;
    this.#add(textOf(fields['thinking']) ?? '');
    this.#sign(textOf(fields['signature']) ?? '');
  }

  get part(): AssistantPart | undefined {
    const text = this.#text.whole;
    if (text === '' && this.#signature === '') return undefined;
    return {
      type: 'reasoning',
      text,
      origin: this.#options.origin,
      ...(this.#signature !== '' && { metadata: messagesMetadata({ signature: this.#signature }) }),
    };
  }

  // The text may be a summary, or withheld; the signature holds all that was thought.
  get tokens(): WrittenTokens | undefined {
    if (this.part === undefined) return undefined;
    return { text: 0, reasoning: Math.max(estimateTokens(this.#text.whole), estimateTokens(this.#signature)) };
  }

  read(delta: Fields): void {
    if (delta['type'] === 'thinking_delta') this.#add(textOf(delta['thinking']) ?? '');
    if (delta['type'] === 'signature_delta') this.#sign(textOf(delta['signature']) ?? '');
  }

  stop(): void {}

  #add(text: string): void {
    if (text === '') return;
    this.#text.add(text);
    this.#options.emit?.({ type: 'reasoning-delta', sample: 0, text });
  }

  #sign(signature: string): void {
    if (signature === '') return;
    this.#signature = signature;
    this.#options.emit?.({ type: 'reasoning-delta', sample: 0, text: '', metadata: messagesMetadata({ signature }) });
  }
}

class ToolUseBlock implements ContentBlock {
  readonly #options: ContentBlockOptions;
  readonly #call: Pick<ToolCallPart, 'type' | 'toolCallId' | 'toolName'>;
  readonly #whole: JsonValue;
  readonly #json = new GrowingText();

  constructor(fields: Fields, options: ContentBlockOptions) {
    this.#options = options;
    this.#call = {
      type: 'tool-call',
      toolCallId: textOf(fields['id']) ?? '',
      toolName: textOf(fields['name']) ?? '',
    };
    this.#whole = (fields['input'] as JsonValue | undefined) ?? {};
  }

  get part(): ToolCallPart {
    const json = this.#json.whole;
    const input = json === '' ? { input: this.#whole } : readToolInput(json);
    return { ...this.#call, origin: this.#options.origin, ...input };
  }

  get tokens(): WrittenTokens {
    const json = this.#json.whole === '' ? JSON.stringify(this.#whole) : this.#json.whole;
    return { text: estimateTokens(this.#call.toolName + json), reasoning: 0 };
  }

  read(delta: Fields): void {
    if (delta['type'] !== 'input_json_delta') return;
    const text = textOf(delta['partial_json']) ?? '';
    if (text === '') return;
    this.#json.add(text);
    const { toolCallId, toolName } = this.#call;
    this.#options.emit?.({ type: 'tool-input-delta', sample: 0, toolCallId, toolName, text });
  }

  stop(): void {
    this.#options.emit?.({ type: 'tool-call', sample: 0, call: this.part });
  }
}

/** A block that goes back as it came: redacted thinking, and what the provider's own tools were asked and answered. */
class OpaqueBlock implements ContentBlock {
  readonly #options: ContentBlockOptions;
  readonly #fields: JsonObject;
  readonly #json = new GrowingText();
  #stopped = false;

  constructor(fields: Fields, options: ContentBlockOptions) {
    this.#options = options;
    this.#fields = fields as JsonObject;
  }

  get #isThinking(): boolean {
    return this.#fields['type'] === 'redacted_thinking';
  }

  // A block that was cut off cannot go back.
  get part(): AssistantPart | undefined {
    if (!this.#stopped) return undefined;
    const json = this.#json.whole;
    const block = json === '' ? this.#fields : { ...this.#fields, input: readToolInput(json).input };
    const metadata = messagesMetadata({ block });
    return this.#isThinking
      ? { type: 'reasoning', text: '', origin: this.#options.origin, metadata }
      : { type: 'text', text: '', metadata };
  }

  get tokens(): WrittenTokens {
    if (this.#isThinking) return { text: 0, reasoning: estimateTokens(textOf(this.#fields['data']) ?? '') };
    return { text: estimateTokens(this.#json.whole), reasoning: 0 };
  }

  read(delta: Fields): void {
    if (delta['type'] === 'input_json_delta') this.#json.add(textOf(delta['partial_json']) ?? '');
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    const { metadata } = this.part ?? {};
    if (metadata === undefined) return;
    this.#options.emit?.({
      type: this.#isThinking ? 'reasoning-delta' : 'text-delta',
      sample: 0,
      text: '',
      metadata,
    });
  }
}
