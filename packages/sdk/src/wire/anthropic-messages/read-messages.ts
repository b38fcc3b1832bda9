import type {
  AssistantPart,
  CacheBreakpoint,
  Message,
  TextPart,
  ToolResultPart,
  UserPart,
} from '../../spec/content.ts';
import type { JsonObject } from '../../spec/json.ts';
import { textOf } from '../json-fields.ts';
import { base64OfText } from './files.ts';
import { messagesMetadata } from './opaque.ts';
import type { MessageFields, MessagesRequestFields } from './request-schema.ts';

type AssistantBlock = Exclude<Extract<MessageFields, { role: 'assistant' }>['content'], string>[number];
type UserBlock = Exclude<Extract<MessageFields, { role: 'user' }>['content'], string>[number];
type ResultBlock = Extract<UserBlock, { type: 'tool_result' }>;
type ContentBlock = Exclude<UserBlock, ResultBlock>;
type TextBlock = Extract<UserBlock, { type: 'text' }>;

/**
 * Reads Messages, the system's words first. Tool results that stand in a user's turn become a message of their own;
 * their tools' names come from the calls.
 */
export function readMessages(
  system: MessagesRequestFields['system'],
  messages: readonly MessageFields[],
): readonly Message[] {
  const toolNames = new Map<string, string>();
  const read: Message[] = [];
  if (system != null)
    read.push({ role: 'system', content: typeof system === 'string' ? system : system.map(readText) });
  for (const message of messages) {
    if (message.role === 'assistant') {
      read.push({
        role: 'assistant',
        content: typeof message.content === 'string' ? message.content : readAssistant(message.content, toolNames),
      });
    } else if (message.role === 'system') {
      read.push({
        role: 'system',
        content: typeof message.content === 'string' ? message.content : message.content.map(readText),
      });
    } else if (typeof message.content === 'string') {
      read.push({ role: 'user', content: message.content });
    } else {
      read.push(...readUser(message.content, toolNames));
    }
  }
  return read;
}

/** A user's turn in the order it stands, results and the rest apart. */
function readUser(blocks: readonly UserBlock[], toolNames: ReadonlyMap<string, string>): readonly Message[] {
  const read: Message[] = [];
  let results: ToolResultPart[] | undefined;
  let parts: UserPart[] | undefined;
  for (const block of blocks) {
    if (block.type === 'tool_result') {
      parts = undefined;
      if (results === undefined) read.push({ role: 'tool', content: (results = []) });
      results.push(readResult(block, toolNames));
    } else {
      results = undefined;
      if (parts === undefined) read.push({ role: 'user', content: (parts = []) });
      parts.push(readUserPart(block));
    }
  }
  return read;
}

function readResult(block: ResultBlock, toolNames: ReadonlyMap<string, string>): ToolResultPart {
  const { tool_use_id: toolCallId, content, is_error: isError } = block;
  const texts = typeof content === 'string' ? [content] : (content ?? []).map((each) => textOf(each['text']) ?? '');
  const plain = typeof content === 'string' || (content ?? []).every((each) => each['type'] === 'text');
  return {
    type: 'tool-result',
    toolCallId,
    toolName: toolNames.get(toolCallId) ?? '',
    output: texts.join(''),
    ...(isError === true && { isError }),
    ...(!plain && { metadata: messagesMetadata({ content: content as readonly JsonObject[] }) }),
    ...readCache(block),
  };
}

function readUserPart(block: ContentBlock): UserPart {
  switch (block.type) {
    case 'text':
      return readText(block);
    case 'opaque':
      return readOpaque(block.block);
    case 'image': {
      const { source } = block;
      return source.type === 'url'
        ? { type: 'file', mediaType: 'image/*', data: { url: source.url }, ...readCache(block) }
        : { type: 'file', mediaType: source.media_type, data: { base64: source.data }, ...readCache(block) };
    }
    case 'document': {
      const { source, title } = block;
      return {
        type: 'file',
        mediaType: source.type === 'url' ? 'application/pdf' : source.media_type,
        data:
          source.type === 'url'
            ? { url: source.url }
            : { base64: source.type === 'text' ? base64OfText(source.data) : source.data },
        ...(title != null && { filename: title }),
        ...readCache(block),
      };
    }
    default:
      return block satisfies never;
  }
}

function readAssistant(blocks: readonly AssistantBlock[], toolNames: Map<string, string>): readonly AssistantPart[] {
  return blocks.map((block): AssistantPart => {
    switch (block.type) {
      case 'text':
        return readText(block);
      case 'thinking':
        return {
          type: 'reasoning',
          text: block.thinking,
          ...(block.signature != null && { metadata: messagesMetadata({ signature: block.signature }) }),
        };
      case 'tool_use':
        toolNames.set(block.id, block.name);
        return {
          type: 'tool-call',
          toolCallId: block.id,
          toolName: block.name,
          input: block.input,
          ...readCache(block),
        };
      case 'opaque':
        return block.block['type'] === 'redacted_thinking'
          ? { type: 'reasoning', text: '', metadata: messagesMetadata({ block: block.block }) }
          : readOpaque(block.block);
      default:
        return block satisfies never;
    }
  });
}

function readText(block: TextBlock): TextPart {
  return { type: 'text', text: block.text, ...readCache(block) };
}

function readOpaque(block: JsonObject): TextPart {
  return { type: 'text', text: '', metadata: messagesMetadata({ block }) };
}

function readCache({ cache_control: control }: Pick<TextBlock, 'cache_control'>): { readonly cache?: CacheBreakpoint } {
  if (control == null) return {};
  return { cache: control.ttl == null ? {} : { ttl: control.ttl } };
}
