import type { PartMetadata, ReasoningPart, ToolCallPart } from '../../spec/content.ts';
import type { JsonObject } from '../../spec/json.ts';
import type { TokenLogprob } from '../../spec/result.ts';
import { textOf } from '../json-fields.ts';
import { responsesMetadata } from './metadata.ts';

/** Whether an item is whole, as its `status` says. */
export type ItemStatus = 'in_progress' | 'completed';

/** The content of a message: text, or a refusal. */
export function outputText(text: string, logprobs: readonly TokenLogprob[] = []): JsonObject {
  return { type: 'output_text', text, annotations: [], logprobs: logprobs.map(writeLogprob) };
}

/** A message of the model. */
export function messageItem(id: string, content: readonly JsonObject[], status: ItemStatus = 'completed'): JsonObject {
  return { id, type: 'message', role: 'assistant', status, content };
}

/** The id that its provider gave to reasoning. */
export function ownReasoningId(metadata: PartMetadata | undefined): string | undefined {
  return textOf(metadata?.[responsesMetadata]?.['id']);
}

/** Reasoning, with what its own provider encrypted. */
export function reasoningItem(id: string, part: Pick<ReasoningPart, 'text' | 'metadata'>): JsonObject {
  const encrypted = textOf(part.metadata?.[responsesMetadata]?.['encrypted_content']);
  return {
    id,
    type: 'reasoning',
    summary: part.text === '' ? [] : [{ type: 'summary_text', text: part.text }],
    ...(encrypted !== undefined && { encrypted_content: encrypted }),
  };
}

/** The arguments of a call as text. Invalid ones are written as the model wrote them. */
export function callArguments({ input, invalid }: ToolCallPart): string {
  return invalid !== undefined && typeof input === 'string' ? input : JSON.stringify(input);
}

/** A tool call. */
export function callItem(id: string, part: ToolCallPart): JsonObject {
  return {
    id,
    type: 'function_call',
    status: 'completed',
    call_id: part.toolCallId,
    name: part.toolName,
    arguments: callArguments(part),
  };
}

function writeLogprob({ text, logprob, top = [] }: TokenLogprob): JsonObject {
  return {
    token: text,
    logprob,
    bytes: bytesOf(text),
    top_logprobs: top.map((each) => ({ token: each.text, logprob: each.logprob, bytes: bytesOf(each.text) })),
  };
}

function bytesOf(text: string): readonly number[] {
  return [...new TextEncoder().encode(text)];
}
