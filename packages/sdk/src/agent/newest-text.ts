import type { Message } from '../spec/content.ts';
import { textOf } from '../strategy/whole-text.ts';

/** What an agent that goes on had written last. */
export function newestText(messages: readonly Message[]): string | undefined {
  for (const message of messages.toReversed()) {
    if (message.role !== 'assistant') continue;
    const text = typeof message.content === 'string' ? message.content : textOf({ content: message.content });
    if (text !== '') return text;
  }
  return undefined;
}
