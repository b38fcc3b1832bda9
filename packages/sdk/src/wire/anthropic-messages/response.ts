import type { LeafCandidate } from '../../leaf/leaf-call.ts';
import type { AssistantPart } from '../../spec/content.ts';
import type { JsonObject } from '../../spec/json.ts';
import type { Usage } from '../../spec/usage.ts';
import type { MessagesReplyHead } from './events.ts';
import { writeMessagesFinish } from './finish.ts';
import { writeToolUse } from './messages.ts';
import { readMetadata } from './opaque.ts';
import { writeMessagesUsage } from './usage.ts';

/** Writes an answer as a whole (not streamed) message. `createMessagesReader` reads it back. */
export function writeMessagesResponse(head: MessagesReplyHead, candidate: LeafCandidate, usage?: Usage): JsonObject {
  return {
    id: head.id,
    type: 'message',
    role: 'assistant',
    model: head.modelId,
    content: candidate.content.flatMap(writeBlock),
    ...writeMessagesFinish(candidate.finish),
    usage: (usage === undefined ? undefined : writeMessagesUsage(usage)) ?? { input_tokens: 0, output_tokens: 0 },
  };
}

function writeBlock(part: AssistantPart): readonly JsonObject[] {
  const { block, signature = '', citations } = readMetadata(part.metadata);
  if (block !== undefined) return [block];
  switch (part.type) {
    case 'text':
      return [{ type: 'text', text: part.text, ...(citations !== undefined && { citations }) }];
    case 'reasoning':
      return [{ type: 'thinking', thinking: part.text, signature }];
    case 'tool-call':
      return [writeToolUse(part)];
    case 'file':
      return [];
    default:
      return part satisfies never;
  }
}
