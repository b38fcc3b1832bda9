import type { AssistantPart, FilePart, Message, ToolResultPart, UserPart } from '../../spec/content.ts';
import { readToolInput } from '../tool-input.ts';
import type { ChatMessageFields } from './request-schema.ts';

type AssistantFields = Extract<ChatMessageFields, { role: 'assistant' }>;
type UserContent = Exclude<Extract<ChatMessageFields, { role: 'user' }>['content'], string>[number];

/** Reads chat-completions messages. Results of one turn's tools become one message; their tools' names come from the calls. */
export function readChatMessages(messages: readonly ChatMessageFields[]): readonly Message[] {
  const toolNames = new Map<string, string>();
  const read: Message[] = [];
  let results: ToolResultPart[] = [];
  for (const message of messages) {
    if (message.role === 'tool') {
      if (results.length === 0) read.push({ role: 'tool', content: results });
      results.push({
        type: 'tool-result',
        toolCallId: message.tool_call_id,
        toolName: toolNames.get(message.tool_call_id) ?? '',
        output: joined(message.content),
      });
      continue;
    }
    results = [];
    if (message.role === 'assistant') {
      for (const call of message.tool_calls ?? []) toolNames.set(call.id, call.function.name);
      read.push({ role: 'assistant', content: readAssistant(message) });
    } else if (message.role === 'user') {
      read.push({
        role: 'user',
        content: typeof message.content === 'string' ? message.content : message.content.map(readUserPart),
      });
    } else {
      read.push({ role: 'system', content: message.content });
    }
  }
  return read;
}

function joined(content: string | readonly { readonly text: string }[]): string {
  return typeof content === 'string' ? content : content.map(({ text }) => text).join('');
}

function readUserPart(part: UserContent): UserPart {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image_url':
      return readFile(part.image_url.url, 'image/*');
    case 'input_audio':
      return { type: 'file', mediaType: `audio/${part.input_audio.format}`, data: { base64: part.input_audio.data } };
    case 'file':
      return {
        ...readFile(part.file.file_data, 'application/octet-stream'),
        ...(part.file.filename != null && { filename: part.file.filename }),
      };
    default:
      return part satisfies never;
  }
}

function readFile(address: string, otherwise: string): FilePart {
  const [, mediaType, base64] = /^data:([^;,]+);base64,(.*)$/s.exec(address) ?? [];
  if (mediaType === undefined || base64 === undefined)
    return { type: 'file', mediaType: otherwise, data: { url: address } };
  return { type: 'file', mediaType, data: { base64 } };
}

function readAssistant({
  content,
  reasoning_content: reasoning,
  tool_calls: calls,
}: AssistantFields): string | readonly AssistantPart[] {
  if (typeof content === 'string' && reasoning == null && calls == null) return content;
  const texts =
    typeof content === 'string'
      ? [content]
      : (content ?? []).map((part) => (part.type === 'text' ? part.text : part.refusal));
  return [
    ...(reasoning == null ? [] : [{ type: 'reasoning' as const, text: reasoning }]),
    ...texts.map((text) => ({ type: 'text' as const, text })),
    ...(calls ?? []).map((call) => ({
      type: 'tool-call' as const,
      toolCallId: call.id,
      toolName: call.function.name,
      ...readToolInput(call.function.arguments),
    })),
  ];
}
