import type { CallFailure } from '../../errors/model-call-error.ts';
import type { AssistantPart } from '../../spec/content.ts';
import type { JsonObject } from '../../spec/json.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import type { Finish, TokenLogprob } from '../../spec/result.ts';
import type { Usage } from '../../spec/usage.ts';

/** The wire formats that a fake provider speaks. */
export type ProviderWireName = 'openai-chat' | 'openai-responses' | 'anthropic-messages';

/**
 * A place in an answer on its way: before its first byte, behind its headers, behind everything but the events that say how
 * it ended, behind all of it, or behind so many events or bytes of its body.
 */
export type Place =
  | 'nothing'
  | 'headers'
  | 'content'
  | 'everything'
  | { readonly events: number }
  | { readonly bytes: number };

/**
 * How an answer breaks off: the connection is lost (`cut`), falls silent (`stall`), ends as if all were said (`end`), or goes
 * on with an event that tells of a failure (`error`).
 */
export type Break =
  | { readonly after: Place; readonly by: 'cut' | 'stall' | 'end' }
  | {
      readonly after: Place;
      readonly by: 'error';
      /** @defaultValue 'server' */
      readonly failure?: CallFailure;
      readonly message?: string;
    };

/** How a reply travels. */
export interface Delivery {
  /** Milliseconds before the headers. @defaultValue 0 */
  readonly headersAfterMs?: number;
  /** Milliseconds between two pieces of the body. @defaultValue 0 */
  readonly everyMs?: number;
  /** Bytes of the body at which one piece ends and the next begins, rising. @defaultValue a piece for each event */
  readonly splitAt?: readonly number[];
  /** @defaultValue it arrives whole */
  readonly breaks?: Break;
}

interface AnswerFacts extends Delivery {
  /** @defaultValue a token for every four characters of prompt and answer, no reasoning */
  readonly usage?: Usage;
}

interface OneAnswer extends AnswerFacts {
  /** @defaultValue ended by the model itself, or by its tool calls */
  readonly finish?: Finish;
  readonly logprobs?: readonly TokenLogprob[];
}

/** What one request gets: an answer, an answer for each of several samples, a refusal, an error, or bytes as they are. */
export type ProviderReply =
  | string
  | ({ readonly text: string } & OneAnswer)
  | ({ readonly content: readonly AssistantPart[] } & OneAnswer)
  | ({ readonly texts: readonly string[] } & AnswerFacts)
  /** The model declines, in its own words. */
  | ({ readonly refusal: string } & AnswerFacts)
  | ({
      readonly error: CallFailure;
      /** @defaultValue the kind of failure */
      readonly message?: string;
      /** @defaultValue the one that the provider uses for such a failure */
      readonly status?: number;
      readonly retryAfterMs?: number;
    } & Delivery)
  | ({
      /** The body as it is sent: an HTML page, broken JSON, bytes that are no UTF-8. */
      readonly body: string | Uint8Array;
      /** @defaultValue 200 */
      readonly status?: number;
      /** @defaultValue the content type that the request asks for */
      readonly headers?: { readonly [name: string]: string };
    } & Delivery);

/** A request that the fake provider saw. */
export interface ProviderCall {
  readonly wire: ProviderWireName;
  readonly path: string;
  /** Names in lower case. Keys and cookies are taken out. */
  readonly headers: { readonly [name: string]: string };
  readonly modelId: string;
  /** The client asked for events. */
  readonly stream: boolean;
  /** The body in our words. */
  readonly request: GenerateRequest;
  readonly body: JsonObject;
}

/** Replies in the order of the requests, or what to reply to a request. */
export type ProviderReplies =
  | readonly ProviderReply[]
  | ((call: ProviderCall) => ProviderReply | Promise<ProviderReply>);
