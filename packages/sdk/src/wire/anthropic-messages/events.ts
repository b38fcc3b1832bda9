import type { JsonObject } from '../../spec/json.ts';
import type { Finish } from '../../spec/result.ts';
import type { StreamPart } from '../../spec/stream.ts';
import type { Usage } from '../../spec/usage.ts';
import { writeEvent } from '../../transport/events.ts';
import { writeMessagesFinish } from './finish.ts';
import { readMetadata } from './opaque.ts';
import { writeMessagesUsage } from './usage.ts';

/** What a reply says about itself. */
export interface MessagesReplyHead {
  /** Id of the reply, for example `msg_7`. */
  readonly id: string;
  readonly modelId: string;
}

/** Writes a stream of parts as the server-sent events of a message. */
export interface MessagesEventWriter {
  /** The events for one part; empty for a part that has no place in the format. */
  write(part: StreamPart): string;
  /** The last events. The format demands counts: usage that is not known is written as 0. */
  end(usage?: Usage): string;
}

/**
 * Makes a writer for one reply. The format has one answer: parts of other candidates than the first are left out.
 *
 * @example
 * const writer = createMessagesEventWriter({ id: 'msg_7', modelId: 'tollgate/frugal' });
 * for await (const part of model.stream(request)) send(writer.write(part));
 * send(writer.end(usage));
 */
export function createMessagesEventWriter(head: MessagesReplyHead): MessagesEventWriter {
  return new EventWriter(head);
}

type Delta = Extract<StreamPart, { readonly candidateId: string }>;

class EventWriter implements MessagesEventWriter {
  readonly #head: MessagesReplyHead;
  /** Calls whose block was begun. */
  readonly #calls = new Set<string>();
  #candidateId: string | undefined;
  #blocks = 0;
  /** The block that is open: its kind, or the id of its call. */
  #open: string | undefined;
  #finish: Finish | undefined;

  constructor(head: MessagesReplyHead) {
    this.#head = head;
  }

  write(part: StreamPart): string {
    if (part.type === 'ping') return event({ type: 'ping' });
    if (!('candidateId' in part) || part.type === 'discard') return '';
    const start = this.#candidateId === undefined ? this.#start(part.candidateId) : '';
    return part.candidateId === this.#candidateId ? start + this.#delta(part) : '';
  }

  end(usage?: Usage): string {
    const finish = this.#finish ?? { unified: 'other', by: 'eos' };
    return [
      this.#candidateId === undefined ? this.#start('') : '',
      this.#close(),
      event({
        type: 'message_delta',
        delta: { ...writeMessagesFinish(finish) },
        usage: (usage === undefined ? undefined : writeMessagesUsage(usage)) ?? { output_tokens: 0 },
      }),
      event({ type: 'message_stop' }),
    ].join('');
  }

  #start(candidateId: string): string {
    this.#candidateId = candidateId;
    const { id, modelId: model } = this.#head;
    const usage = { input_tokens: 0, output_tokens: 0 };
    const unended = { stop_reason: null, stop_sequence: null };
    const message = { id, type: 'message', role: 'assistant', model, content: [], ...unended, usage };
    return event({ type: 'message_start', message });
  }

  #delta(part: Delta): string {
    switch (part.type) {
      case 'commit':
      case 'discard':
        return '';
      case 'text-delta': {
        const { block, citations = [] } = readMetadata(part.metadata);
        if (block !== undefined) return this.#whole(block);
        const cited = citations.map((citation) => ({ type: 'citations_delta', citation }));
        const said = part.text === '' ? [] : [{ type: 'text_delta', text: part.text }];
        return this.#into('text', { type: 'text', text: '' }, [...said, ...cited]);
      }
      case 'reasoning-delta': {
        const { block, signature } = readMetadata(part.metadata);
        if (block !== undefined) return this.#whole(block);
        const thought = part.text === '' ? [] : [{ type: 'thinking_delta', thinking: part.text }];
        const signed = signature === undefined ? [] : [{ type: 'signature_delta', signature }];
        const written = this.#into('thinking', { type: 'thinking', thinking: '', signature: '' }, [
          ...thought,
          ...signed,
        ]);
        return signature === undefined ? written : written + this.#close();
      }
      case 'tool-input-delta': {
        const { toolCallId, toolName, text } = part;
        // Calls that come side by side are written one after the other: the first as it comes, the rest when they are whole.
        const others = this.#calls.has(toolCallId) ? this.#open !== toolCallId : this.#isCall(this.#open);
        return others ? '' : this.#call(toolCallId, toolName, text);
      }
      case 'tool-call': {
        const { toolCallId, toolName, input, invalid } = part.call;
        if (this.#calls.has(toolCallId)) return this.#open === toolCallId ? this.#close() : '';
        const json = invalid !== undefined && typeof input === 'string' ? input : JSON.stringify(input);
        return this.#call(toolCallId, toolName, json) + this.#close();
      }
      case 'candidate-finish':
        this.#finish = part.finish;
        return this.#close();
      default:
        return part satisfies never;
    }
  }

  #isCall(open: string | undefined): boolean {
    return open !== undefined && this.#calls.has(open);
  }

  #call(id: string, name: string, json: string): string {
    const delta = json === '' ? [] : [{ type: 'input_json_delta', partial_json: json }];
    const written = this.#into(id, { type: 'tool_use', id, name, input: {} }, delta);
    this.#calls.add(id);
    return written;
  }

  /** Deltas into the open block of this kind, or into a new one. */
  #into(kind: string, block: JsonObject, deltas: readonly JsonObject[]): string {
    const begun =
      this.#open === kind
        ? ''
        : this.#close() + event({ type: 'content_block_start', index: this.#blocks, content_block: block });
    this.#open = kind;
    return begun + deltas.map((delta) => event({ type: 'content_block_delta', index: this.#blocks, delta })).join('');
  }

  #whole(block: JsonObject): string {
    return this.#into('whole', block, []) + this.#close();
  }

  #close(): string {
    if (this.#open === undefined) return '';
    this.#open = undefined;
    this.#blocks += 1;
    return event({ type: 'content_block_stop', index: this.#blocks - 1 });
  }
}

/** One event; its name is the type of its data. */
function event(data: JsonObject & { readonly type: string }): string {
  return writeEvent(JSON.stringify(data), data.type);
}
