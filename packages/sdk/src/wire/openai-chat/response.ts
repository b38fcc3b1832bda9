import type { LeafCandidate } from '../../leaf/leaf-call.ts';
import type { JsonObject } from '../../spec/json.ts';
import type { TokenLogprob } from '../../spec/result.ts';
import type { Usage } from '../../spec/usage.ts';
import type { ChatReplyHead } from './chunks.ts';
import { writeChatFinish } from './finish.ts';
import { writeToolCall } from './messages.ts';
import { writeChatUsage } from './usage.ts';

/** Writes answers as a whole (not streamed) chat completion. `createChatReader` reads it back. */
export function writeChatResponse(
  head: ChatReplyHead,
  candidates: readonly LeafCandidate[],
  usage?: Usage,
): JsonObject {
  const totals = usage === undefined ? undefined : writeChatUsage(usage);
  return {
    id: head.id,
    object: 'chat.completion',
    created: head.createdAtSeconds,
    model: head.modelId,
    choices: candidates.map(writeChoice),
    ...(totals !== undefined && { usage: totals }),
  };
}

function writeChoice(candidate: LeafCandidate, index: number): JsonObject {
  const text = candidate.content.flatMap((part) => (part.type === 'text' ? part.text : [])).join('');
  const reasoning = candidate.content.flatMap((part) => (part.type === 'reasoning' ? part.text : [])).join('');
  const calls = candidate.content.flatMap((part) => (part.type === 'tool-call' ? writeToolCall(part) : []));
  return {
    index,
    message: {
      role: 'assistant',
      content: text === '' && calls.length > 0 ? null : text,
      ...(reasoning !== '' && { reasoning_content: reasoning }),
      ...(calls.length > 0 && { tool_calls: calls }),
    },
    finish_reason: writeChatFinish(candidate.finish),
    ...(candidate.logprobs !== undefined && { logprobs: { content: candidate.logprobs.map(writeLogprob) } }),
  };
}

function writeLogprob({ text, logprob, top }: TokenLogprob): JsonObject {
  return {
    token: text,
    logprob,
    bytes: [...new TextEncoder().encode(text)],
    top_logprobs: (top ?? []).map((alternative) => ({ token: alternative.text, logprob: alternative.logprob })),
  };
}
