import type {
  LanguageModelV4File,
  LanguageModelV4Reasoning,
  LanguageModelV4Text,
  LanguageModelV4ToolCall,
  SharedV4ProviderMetadata,
} from '@ai-sdk/provider';
import type { AssistantPart, FilePart, Origin, ToolCallPart } from '../../spec/content.ts';
import { writeFileData } from './file-data.ts';
import { type PartExtras, writePartOptions } from './part-options.ts';

/** Content of an answer as the AI SDK has it. */
export type WrittenContent =
  | LanguageModelV4Text
  | LanguageModelV4Reasoning
  | LanguageModelV4ToolCall
  | LanguageModelV4File;

/** Writes a part of an answer that `author` made. Who made it goes along with reasoning and tool calls: only there it matters. */
export function writeContent(part: AssistantPart, author: Origin): WrittenContent {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text, ...providerMetadata(part) };
    case 'reasoning':
      return { type: 'reasoning', text: part.text, ...providerMetadata(part, part.origin ?? author) };
    case 'tool-call':
      return writeToolCall(part, author);
    case 'file':
      return writeFile(part);
    default:
      return part satisfies never;
  }
}

/** Writes a tool call. What is no JSON goes as the model wrote it: the AI SDK reports it as an invalid call, or repairs it. */
export function writeToolCall(part: ToolCallPart, author?: Origin): LanguageModelV4ToolCall {
  const { type, toolCallId, toolName, input, invalid, origin = author } = part;
  const text = invalid !== undefined && typeof input === 'string' ? input : JSON.stringify(input);
  return { type, toolCallId, toolName, input: text, ...providerMetadata(part, origin) };
}

/** Writes a file of an answer. */
export function writeFile(part: FilePart): LanguageModelV4File {
  return { type: 'file', mediaType: part.mediaType, data: writeFileData(part.data), ...providerMetadata(part) };
}

/** What a part of an answer carries, where it carries anything. */
export function providerMetadata(
  { metadata }: Pick<PartExtras, 'metadata'>,
  origin?: Origin,
): { readonly providerMetadata?: SharedV4ProviderMetadata } {
  const written = writePartOptions({
    ...(metadata !== undefined && { metadata }),
    ...(origin !== undefined && { origin }),
  });
  return written === undefined ? {} : { providerMetadata: written };
}
