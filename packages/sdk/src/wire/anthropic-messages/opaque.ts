import type { PartMetadata } from '../../spec/content.ts';
import type { JsonObject, JsonValue } from '../../spec/json.ts';

// What must go back to the API untouched travels in the metadata of parts, under this name.
const key = 'anthropic';

/** What parts carry for this API. */
export interface MessagesMetadata {
  /** Proves that thinking is the model's own. */
  readonly signature?: string;
  /** A whole block that has no place in our parts: redacted thinking, a server tool's call or result. */
  readonly block?: JsonObject;
  /** Content of a tool result that is not all text. */
  readonly content?: readonly JsonValue[];
  /** Where the text of an answer came from. For readers; not sent back. */
  readonly citations?: readonly JsonValue[];
}

/** Wraps data for the metadata of a part. */
export function messagesMetadata(data: MessagesMetadata): PartMetadata {
  return { [key]: data as JsonObject };
}

/** The data that a part carries for this API. */
export function readMetadata(metadata: PartMetadata | undefined): MessagesMetadata {
  return (metadata?.[key] as MessagesMetadata | undefined) ?? {};
}
