import type { Capabilities } from '../spec/capabilities.ts';
import type { FilePart, Message } from '../spec/content.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { OutputSchema } from '../spec/schema.ts';
import { schemaJson } from '../wire/schema-json.ts';

// Every token of a byte-level vocabulary covers at least one byte, so bytes bound tokens. What a chat template adds
// around them is bounded by these allowances, which are wide: the longest default system prompt in use is 40 tokens.
const tokensPerMessage = 16;
const tokensPerRequest = 128;
// Engines scale an image down to a limited number of patches, however few bytes it has. The most in use is under 5,000.
const tokensPerImage = 8192;

/**
 * Prompt tokens that a request cannot exceed, proved from its bytes.
 *
 * Files behind a URL cannot be seen, and the bytes of a document (compressed pages) bound nothing: they count as the whole
 * context window, or as Infinity where none is known.
 */
export function inputTokenBound(request: GenerateRequest, capabilities: Capabilities): number {
  let bound = tokensPerRequest;
  for (const message of request.messages) bound += tokensPerMessage + messageBytes(message, capabilities);
  for (const { name, description = '', input } of request.tools ?? []) {
    bound += tokensPerMessage + utf8Bytes(name) + utf8Bytes(description) + schemaBytes(input);
  }
  if (request.output !== undefined) bound += schemaBytes(request.output);
  return Math.min(bound, capabilities.limits.contextTokens ?? Number.POSITIVE_INFINITY);
}

function messageBytes(message: Message, capabilities: Capabilities): number {
  if (typeof message.content === 'string') return utf8Bytes(message.content);
  let bytes = 0;
  for (const part of message.content) {
    switch (part.type) {
      case 'text':
      case 'reasoning':
        bytes += utf8Bytes(part.text) + metadataBytes(part.metadata);
        break;
      case 'tool-call':
        bytes += callBytes(part) + jsonBytes(part.input) + metadataBytes(part.metadata);
        break;
      case 'tool-result':
        bytes += callBytes(part) + jsonBytes(part.output);
        break;
      case 'file':
        bytes += utf8Bytes(part.filename ?? '') + fileTokens(part, capabilities);
        break;
      default:
        part satisfies never;
    }
  }
  return bytes;
}

function callBytes({ toolCallId, toolName }: { readonly toolCallId: string; readonly toolName: string }): number {
  return tokensPerMessage + utf8Bytes(toolCallId) + utf8Bytes(toolName);
}

function fileTokens({ mediaType, data }: FilePart, { limits }: Capabilities): number {
  if ('base64' in data && mediaType.startsWith('image/')) return Math.max(tokensPerImage, data.base64.length);
  return limits.contextTokens ?? Number.POSITIVE_INFINITY;
}

/** What cannot be written as JSON Schema cannot be sent either. */
function schemaBytes(schema: OutputSchema): number {
  try {
    return utf8Bytes(schema.name ?? '') + jsonBytes(schemaJson(schema, 'schema'));
  } catch {
    return 0;
  }
}

function metadataBytes(metadata: unknown): number {
  return metadata === undefined ? 0 : jsonBytes(metadata);
}

function jsonBytes(value: unknown): number {
  return utf8Bytes(JSON.stringify(value) ?? '');
}

/** UTF-8 bytes of a string, without encoding it. Lone surrogates count as their replacement, 3 bytes. */
function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else if (unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(i + 1))) {
      bytes += 2;
      i += 1;
    } else bytes += 2;
  }
  return bytes;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
