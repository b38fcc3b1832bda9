import type {
  AssistantPart,
  FilePart,
  Message,
  Origin,
  TextPart,
  ToolCallPart,
  ToolResultPart,
  UserPart,
} from '../../spec/content.ts';
import type { JsonObject } from '../../spec/json.ts';
import type { Warn } from '../collect-warnings.ts';
import { fieldsOf } from '../json-fields.ts';
import { type CacheControl, cacheControl } from './cache-control.ts';
import { writeFile } from './files.ts';
import { readMetadata } from './opaque.ts';

/** How messages are written. */
export interface MessagesOptions {
  /** Who will read them: thinking that another provider's model made is left out. */
  readonly origin: Origin;
  /** Media types the model takes, for example `image/*`. */
  readonly files: readonly string[];
  /** The model takes system messages between turns. */
  readonly systemBetweenTurns: boolean;
  /** Told about everything that had to be left out or changed. */
  readonly warn: Warn;
}

/** A conversation on the wire. */
export interface WrittenMessages {
  readonly system?: string | readonly JsonObject[];
  readonly messages: readonly JsonObject[];
}

/** Writes a conversation as Messages: what the system says first apart from the turns. */
export function writeMessages(messages: readonly Message[], options: MessagesOptions): WrittenMessages {
  const writer = new MessageWriter(options, cacheControl(messages, options.warn));
  const turnsFrom = messages.findIndex((message) => message.role !== 'system');
  const leading = messages.slice(0, turnsFrom === -1 ? messages.length : turnsFrom);
  const system = writer.system(leading);
  const turns = messages.slice(leading.length).flatMap((message) => writer.turn(message));
  return { ...(system !== undefined && { system }), messages: turns };
}

class MessageWriter {
  readonly #options: MessagesOptions;
  readonly #cache: CacheControl;
  #lastRole: string | undefined;

  constructor(options: MessagesOptions, cache: CacheControl) {
    this.#options = options;
    this.#cache = cache;
  }

  system(messages: readonly Message[]): string | readonly JsonObject[] | undefined {
    const [first] = messages;
    if (messages.length === 1 && typeof first?.content === 'string') return first.content;
    const blocks = messages.flatMap(({ content }) =>
      (typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content).flatMap((part) =>
        part.type === 'text' ? this.#text(part) : [],
      ),
    );
    return blocks.length === 0 ? undefined : blocks;
  }

  /** A turn, or nothing where nothing is left of it: the API refuses messages without content. */
  turn(message: Message): readonly JsonObject[] {
    const role = this.#roleOf(message);
    const content = this.#content(message);
    if (content.length === 0) return [];
    this.#lastRole = role;
    return [{ role, content }];
  }

  #roleOf({ role }: Message): string {
    if (role === 'tool') return 'user';
    if (role !== 'system') return role;
    if (this.#options.systemBetweenTurns && this.#lastRole === 'user') return 'system';
    this.#options.warn(
      'messages',
      'a system message between turns was sent as a user message: the model takes them at the start only, or right after a user turn',
    );
    return 'user';
  }

  #content(message: Message): string | readonly JsonObject[] {
    if (typeof message.content === 'string') return message.content;
    switch (message.role) {
      case 'system':
        return message.content.flatMap((part) => this.#text(part));
      case 'user':
        return message.content.flatMap((part) => this.#userPart(part));
      case 'assistant':
        return message.content.flatMap((part) => this.#assistantPart(part));
      case 'tool':
        return message.content.map((part) => this.#toolResult(part));
      default:
        return message satisfies never;
    }
  }

  #userPart(part: UserPart): readonly JsonObject[] {
    if (part.type === 'text') return this.#text(part);
    const block = writeFile(part, this.#options);
    return block === undefined ? [] : [{ ...block, ...this.#cache(part) }];
  }

  #assistantPart(part: AssistantPart): readonly JsonObject[] {
    switch (part.type) {
      case 'text':
        return this.#text(part);
      case 'reasoning': {
        const { origin, text } = part;
        if (origin !== undefined && origin.provider !== this.#options.origin.provider) return [];
        const { signature, block } = readMetadata(part.metadata);
        if (block !== undefined) return [block];
        // Without its signature it is nobody's thinking, and the API refuses it.
        return signature === undefined ? [] : [{ type: 'thinking', thinking: text, signature }];
      }
      case 'tool-call':
        return [{ ...writeToolUse(part), ...this.#cache(part) }];
      case 'file':
        return this.#assistantFile(part);
      default:
        return part satisfies never;
    }
  }

  #assistantFile({ mediaType }: FilePart): readonly JsonObject[] {
    this.#options.warn(
      'messages',
      `a ${mediaType} file in an assistant message was left out: this format has no place for it`,
    );
    return [];
  }

  #text(part: TextPart): readonly JsonObject[] {
    const { block } = readMetadata(part.metadata);
    if (block !== undefined) return [block];
    return part.text === '' ? [] : [{ type: 'text', text: part.text, ...this.#cache(part) }];
  }

  #toolResult(part: ToolResultPart): JsonObject {
    const { output, isError = false } = part;
    const { content } = readMetadata(part.metadata);
    return {
      type: 'tool_result',
      tool_use_id: wireId(part.toolCallId),
      content: content ?? (typeof output === 'string' ? output : JSON.stringify(output)),
      ...(isError && { is_error: true }),
      ...this.#cache(part),
    };
  }
}

/** One call as it stands in messages and replies. Arguments that are no object are wrapped, because the API takes nothing else. */
export function writeToolUse(part: ToolCallPart): JsonObject {
  const { input } = part;
  const isObject = fieldsOf(input) !== undefined;
  return {
    type: 'tool_use',
    id: wireId(part.toolCallId),
    name: part.toolName,
    input: isObject ? input : { [part.invalid === undefined ? 'input' : 'invalid_json']: input },
  };
}

/** Ids of other engines may hold characters that this API refuses. */
function wireId(id: string): string {
  return id.replace(/[^a-zA-Z0-9_-]/g, '_');
}
