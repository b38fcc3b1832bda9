import type { FilePart } from '../../spec/content.ts';
import type { JsonObject } from '../../spec/json.ts';
import type { Warn } from '../collect-warnings.ts';

/**
 * Writes an image or a document as a content block, or warns why it cannot be. Images and PDFs go as bytes or by URL,
 * plain text as text.
 */
export function writeFile(
  part: FilePart,
  options: { readonly files: readonly string[]; readonly warn: Warn },
): JsonObject | undefined {
  const { mediaType, filename } = part;
  const family = mediaType.split('/')[0] ?? '';
  const accepted = options.files.some(
    (type) => type === mediaType || type === `${family}/*` || mediaType === `${family}/*`,
  );
  const source = accepted ? writeSource(part) : undefined;
  if (source === undefined) {
    const why = accepted
      ? 'this format has no place for it in this form'
      : 'the model does not take this media type (capabilities.files)';
    options.warn('messages', `a ${mediaType} file was left out: ${why}`);
    return undefined;
  }
  if (family === 'image') return { type: 'image', source };
  return { type: 'document', source, ...(filename !== undefined && { title: filename }) };
}

function writeSource({ mediaType, data }: FilePart): JsonObject | undefined {
  const sendable = mediaType.startsWith('image/') || mediaType === 'application/pdf';
  if ('url' in data) return sendable ? { type: 'url', url: data.url } : undefined;
  if (sendable) return { type: 'base64', media_type: mediaType, data: data.base64 };
  return mediaType === 'text/plain'
    ? { type: 'text', media_type: mediaType, data: textOfBase64(data.base64) }
    : undefined;
}

/** Base64 of UTF-8, as text. */
function textOfBase64(base64: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
}

/** The text as base64 of its UTF-8. */
export function base64OfText(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));
}
