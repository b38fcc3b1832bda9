import type { AssistantPart, FilePart, Message, Origin, ReasoningPart, UserPart } from '../../spec/content.ts';
import type { JsonObject } from '../../spec/json.ts';
import type { Warn } from '../collect-warnings.ts';
import { fieldsOf, textOf } from '../json-fields.ts';
import { callArguments } from './output-items.ts';
import { responsesMetadata } from './metadata.ts';

/** How messages are written. */
export interface ResponsesInputOptions {
  /** Who will read them: reasoning of another provider is left out. */
  readonly origin: Origin;
  /** Media types the model takes, for example `image/*`. */
  readonly files: readonly string[];
  /** The model takes explicit cache breakpoints. */
  readonly breakpoints: boolean;
  /** Told about everything that had to be left out. */
  readonly warn: Warn;
}

/** A conversation as this format has it. */
export interface ResponsesInput {
  readonly instructions?: string;
  readonly input: readonly JsonObject[];
}

/** Writes a conversation. A system message at its head becomes the instructions, every later one an item of the developer. */
export function writeResponsesInput(messages: readonly Message[], options: ResponsesInputOptions): ResponsesInput {
  const [first, ...rest] = messages;
  const instructions = first?.role === 'system' ? plainText(first.content) : undefined;
  if (instructions === undefined) return { input: messages.flatMap((message) => writeItems(message, options)) };
  return { instructions, input: rest.flatMap((message) => writeItems(message, options)) };
}

/** The text of content that says nothing else; a part that ends a cacheable prefix has to stay a part. */
function plainText(content: Extract<Message, { role: 'system' }>['content']): string | undefined {
  if (typeof content === 'string') return content;
  const [only] = content;
  return content.length === 1 && only?.cache === undefined ? only?.text : undefined;
}

function writeItems(message: Message, options: ResponsesInputOptions): readonly JsonObject[] {
  switch (message.role) {
    case 'system':
      return [{ type: 'message', role: 'developer', content: writeContent(message.content, options) }];
    case 'user':
      return [{ type: 'message', role: 'user', content: writeContent(message.content, options) }];
    case 'assistant':
      return writeAssistant(message.content, options);
    case 'tool':
      return message.content.map((part) => {
        if (part.cache !== undefined) noBreakpoint(options);
        return {
          type: 'function_call_output',
          call_id: part.toolCallId,
          output: typeof part.output === 'string' ? part.output : JSON.stringify(part.output),
        };
      });
    default:
      return message satisfies never;
  }
}

function writeContent(
  content: string | readonly UserPart[],
  options: ResponsesInputOptions,
): string | readonly JsonObject[] {
  if (typeof content === 'string') return content;
  return content.flatMap((part) => {
    const written = part.type === 'text' ? { type: 'input_text', text: part.text } : writeFile(part, options);
    if (written === undefined) return [];
    return [part.cache === undefined ? written : { ...written, ...writeBreakpoint(part, options) }];
  });
}

function writeBreakpoint({ cache }: UserPart, options: ResponsesInputOptions): JsonObject {
  if (!options.breakpoints) {
    options.warn('cache', 'cache breakpoints were not sent: the model takes none, it finds known prefixes by itself');
    return {};
  }
  if (cache?.ttl !== undefined) {
    options.warn(
      'cache',
      `a cache lifetime of ${cache.ttl} was not sent: the API keeps prefixes for 30 minutes or more`,
    );
  }
  return { prompt_cache_breakpoint: { mode: 'explicit' } };
}

function noBreakpoint({ warn }: ResponsesInputOptions): void {
  warn('cache', 'cache breakpoints of answers and tool results were not sent: the format has them in prompts only');
}

function writeFile(part: FilePart, { files, warn }: ResponsesInputOptions): JsonObject | undefined {
  const { data, mediaType } = part;
  const [family = '', kind = ''] = mediaType.split('/');
  if (!files.some((type) => type === mediaType || type === `${family}/*` || type === '*/*')) {
    warn('messages', `a ${mediaType} file was left out: the model does not take this media type (capabilities.files)`);
    return undefined;
  }
  const url = 'url' in data ? data.url : `data:${mediaType};base64,${data.base64}`;
  if (family === 'image') return { type: 'input_image', image_url: url, detail: 'auto' };
  if ('url' in data) return { type: 'input_file', file_url: url };
  // The API refuses file data without a name.
  return { type: 'input_file', filename: part.filename ?? `file.${kind}`, file_data: url };
}

function writeAssistant(
  content: string | readonly AssistantPart[],
  options: ResponsesInputOptions,
): readonly JsonObject[] {
  if (typeof content === 'string') return [{ type: 'message', role: 'assistant', content }];
  const items: JsonObject[] = [];
  let texts: { readonly phase: string | undefined; readonly parts: JsonObject[] } | undefined;
  // Reasoning waits for what it led to: the API refuses reasoning that nothing follows.
  let reasoning: JsonObject[] = [];
  for (const part of content) {
    if (part.cache !== undefined) noBreakpoint(options);
    if (part.type === 'reasoning') {
      reasoning.push(...writeReasoning(part, options));
      continue;
    }
    if (part.type === 'file') {
      options.warn('messages', `a ${part.mediaType} file in an assistant message was left out: answers hold none`);
      continue;
    }
    if (part.type === 'tool-call') {
      items.push(...reasoning, {
        type: 'function_call',
        call_id: part.toolCallId,
        name: part.toolName,
        arguments: callArguments(part),
      });
      texts = undefined;
    } else {
      const phase = textOf(part.metadata?.[responsesMetadata]?.['phase']);
      if (texts === undefined || texts.phase !== phase || reasoning.length > 0) {
        texts = { phase, parts: [] };
        items.push(...reasoning, {
          type: 'message',
          role: 'assistant',
          content: texts.parts,
          ...(phase !== undefined && { phase }),
        });
      }
      texts.parts.push({ type: 'output_text', text: part.text, annotations: [] });
    }
    reasoning = [];
  }
  return items;
}

/** Reasoning is opaque to everybody but its provider: without its encrypted content, or from another one, it is left out. */
function writeReasoning(part: ReasoningPart, { origin }: ResponsesInputOptions): readonly JsonObject[] {
  const own = fieldsOf(part.metadata?.[responsesMetadata]);
  const encrypted = textOf(own?.['encrypted_content']);
  const isOwn = part.origin === undefined || part.origin.provider === origin.provider;
  if (encrypted === undefined || !isOwn) return [];
  const id = textOf(own?.['id']);
  return [
    {
      type: 'reasoning',
      ...(id !== undefined && { id }),
      summary: part.text === '' ? [] : [{ type: 'summary_text', text: part.text }],
      encrypted_content: encrypted,
    },
  ];
}
