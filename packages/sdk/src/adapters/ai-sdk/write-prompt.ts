import type { LanguageModelV4Message, SharedV4ProviderOptions } from '@ai-sdk/provider';
import type { AssistantPart, Message, Origin, TextPart, ToolResultPart, UserPart } from '../../spec/content.ts';
import { writeFileData } from './file-data.ts';
import { type PartExtras, writePartOptions } from './part-options.ts';

type Content<Role extends LanguageModelV4Message['role']> = Extract<LanguageModelV4Message, { role: Role }>['content'];
type V4Json = Extract<Content<'tool'>[number], { type: 'tool-result' }>['output'] extends infer Output
  ? Extract<Output, { type: 'json' }> extends { value: infer Value }
    ? Value
    : never
  : never;

/** Writes a conversation as a prompt of the AI SDK. Reasoning that another provider's model made is left out, and so is what its tool calls carry. */
export function writePrompt(messages: readonly Message[], own: Origin): LanguageModelV4Message[] {
  return messages.flatMap((message) => writeMessage(message, own));
}

function writeMessage(message: Message, own: Origin): LanguageModelV4Message[] {
  switch (message.role) {
    case 'system':
      // A system message of the AI SDK is one text; a breakpoint may stand after each.
      return partsOf(message.content).map((part) => ({ role: 'system', content: part.text, ...optionsOf(part) }));
    case 'user':
      return [{ role: 'user', content: partsOf(message.content).map(writeUserPart) }];
    case 'assistant':
      return [
        { role: 'assistant', content: partsOf(message.content).flatMap((part) => writeAssistantPart(part, own) ?? []) },
      ];
    case 'tool':
      return [{ role: 'tool', content: message.content.map(writeToolResult) }];
    default:
      return message satisfies never;
  }
}

function partsOf<Part>(content: string | readonly Part[]): readonly (Part | TextPart)[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

function writeUserPart(part: UserPart): Content<'user'>[number] {
  if (part.type === 'text') return { type: 'text', text: part.text, ...optionsOf(part) };
  const { mediaType, filename, data } = part;
  return {
    type: 'file',
    mediaType,
    data: writeFileData(data),
    ...(filename !== undefined && { filename }),
    ...optionsOf(part),
  };
}

function writeAssistantPart(part: AssistantPart, own: Origin): Content<'assistant'>[number] | undefined {
  switch (part.type) {
    case 'text':
    case 'file':
      return writeUserPart(part);
    case 'reasoning':
      return isOwn(part.origin, own) ? { type: 'reasoning', text: part.text, ...optionsOf(part) } : undefined;
    case 'tool-call': {
      const { toolCallId, toolName, input, metadata, ...others } = part;
      const extras = isOwn(part.origin, own) && metadata !== undefined ? { ...others, metadata } : others;
      return { type: 'tool-call', toolCallId, toolName, input, ...optionsOf(extras) };
    }
    default:
      return part satisfies never;
  }
}

function writeToolResult(part: ToolResultPart): Content<'tool'>[number] {
  const { toolCallId, toolName, output, isError = false } = part;
  return {
    type: 'tool-result',
    toolCallId,
    toolName,
    output:
      typeof output === 'string'
        ? { type: isError ? 'error-text' : 'text', value: output }
        : { type: isError ? 'error-json' : 'json', value: output as V4Json },
    ...optionsOf(part),
  };
}

function optionsOf({ metadata, cache }: PartExtras): { readonly providerOptions?: SharedV4ProviderOptions } {
  const providerOptions = writePartOptions({
    ...(metadata !== undefined && { metadata }),
    ...(cache !== undefined && { cache }),
  });
  return providerOptions === undefined ? {} : { providerOptions };
}

function isOwn(origin: Origin | undefined, own: Origin): boolean {
  return origin === undefined || origin.provider === own.provider;
}
