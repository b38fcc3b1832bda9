import type { JsonObject } from '../../spec/json.ts';
import type { StreamPart } from '../../spec/stream.ts';
import type { Usage } from '../../spec/usage.ts';
import { writeEvent } from '../../transport/events.ts';
import { writeChatFinish } from './finish.ts';
import { writeToolCall } from './messages.ts';
import { writeChatUsage } from './usage.ts';

/** What every chunk of one reply says about it. */
export interface ChatReplyHead {
  /** Id of the reply, for example `chatcmpl-7`. */
  readonly id: string;
  readonly modelId: string;
  /** Seconds since the Unix epoch. */
  readonly createdAtSeconds: number;
}

/** Writes a stream of parts as the server-sent events of a chat completion. */
export interface ChatChunkWriter {
  /** The events for one part; empty for a part that has no place in the format. */
  write(part: StreamPart): string;
  /** The last events. Usage is written where it is given and known. */
  end(usage?: Usage): string;
}

/**
 * Makes a writer for one reply. Candidates become choices in the order in which they first occur.
 *
 * @example
 * const writer = createChatChunkWriter({ id: 'chatcmpl-7', modelId: 'tollgate/frugal', createdAtSeconds });
 * for await (const part of model.stream(request)) send(writer.write(part));
 * send(writer.end(usage));
 */
export function createChatChunkWriter(head: ChatReplyHead): ChatChunkWriter {
  return new ChunkWriter(head);
}

interface OpenChoice {
  readonly index: number;
  /** Index by id of the calls whose beginning was written. */
  readonly calls: Map<string, number>;
}

class ChunkWriter implements ChatChunkWriter {
  readonly #head: ChatReplyHead;
  readonly #choices = new Map<string, OpenChoice>();

  constructor(head: ChatReplyHead) {
    this.#head = head;
  }

  write(part: StreamPart): string {
    switch (part.type) {
      case 'start':
      case 'ping':
      case 'discard':
      case 'finish':
        return '';
      case 'commit':
        return this.#delta(part.candidateId, { role: 'assistant', content: '' });
      case 'text-delta':
        return this.#delta(part.candidateId, { content: part.text });
      case 'reasoning-delta':
        return this.#delta(part.candidateId, { reasoning_content: part.text });
      case 'tool-input-delta': {
        const { calls } = this.#choice(part.candidateId);
        const known = calls.get(part.toolCallId);
        if (known !== undefined)
          return this.#callDelta(part.candidateId, { index: known, function: { arguments: part.text } });
        calls.set(part.toolCallId, calls.size);
        const called = { name: part.toolName, arguments: part.text };
        return this.#callDelta(part.candidateId, {
          index: calls.size - 1,
          id: part.toolCallId,
          type: 'function',
          function: called,
        });
      }
      case 'tool-call': {
        const { calls } = this.#choice(part.candidateId);
        if (calls.has(part.call.toolCallId)) return '';
        calls.set(part.call.toolCallId, calls.size);
        return this.#callDelta(part.candidateId, { index: calls.size - 1, ...writeToolCall(part.call) });
      }
      case 'candidate-finish':
        return this.#chunk([
          { index: this.#choice(part.candidateId).index, delta: {}, finish_reason: writeChatFinish(part.finish) },
        ]);
      default:
        return part satisfies never;
    }
  }

  end(usage?: Usage): string {
    const totals = usage === undefined ? undefined : writeChatUsage(usage);
    return `${totals === undefined ? '' : this.#chunk([], totals)}${writeEvent('[DONE]')}`;
  }

  #choice(candidateId: string): OpenChoice {
    const known = this.#choices.get(candidateId);
    if (known !== undefined) return known;
    const choice: OpenChoice = { index: this.#choices.size, calls: new Map() };
    this.#choices.set(candidateId, choice);
    return choice;
  }

  #callDelta(candidateId: string, call: JsonObject): string {
    return this.#delta(candidateId, { tool_calls: [call] });
  }

  #delta(candidateId: string, delta: JsonObject): string {
    return this.#chunk([{ index: this.#choice(candidateId).index, delta, finish_reason: null }]);
  }

  #chunk(choices: readonly JsonObject[], usage?: JsonObject): string {
    const { id, modelId, createdAtSeconds } = this.#head;
    const chunk = { id, object: 'chat.completion.chunk', created: createdAtSeconds, model: modelId, choices };
    return writeEvent(JSON.stringify(usage === undefined ? chunk : { ...chunk, usage }));
  }
}
