import type { JsonObject, JsonValue } from './json.ts';

/** Which model produced a part; an adapter drops opaque metadata that is not its own. */
export interface Origin {
  readonly provider: string;
  readonly modelId: string;
}

/** Opaque data of one provider about one part (signatures, encrypted reasoning), keyed by provider name. */
export type PartMetadata = { readonly [provider: string]: JsonObject };

/** Marks the end of a prefix that the provider may cache. */
export interface CacheBreakpoint {
  /** How long the provider should keep the prefix. Providers without the choice ignore it with a warning. */
  readonly ttl?: '5m' | '1h';
}

interface PartBase {
  readonly metadata?: PartMetadata;
  /** The prompt up to and including this part is worth caching. */
  readonly cache?: CacheBreakpoint;
}

/** Text of a user, a system prompt or a model. */
export interface TextPart extends PartBase {
  readonly type: 'text';
  readonly text: string;
}

/** An image or a document. `data` is base64, or an absolute URL that the provider fetches itself. */
export interface FilePart extends PartBase {
  readonly type: 'file';
  /** IANA media type, for example `image/png`. */
  readonly mediaType: string;
  readonly data: { readonly base64: string } | { readonly url: string };
  readonly filename?: string;
}

/** Thinking that a model showed. Kept with its origin and signatures, so that a tool loop stays valid. */
export interface ReasoningPart extends PartBase {
  readonly type: 'reasoning';
  readonly text: string;
  readonly origin?: Origin;
}

/** A model asks for a tool. */
export interface ToolCallPart extends PartBase {
  readonly type: 'tool-call';
  readonly toolCallId: string;
  readonly toolName: string;
  /** Parsed arguments. Where the model wrote invalid JSON this is the raw string and `invalid` says why. */
  readonly input: JsonValue;
  readonly invalid?: string;
  readonly origin?: Origin;
}

/** What a tool answered. */
export interface ToolResultPart extends PartBase {
  readonly type: 'tool-result';
  readonly toolCallId: string;
  readonly toolName: string;
  readonly output: JsonValue;
  /** The tool failed; `output` says how. @defaultValue false */
  readonly isError?: boolean;
}

/** What a user message may hold. */
export type UserPart = TextPart | FilePart;
/** What a model's answer may hold. */
export type AssistantPart = TextPart | FilePart | ReasoningPart | ToolCallPart;

/** One message of a conversation. */
export type Message =
  | { readonly role: 'system'; readonly content: string | readonly TextPart[] }
  | { readonly role: 'user'; readonly content: string | readonly UserPart[] }
  | { readonly role: 'assistant'; readonly content: string | readonly AssistantPart[] }
  | { readonly role: 'tool'; readonly content: readonly ToolResultPart[] };
