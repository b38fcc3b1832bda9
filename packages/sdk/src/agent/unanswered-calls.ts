import type { Message } from '../spec/content.ts';

/** Ids of the tool calls that have no result in the messages right after them. Providers refuse such a conversation. */
export function unansweredCalls(messages: readonly Message[]): readonly string[] {
  const unanswered: string[] = [];
  let open: string[] = [];
  for (const message of messages) {
    if (message.role === 'tool') {
      for (const { toolCallId } of message.content) {
        const at = open.indexOf(toolCallId);
        if (at !== -1) open.splice(at, 1);
      }
      continue;
    }
    unanswered.push(...open);
    open = [];
    if (message.role !== 'assistant' || typeof message.content === 'string') continue;
    for (const part of message.content) if (part.type === 'tool-call') open.push(part.toolCallId);
  }
  return [...unanswered, ...open];
}
