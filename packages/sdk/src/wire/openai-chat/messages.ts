import type { AssistantPart, FilePart, Message, Origin, ToolCallPart, UserPart } from '../../spec/content.ts';
import type { JsonObject } from '../../spec/json.ts';
import type { Warn } from '../collect-warnings.ts';

/** How messages are written. */
export interface ChatMessagesOptions {
  /** Who will read them: reasoning that another model made is left out. */
  readonly origin: Origin;
  /** Media types the model takes, for example `image/*`. */
  readonly files: readonly string[];
  /** Told about everything that had to be left out. */
  readonly warn: Warn;
}

/** Writes a conversation as chat-completions messages. */
export function writeChatMessages(messages: readonly Message[], options: ChatMessagesOptions): readonly JsonObject[] {
  const written = messages.flatMap((message) => writeMessage(message, options));
  if (messages.some(hasBreakpoint)) {
    options.warn(
      'cache',
      'cache breakpoints were not sent: this format has none, its servers cache prefixes by themselves',
    );
  }
  return written;
}

function hasBreakpoint(message: Message): boolean {
  return typeof message.content !== 'string' && message.content.some((part) => part.cache !== undefined);
}

function writeMessage(message: Message, options: ChatMessagesOptions): readonly JsonObject[] {
  switch (message.role) {
    case 'system':
    case 'user':
      return [{ role: message.role, content: writeContent(message.content, options) }];
    case 'assistant':
      return [writeAssistant(message.content, options)];
    case 'tool':
      return message.content.map((part) => ({
        role: 'tool',
        tool_call_id: part.toolCallId,
        content: typeof part.output === 'string' ? part.output : JSON.stringify(part.output),
      }));
    default:
      return message satisfies never;
  }
}

/** A single text is written as a string: every server takes that, lists of parts only most of them. */
function writeContent(
  content: string | readonly UserPart[],
  options: ChatMessagesOptions,
): string | readonly JsonObject[] {
  if (typeof content === 'string') return content;
  const [first] = content;
  if (content.length === 1 && first?.type === 'text') return first.text;
  return content.flatMap((part) =>
    part.type === 'text' ? [{ type: 'text', text: part.text }] : writeFile(part, options),
  );
}

function writeFile(part: FilePart, { files, warn }: ChatMessagesOptions): readonly JsonObject[] {
  const [family = '', kind = ''] = part.mediaType.split('/');
  const accepted = files.some((type) => type === part.mediaType || type === `${family}/*` || type === '*/*');
  const { data } = part;
  if (accepted && family === 'image') {
    return [
      {
        type: 'image_url',
        image_url: { url: 'url' in data ? data.url : `data:${part.mediaType};base64,${data.base64}` },
      },
    ];
  }
  if (accepted && 'base64' in data) {
    if (family === 'audio') return [{ type: 'input_audio', input_audio: { data: data.base64, format: kind } }];
    const file = { file_data: `data:${part.mediaType};base64,${data.base64}` };
    return [{ type: 'file', file: part.filename === undefined ? file : { ...file, filename: part.filename } }];
  }
  const why = accepted
    ? 'only images can be sent by URL'
    : 'the model does not take this media type (capabilities.files)';
  warn('messages', `a ${part.mediaType} file was left out: ${why}`);
  return [];
}

function writeAssistant(content: string | readonly AssistantPart[], options: ChatMessagesOptions): JsonObject {
  if (typeof content === 'string') return { role: 'assistant', content };
  const texts: UserPart[] = [];
  const calls: JsonObject[] = [];
  let reasoning = '';
  for (const part of content) {
    switch (part.type) {
      case 'text':
        texts.push(part);
        break;
      case 'reasoning':
        if (isOwn(part.origin, options.origin)) reasoning += part.text;
        break;
      case 'tool-call':
        calls.push(writeToolCall(part));
        break;
      case 'file':
        options.warn(
          'messages',
          `a ${part.mediaType} file in an assistant message was left out: this format has no place for it`,
        );
        break;
      default:
        part satisfies never;
    }
  }
  return {
    role: 'assistant',
    content: texts.length === 0 ? null : writeContent(texts, options),
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

/** One call as it stands in messages and replies. Invalid arguments are sent as the model wrote them. */
export function writeToolCall(part: ToolCallPart): JsonObject {
  return {
    id: part.toolCallId,
    type: 'function',
    function: {
      name: part.toolName,
      arguments: part.invalid !== undefined && typeof part.input === 'string' ? part.input : JSON.stringify(part.input),
    },
  };
}

function isOwn(origin: Origin | undefined, own: Origin): boolean {
  return origin === undefined || (origin.provider === own.provider && origin.modelId === own.modelId);
}
