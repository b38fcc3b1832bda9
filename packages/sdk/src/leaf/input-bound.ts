import type { Capabilities } from '../spec/capabilities.ts';
import type { Message } from '../spec/content.ts';
import type { GenerateRequest } from '../spec/request.ts';

// Every token of a byte-level vocabulary covers at least one byte, so bytes bound tokens. What a chat template adds
// around them is bounded by these allowances, which are wide: the longest default system prompt in use is 40 tokens.
const tokensPerMessage = 16;
const tokensPerRequest = 128;

/**
 * Prompt tokens that a request cannot exceed, proved from its bytes.
 *
 * Files behind a URL cannot be seen: they count as the whole context window, or as Infinity where none is known.
 */
export function inputTokenBound(request: GenerateRequest, capabilities: Capabilities): number {
  let bound = tokensPerRequest;
  for (const message of request.messages) bound += tokensPerMessage + messageBytes(message, capabilities);
  if (request.tools !== undefined) bound += request.tools.length * tokensPerMessage + jsonBytes(request.tools);
  if (request.output?.json !== undefined) bound += jsonBytes(request.output.json);
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
        bytes += utf8Bytes(part.toolName) + jsonBytes(part.input) + tokensPerMessage + metadataBytes(part.metadata);
        break;
      case 'tool-result':
        bytes += jsonBytes(part.output) + tokensPerMessage;
        break;
      case 'file':
        bytes +=
          'base64' in part.data ? part.data.base64.length : (capabilities.limits.contextTokens ?? Number.POSITIVE_INFINITY);
        break;
      default:
        part satisfies never;
    }
  }
  return bytes;
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
