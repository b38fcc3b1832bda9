import type { PartMetadata, ToolCallPart } from '../../spec/content.ts';
import type { JsonObject } from '../../spec/json.ts';
import type { Finish } from '../../spec/result.ts';
import type { StreamPart } from '../../spec/stream.ts';
import type { Usage } from '../../spec/usage.ts';
import { writeEvent } from '../../transport/events.ts';
import { writeResponsesFinish } from './finish.ts';
import { callArguments, callItem, messageItem, outputText, ownReasoningId, reasoningItem } from './output-items.ts';
import { endedResponse, openResponse, type ResponsesReplyHead } from './response.ts';

/** Writes a stream of parts as the server-sent events of a response. */
export interface ResponsesEventWriter {
  /** The events for one part; empty for a part that has no place in the format. */
  write(part: StreamPart): string;
  /** The last events. Usage is written where it is given and known. */
  end(usage?: Usage): string;
}

/**
 * Makes a writer for one reply. The format has one answer: that of the first candidate that is committed.
 *
 * @example
 * const writer = createResponsesEventWriter({ id: 'resp_7', modelId: 'tollgate/frugal', createdAtSeconds });
 * for await (const part of model.stream(request)) send(writer.write(part));
 * send(writer.end(usage));
 */
export function createResponsesEventWriter(head: ResponsesReplyHead): ResponsesEventWriter {
  return new EventWriter(head);
}

type OpenItem = {
  readonly index: number;
  readonly id: string;
  text: string;
} & (
  | { readonly kind: 'message' }
  | { readonly kind: 'reasoning'; metadata: PartMetadata | undefined }
  | { readonly kind: 'call'; readonly callId: string; readonly name: string }
);

class EventWriter implements ResponsesEventWriter {
  readonly #head: ResponsesReplyHead;
  readonly #output: JsonObject[] = [];
  readonly #calls = new Map<string, Extract<OpenItem, { kind: 'call' }>>();
  readonly #called = new Set<string>();
  #open: Extract<OpenItem, { kind: 'message' | 'reasoning' }> | undefined;
  #candidateId: string | undefined;
  #finish: Finish = { unified: 'other', by: 'eos' };
  #items = 0;
  #sequence = 0;

  constructor(head: ResponsesReplyHead) {
    this.#head = head;
  }

  write(part: StreamPart): string {
    if (part.type === 'start') return this.#begin();
    if (part.type === 'ping' || part.type === 'discard' || part.type === 'finish') return '';
    this.#candidateId ??= part.candidateId;
    return part.candidateId === this.#candidateId ? this.#begin() + this.#writePart(part) : '';
  }

  end(usage?: Usage): string {
    const begun = this.#begin() + this.#closeAll();
    const response = endedResponse(this.#head, { output: this.#output, finish: this.#finish, usage });
    return begun + this.#event(`response.${writeResponsesFinish(this.#finish).status}`, { response });
  }

  #writePart(part: Exclude<StreamPart, { type: 'start' | 'ping' | 'discard' | 'finish' }>): string {
    switch (part.type) {
      case 'commit':
        return '';
      case 'text-delta':
        return part.text === '' ? '' : this.#openItem('message') + this.#textDelta(part.text);
      case 'reasoning-delta':
        return this.#reasoningDelta(part.text, part.metadata);
      case 'tool-input-delta':
        return this.#closeOpen() + this.#callDelta(part.toolCallId, part.toolName, part.text);
      case 'tool-call':
        return this.#closeOpen() + this.#call(part.call);
      case 'candidate-finish':
        this.#finish = part.finish;
        return this.#closeAll();
      default:
        return part satisfies never;
    }
  }

