import type { Attributes } from '@opentelemetry/api';
import type { AssistantPart, Message } from '../spec/content.ts';
import type { JsonValue } from '../spec/json.ts';
import type { Candidate } from '../spec/result.ts';

type AnyPart = Exclude<Message['content'], string>[number] | AssistantPart;

/** The messages of a request, in the JSON of the conventions. Data of files is left out. */
export function inputContent(messages: readonly Message[]): Attributes {
  const written = messages.map(({ role, content }) => ({
    role,
    parts: typeof content === 'string' ? [{ type: 'text', content }] : content.map(partOf),
  }));
  const system = written.filter(({ role }) => role === 'system').flatMap(({ parts }) => parts);
  return {
    'gen_ai.input.messages': JSON.stringify(written.filter(({ role }) => role !== 'system')),
    ...(system.length > 0 && { 'gen_ai.system_instructions': JSON.stringify(system) }),
  };
}

/** The answers, in the JSON of the conventions. */
export function outputContent(candidates: readonly Candidate[]): Attributes {
  const written = candidates.map(({ content, finish }) => ({
    role: 'assistant',
    parts: content.map(partOf),
    finish_reason: finish.unified,
  }));
  return { 'gen_ai.output.messages': JSON.stringify(written) };
}

function partOf(part: AnyPart): JsonValue {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return { type: part.type, content: part.text };
    case 'tool-call':
      return { type: 'tool_call', id: part.toolCallId, name: part.toolName, arguments: part.input };
    case 'tool-result':
      return { type: 'tool_call_response', id: part.toolCallId, response: part.output };
    case 'file':
      return { type: 'file', mime_type: part.mediaType };
    default:
      return part satisfies never;
  }
}
