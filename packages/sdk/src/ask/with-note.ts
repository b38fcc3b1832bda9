import type { Message } from '../spec/content.ts';

/**
 * The messages with a note at their end, where it changes no prefix that a provider has cached: in the newest message where
 * that is the user's, else in a message of its own.
 */
export function withNote(messages: readonly Message[], note: string): readonly Message[] {
  const newest = messages.at(-1);
  if (newest?.role !== 'user') return [...messages, { role: 'user', content: note }];
  const parts = typeof newest.content === 'string' ? [{ type: 'text' as const, text: newest.content }] : newest.content;
  return [...messages.slice(0, -1), { role: 'user', content: [...parts, { type: 'text', text: note }] }];
}
