import type { AssistantPart, Message, ToolResultPart } from '../../spec/content.ts';
import type { Warn } from '../../wire/collect-warnings.ts';

/** A message in the form that chat templates expect. */
export type TemplateMessage = { readonly role: string; readonly content: string; readonly [field: string]: unknown };

/** The provider whose reasoning a GGUF is shown again. */
const own = 'llama-cpp';

/**
 * Messages as chat templates read them. Ids of calls become `call00000`, `call00001`, … in the order they appear: nine
 * letters and digits, which is what the strictest template (Mistral's) accepts.
 */
export function templateMessages(
  messages: readonly Message[],
  options: { readonly argumentsAsText: boolean; readonly warn: Warn },
): readonly TemplateMessage[] {
  const ids = new Map<string, string>();
  const idOf = (id: string): string => {
    const known = ids.get(id) ?? callId(ids.size);
    ids.set(id, known);
    return known;
  };
  return messages.flatMap((message): readonly TemplateMessage[] => {
    switch (message.role) {
      case 'system':
      case 'user':
        return [{ role: message.role, content: plainText(message, options.warn) }];
      case 'assistant':
        return [assistantMessage(message, { ...options, idOf })];
      case 'tool':
        return message.content.map((part) => ({
          role: 'tool',
          name: part.toolName,
          tool_call_id: idOf(part.toolCallId),
          content: resultText(part),
        }));
      default:
        return message satisfies never;
    }
  });
}

/** The id of the n-th call of a conversation. */
export function callId(index: number): string {
  return `call${String(index).padStart(5, '0')}`;
}

function assistantMessage(
  message: Extract<Message, { role: 'assistant' }>,
  { argumentsAsText, warn, idOf }: { argumentsAsText: boolean; warn: Warn; idOf: (id: string) => string },
): TemplateMessage {
  const parts: readonly AssistantPart[] = typeof message.content === 'string' ? [] : message.content;
  const calls = parts.filter((part) => part.type === 'tool-call');
  const thoughts = parts.filter(
    (part) => part.type === 'reasoning' && (part.origin === undefined || part.origin.provider === own),
  );
  const thought = thoughts.map((part) => (part.type === 'reasoning' ? part.text : '')).join('');
  return {
    role: 'assistant',
    content: plainText(message, warn),
    // Two names for one thing: most templates read the first, gpt-oss's the second.
    ...(thought !== '' && { reasoning_content: thought, thinking: thought }),
    ...(calls.length > 0 && {
      tool_calls: calls.map((call) => ({
        type: 'function',
        id: idOf(call.toolCallId),
        function: {
          name: call.toolName,
          arguments: argumentsAsText && typeof call.input !== 'string' ? JSON.stringify(call.input) : call.input,
        },
      })),
    }),
  };
}

/** What a tool answered, as text. A failure says that it is one. */
function resultText({ output, isError }: ToolResultPart): string {
  const text = typeof output === 'string' ? output : JSON.stringify(output);
  return isError === true ? `Error: ${text}` : text;
}

/** The text of a message. A file in it is named in a warning and left out. */
function plainText({ content }: Message, warn: Warn): string {
  if (typeof content === 'string') return content;
  let text = '';
  for (const part of content) {
    if (part.type === 'text') text += part.text;
    else if (part.type === 'file') {
      const name = part.filename === undefined ? part.mediaType : `${part.filename} (${part.mediaType})`;
      warn('messages', `This model reads text only; the file ${name} was left out.`);
    }
  }
  return text;
}
