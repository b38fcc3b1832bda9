import type { CacheBreakpoint, Message } from '../spec/content.ts';

/**
 * The messages with the ends of the last two that are not the model's marked as worth caching: the newest is written, the
 * one before it is what the last request wrote and this one reads. Marks are in the request only, never in the conversation.
 */
export function withCacheMarks(messages: readonly Message[], cache: CacheBreakpoint): readonly Message[] {
  const marked = [...messages];
  let left = 2;
  for (let i = marked.length - 1; i >= 0 && left > 0; i -= 1) {
    const message = marked[i];
    if (message === undefined || message.role === 'assistant' || message.role === 'system') continue;
    marked[i] = withMark(message, cache);
    left -= 1;
  }
  return marked;
}

function withMark<M extends Extract<Message, { role: 'user' | 'tool' }>>(message: M, cache: CacheBreakpoint): Message {
  if (message.role === 'tool') {
    return {
      ...message,
      content: message.content.map((part, i, { length }) => (i === length - 1 ? { ...part, cache } : part)),
    };
  }
  const parts =
    typeof message.content === 'string' ? [{ type: 'text' as const, text: message.content }] : message.content;
  return { ...message, content: parts.map((part, i, { length }) => (i === length - 1 ? { ...part, cache } : part)) };
}
