import type { LeafPart } from '../../leaf/leaf-call.ts';
import type { AssistantPart, Origin, PartMetadata } from '../../spec/content.ts';
import type { TokenLogprob } from '../../spec/result.ts';
import { GrowingText } from '../growing-text.ts';
import { type Fields, fieldsOf, listOf, textOf } from '../json-fields.ts';
import { readToolInput } from '../tool-input.ts';
import { responsesMetadata } from './metadata.ts';

/** What an item is read for. */
export interface ReplyItemOptions {
  readonly origin: Origin;
  readonly emit: ((part: LeafPart) => void) | undefined;
}

/** Between the parts of a summary of reasoning, which are paragraphs. */
export const betweenSummaries = '\n\n';

/** Puts one output item together: a message, reasoning, or a call. Items of other types stay empty. */
export class ReplyItem {
  readonly type: string;
  readonly #options: ReplyItemOptions;
  readonly #callId: string;
  readonly #name: string;
  #text = new GrowingText();
  #logprobs: TokenLogprob[] | undefined;
  #metadata: PartMetadata | undefined;
  #refused = false;
  #done = false;

  constructor(item: Fields, options: ReplyItemOptions) {
    this.#options = options;
    this.type = textOf(item['type']) ?? 'message';
    this.#callId = textOf(item['call_id']) ?? textOf(item['id']) ?? '';
    this.#name = textOf(item['name']) ?? '';
  }

  get refused(): boolean {
    return this.#refused;
  }

  get logprobs(): readonly TokenLogprob[] {
    return this.#logprobs ?? [];
  }

  /** It is something that an answer can hold; items of hosted tools are not. */
  get hasPlace(): boolean {
    return this.type === 'message' || this.type === 'reasoning' || this.type === 'function_call';
  }

  /** Something of it has arrived that a caller can see. */
  get begun(): boolean {
    return this.#text.whole !== '' || (this.#done && this.type === 'function_call');
  }

  /** Everything of it that was generated in the open, for estimates of its size. */
  get written(): string {
    return this.type === 'function_call' ? this.#name + this.#text.whole : this.#text.whole;
  }

  /** More of its text: an answer, a summary, or the arguments of a call. */
  append(text: string): void {
    if (text === '') return;
    this.#text.add(text);
    const { emit } = this.#options;
    if (emit === undefined) return;
    if (this.type === 'message') emit({ type: 'text-delta', sample: 0, text });
    else if (this.type === 'reasoning') emit({ type: 'reasoning-delta', sample: 0, text });
    else if (this.type === 'function_call') {
      emit({ type: 'tool-input-delta', sample: 0, toolCallId: this.#callId, toolName: this.#name, text });
    }
  }

  appendRefusal(text: string): void {
    this.#refused = true;
    this.append(text);
  }

  /** Another part of the summary begins. */
  appendSummaryBreak(): void {
    if (this.#text.whole !== '') this.append(betweenSummaries);
  }

  appendLogprobs(tokens: unknown): void {
    for (const value of listOf(tokens)) {
      const token = readToken(value);
      if (token === undefined) continue;
      const top = listOf(fieldsOf(value)?.['top_logprobs']).flatMap((alternative) => readToken(alternative) ?? []);
      (this.#logprobs ??= []).push(top.length === 0 ? token : { ...token, top });
    }
  }

  /** The item as the server ended it: what was not streamed is caught up with. */
  finish(item: Fields): void {
    if (this.#done) return;
    this.#done = true;
    const { emit } = this.#options;
    this.#catchUp(finalText(item));
    if (this.type === 'message') {
      const contents = listOf(item['content']).map((part) => fieldsOf(part) ?? {});
      this.#refused ||= contents.some((part) => part['type'] === 'refusal');
      if (this.#logprobs === undefined) for (const part of contents) this.appendLogprobs(part['logprobs']);
    }
    this.#metadata = opaque(this.type, item);
    if (this.type === 'reasoning' && this.#metadata !== undefined) {
      emit?.({ type: 'reasoning-delta', sample: 0, text: '', metadata: this.#metadata });
    }
    for (const part of this.parts())
      if (part.type === 'tool-call') emit?.({ type: 'tool-call', sample: 0, call: part });
  }

  /** Leaves out what could be handed back. */
  forgetOpaque(): void {
    this.#metadata = undefined;
  }

  /** What it is in an answer. */
  parts(): readonly AssistantPart[] {
    const { origin } = this.#options;
    const text = this.#text.whole;
    const metadata = this.#metadata === undefined ? {} : { metadata: this.#metadata };
    switch (this.type) {
      case 'message':
        return text === '' ? [] : [{ type: 'text', text, ...metadata }];
      case 'reasoning':
        if (text === '' && this.#metadata === undefined) return [];
        return [{ type: 'reasoning', text, origin, ...metadata }];
      case 'function_call':
        return [{ type: 'tool-call', toolCallId: this.#callId, toolName: this.#name, origin, ...readToolInput(text) }];
      default:
        return [];
    }
  }

  #catchUp(whole: string): void {
    if (whole.startsWith(this.#text.whole)) this.append(whole.slice(this.#text.whole.length));
    else if (whole !== '') {
      this.#text = new GrowingText();
      this.#text.add(whole);
    }
  }
}

function finalText(item: Fields): string {
  switch (item['type']) {
    case 'function_call':
      return textOf(item['arguments']) ?? '';
    case 'reasoning': {
      const summary = textsOf(item['summary']);
      return (summary.length > 0 ? summary : textsOf(item['content'])).join(betweenSummaries);
    }
    default:
      return textsOf(item['content']).join('');
  }
}

function textsOf(parts: unknown): readonly string[] {
  return listOf(parts).flatMap((part) => textOf(fieldsOf(part)?.['text']) ?? textOf(fieldsOf(part)?.['refusal']) ?? []);
}

/** What has to go back untouched: encrypted reasoning with its id, and which phase of its work a model said something in. */
function opaque(type: string, item: Fields): PartMetadata | undefined {
  const encrypted = textOf(item['encrypted_content']);
  const id = textOf(item['id']);
  const phase = textOf(item['phase']);
  if (type === 'reasoning' && encrypted !== undefined) {
    return { [responsesMetadata]: { ...(id !== undefined && { id }), encrypted_content: encrypted } };
  }
  return type === 'message' && phase !== undefined ? { [responsesMetadata]: { phase } } : undefined;
}

function readToken(value: unknown): TokenLogprob | undefined {
  const fields = fieldsOf(value);
  const text = textOf(fields?.['token']);
  const logprob = fields?.['logprob'];
  return text === undefined || typeof logprob !== 'number' ? undefined : { text, logprob };
}
