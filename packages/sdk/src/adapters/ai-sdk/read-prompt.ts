import type { LanguageModelV4Message, SharedV4ProviderOptions } from '@ai-sdk/provider';
import type { AssistantPart, Message, TextPart, ToolCallPart, ToolResultPart, UserPart } from '../../spec/content.ts';
import type { JsonValue } from '../../spec/json.ts';
import type { Warn } from '../../wire/collect-warnings.ts';
import { readToolInput } from '../../wire/tool-input.ts';
import { readFileData } from './file-data.ts';
import { type PartExtras, readPartOptions } from './part-options.ts';

type Content<Role extends LanguageModelV4Message['role']> = Extract<LanguageModelV4Message, { role: Role }>['content'];
type TheirPart = Exclude<Content<'user' | 'assistant' | 'tool'>, string>[number];
type TheirOutput = Extract<TheirPart, { type: 'tool-result' }>['output'];

/** Reads a prompt of the AI SDK as a conversation of ours. `warn` is told what had to be left out. */
export function readPrompt(prompt: readonly LanguageModelV4Message[], warn: Warn): readonly Message[] {
  return prompt.map((message) => readMessage(message, warn));
}

function readMessage(message: LanguageModelV4Message, warn: Warn): Message {
  const { providerOptions } = message;
  switch (message.role) {
    case 'system': {
      const text: TextPart = { type: 'text', text: message.content, ...extrasOf(providerOptions) };
      return { role: 'system', content: Object.keys(text).length > 2 ? [text] : message.content };
    }
    case 'user':
      return {
        role: 'user',
        content: cached(
          message.content.flatMap((part) => readUserPart(part, warn)),
          providerOptions,
        ),
      };
    case 'assistant':
      return {
        role: 'assistant',
        content: cached(
          authored(
            message.content,
            message.content.flatMap((part) => readAssistantPart(part, warn)),
          ),
          providerOptions,
        ),
      };
    case 'tool':
      return {
        role: 'tool',
        content: cached(
          message.content.flatMap((part): readonly ToolResultPart[] =>
            part.type === 'tool-result' ? [readToolResult(part, warn)] : leftOut(part.type, warn),
          ),
          providerOptions,
        ),
      };
    default:
      return message satisfies never;
  }
}

function readUserPart(part: Content<'user'>[number], warn: Warn): readonly UserPart[] {
  const extras = extrasOf(part.providerOptions);
  if (part.type === 'text') return [{ type: 'text', text: part.text, ...extras }];
  const data = readFileData(part.data);
  if (data === undefined) return leftOut('file that its provider knows by a reference', warn);
  const { mediaType, filename } = part;
  return [{ type: 'file', mediaType, data, ...(filename !== undefined && { filename }), ...extras }];
}

function readAssistantPart(part: Content<'assistant'>[number], warn: Warn): readonly AssistantPart[] {
  switch (part.type) {
    case 'text':
    case 'file':
      return readUserPart(part, warn);
    case 'reasoning':
      return [{ type: 'reasoning', text: part.text, ...extrasOf(part.providerOptions) }];
    case 'tool-call': {
      if (part.providerExecuted === true) return leftOut('tool-call of a provider itself', warn);
      const { toolCallId, toolName, providerOptions } = part;
      const input = readInput(part.input);
      return [{ type: 'tool-call', toolCallId, toolName, ...input, ...extrasOf(providerOptions) }];
    }
    case 'tool-result':
      return leftOut('tool-result of a provider itself', warn);
    case 'custom':
    case 'reasoning-file':
      return leftOut(part.type, warn);
    default:
      return part satisfies never;
  }
}

/** Input that the AI SDK could not parse comes as the model wrote it. */
function readInput(input: unknown): Pick<ToolCallPart, 'input' | 'invalid'> {
  return typeof input === 'string' ? readToolInput(input) : { input: (input ?? {}) as JsonValue };
}

/** A message has one author. Where a part of it says who, it holds for the others: a stream can tell it in the last part only. */
function authored(content: Content<'assistant'>, parts: readonly AssistantPart[]): readonly AssistantPart[] {
  const told = content.map((part) => readPartOptions(part.providerOptions).origin);
  const origin = told.find((each) => each !== undefined);
  return parts.map((part) => {
    if (origin === undefined || (part.type !== 'reasoning' && part.type !== 'tool-call')) return part;
    return { ...part, origin };
  });
}

/** What a part carries beside its author, who is told once for a whole message. */
function extrasOf(options: SharedV4ProviderOptions | undefined): Omit<PartExtras, 'origin'> {
  const { origin: _, ...extras } = readPartOptions(options);
  return extras;
}

function readToolResult(part: Extract<TheirPart, { type: 'tool-result' }>, warn: Warn): ToolResultPart {
  const { toolCallId, toolName, output, providerOptions } = part;
  const isError = output.type === 'error-text' || output.type === 'error-json' || output.type === 'execution-denied';
  return {
    type: 'tool-result',
    toolCallId,
    toolName,
    output: readOutput(output, warn),
    ...(isError && { isError }),
    ...extrasOf(providerOptions),
  };
}

function readOutput(output: TheirOutput, warn: Warn): JsonValue {
  switch (output.type) {
    case 'text':
    case 'error-text':
    case 'json':
    case 'error-json':
      return output.value as JsonValue;
    case 'execution-denied':
      return output.reason ?? 'The call was not allowed.';
    case 'content': {
      const parts = output.value.flatMap((part): readonly JsonValue[] => {
        if (part.type === 'text') return [{ type: 'text', text: part.text }];
        if (part.type === 'custom') return leftOut('custom', warn);
        const data = readFileData(part.data);
        if (data === undefined) return leftOut('file that its provider knows by a reference', warn);
        return [{ type: 'file', mediaType: part.mediaType, ...data }];
      });
      const texts = output.value.flatMap((part) => (part.type === 'text' ? [part.text] : []));
      return texts.length === output.value.length ? texts.join('\n') : parts;
    }
    default:
      return output satisfies never;
  }
}

/** A breakpoint on a whole message stands after its last part. */
function cached<Part extends { readonly cache?: object }>(
  content: readonly Part[],
  providerOptions: SharedV4ProviderOptions | undefined,
): readonly Part[] {
  const { cache } = readPartOptions(providerOptions);
  const last = content.at(-1);
  return cache === undefined || last === undefined ? content : [...content.slice(0, -1), { cache, ...last }];
}

function leftOut(what: string, warn: Warn): readonly never[] {
  warn('messages', `a ${what} part was left out: messages of ours have no place for it`);
  return [];
}
