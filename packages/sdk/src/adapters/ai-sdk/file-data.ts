import type { SharedV4FileData, SharedV4FileDataData, SharedV4FileDataUrl } from '@ai-sdk/provider';
import type { FilePart } from '../../spec/content.ts';

/** The data of a file as the AI SDK has it. */
export function writeFileData(data: FilePart['data']): SharedV4FileDataData | SharedV4FileDataUrl {
  return 'url' in data ? { type: 'url', url: new URL(data.url) } : { type: 'data', data: data.base64 };
}

/** The data of a file as we have it, or undefined for a file that only its provider knows by a reference. */
export function readFileData(data: SharedV4FileData): FilePart['data'] | undefined {
  switch (data.type) {
    case 'url':
      return { url: data.url.href };
    case 'data':
      return { base64: typeof data.data === 'string' ? data.data : base64Of(data.data) };
    case 'text':
      return { base64: base64Of(new TextEncoder().encode(data.text)) };
    case 'reference':
      return undefined;
    default:
      return data satisfies never;
  }
}

// As many characters as one call takes as arguments on every engine.
const chunk = 8192;

function base64Of(bytes: Uint8Array): string {
  let binary = '';
  for (let i = 0; i < bytes.length; i += chunk) binary += String.fromCharCode(...bytes.subarray(i, i + chunk));
  return btoa(binary);
}