  #begin(): string {
    if (this.#sequence > 0) return '';
    const response = openResponse(this.#head);
    return this.#event('response.created', { response }) + this.#event('response.in_progress', { response });
  }

  #openItem(kind: 'message' | 'reasoning', reasoningId?: string): string {
    if (this.#open?.kind === kind) return '';
    const closed = this.#closeOpen();
    const index = this.#items++;
    if (kind === 'message') {
      const id = `msg_${this.#head.id}_${index}`;
      this.#open = { kind, index, id, text: '' };
      return (
        closed +
        this.#added(index, messageItem(id, [], 'in_progress')) +
        this.#event('response.content_part.added', { ...this.#place(this.#open), part: outputText('') })
      );
    }
    // The id stays what it was at first: clients check that. A provider's own, known only at the end, comes too late.
    const id = reasoningId ?? `rs_${this.#head.id}_${index}`;
    this.#open = { kind, index, id, text: '', metadata: undefined };
    return closed + this.#added(index, reasoningItem(id, { text: '' }));
  }

  #textDelta(text: string): string {
    if (this.#open?.kind !== 'message') return '';
    this.#open.text += text;
    return this.#event('response.output_text.delta', { ...this.#place(this.#open), delta: text, logprobs: [] });
  }

  #reasoningDelta(text: string, metadata: PartMetadata | undefined): string {
    let written = this.#openItem('reasoning', ownReasoningId(metadata));
    const open = this.#open;
    if (open?.kind !== 'reasoning') return written;
    const place = { item_id: open.id, output_index: open.index, summary_index: 0 };
    if (text !== '') {
      if (open.text === '') {
        const part = { type: 'summary_text', text: '' };
        written += this.#event('response.reasoning_summary_part.added', { ...place, part });
      }
      open.text += text;
      written += this.#event('response.reasoning_summary_text.delta', { ...place, delta: text });
    }
    if (metadata === undefined) return written;
    // Opaque data comes last: whatever is thought next is reasoning of its own.
    open.metadata = metadata;
    return written + this.#closeOpen();
  }

  #callDelta(callId: string, name: string, text: string): string {
    let call = this.#calls.get(callId);
    let written = '';
    if (call === undefined) {
      const index = this.#items++;
      call = { kind: 'call', index, id: `fc_${this.#head.id}_${index}`, text: '', callId, name };
      this.#calls.set(callId, call);
      this.#called.add(callId);
      const item = callItem(call.id, { type: 'tool-call', toolCallId: callId, toolName: name, input: '', invalid: '' });
      written = this.#added(index, { ...item, status: 'in_progress' });
    }
    if (text === '') return written;
    call.text += text;
    const place = { item_id: call.id, output_index: call.index };
    return written + this.#event('response.function_call_arguments.delta', { ...place, delta: text });
  }

  #call(call: ToolCallPart): string {
    const open = this.#calls.get(call.toolCallId);
    if (open !== undefined) return this.#closeCall(open);
    if (this.#called.has(call.toolCallId)) return '';
    const text = callArguments(call);
    const written = this.#callDelta(call.toolCallId, call.toolName, text);
    const opened = this.#calls.get(call.toolCallId);
    return opened === undefined ? written : written + this.#closeCall(opened);
  }

  #closeAll(): string {
    return this.#closeOpen() + [...this.#calls.values()].map((call) => this.#closeCall(call)).join('');
  }

  #closeCall(call: Extract<OpenItem, { kind: 'call' }>): string {
    this.#calls.delete(call.callId);
    const { id, index, callId, name, text } = call;
    const item = callItem(id, { type: 'tool-call', toolCallId: callId, toolName: name, input: text, invalid: '' });
    const done = { item_id: id, output_index: index, name, arguments: text };
    return this.#event('response.function_call_arguments.done', done) + this.#done(index, item);
  }

  #closeOpen(): string {
    const open = this.#open;
    if (open === undefined) return '';
    this.#open = undefined;
    if (open.kind === 'message') {
      const part = outputText(open.text);
      return (
        this.#event('response.output_text.done', { ...this.#place(open), text: open.text, logprobs: [] }) +
        this.#event('response.content_part.done', { ...this.#place(open), part }) +
        this.#done(open.index, messageItem(open.id, [part]))
      );
    }
    const place = { item_id: open.id, output_index: open.index, summary_index: 0 };
    const part = { type: 'summary_text', text: open.text };
    const summary =
      open.text === ''
        ? ''
        : this.#event('response.reasoning_summary_text.done', { ...place, text: open.text }) +
          this.#event('response.reasoning_summary_part.done', { ...place, part });
    const metadata = open.metadata === undefined ? {} : { metadata: open.metadata };
    return summary + this.#done(open.index, reasoningItem(open.id, { text: open.text, ...metadata }));
  }

  #added(index: number, item: JsonObject): string {
    return this.#event('response.output_item.added', { output_index: index, item });
  }

  #done(index: number, item: JsonObject): string {
    this.#output[index] = item;
    return this.#event('response.output_item.done', { output_index: index, item });
  }

  #place(open: { readonly id: string; readonly index: number }): JsonObject {
    return { item_id: open.id, output_index: open.index, content_index: 0 };
  }

  #event(type: string, fields: JsonObject): string {
    return writeEvent(JSON.stringify({ type, sequence_number: this.#sequence++, ...fields }), type);
  }
}
