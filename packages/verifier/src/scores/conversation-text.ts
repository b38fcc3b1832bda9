import type { Message } from '@tollgate/sdk';

/** The text of one message. What is not text is written as JSON; of a file only its type. */
export function messageText({ content }: Message): string {
  if (typeof content === 'string') return content;
  return content
    .map((part) => {
      switch (part.type) {
        case 'text':
        case 'reasoning':
          return part.text;
        case 'file':
          return `[${part.mediaType}]`;
        case 'tool-call':
          return `[${part.toolName} ${JSON.stringify(part.input)}]`;
        case 'tool-result':
          return `[${part.toolName}: ${JSON.stringify(part.output)}]`;
        default:
          return part satisfies never;
      }
    })
    .join('');
}

/** A conversation as text for a judge: a single message as it is, several with their roles. */
export function conversationText(messages: readonly Message[]): string {
  const [only] = messages;
  if (only !== undefined && messages.length === 1) return messageText(only);
  return messages.map((message) => `[${message.role}]\n${messageText(message)}`).join('\n\n');
}
