import { ModelCallError, type ModelCallFailure, StreamTruncatedError } from '../errors/model-call-error.ts';
import { TollgateError } from '../errors/tollgate-error.ts';
import type { LeafCall, LeafOutcome } from '../leaf/leaf-call.ts';
import { systemClock } from '../leaf/system-clock.ts';
import type { JsonValue } from '../spec/json.ts';
import type { Warning } from '../spec/result.ts';
import type { ReplyEnd, ReplyReader } from '../wire/reply-reader.ts';
import { readEvents, type ServerEvent } from './events.ts';
import type { HostedSettings } from './hosted-options.ts';
import { networkFailure } from './network-failure.ts';
import { readBody } from './read-body.ts';
import { htmlTitle, quotable, type ReplyFailure } from './reply-failure.ts';
import { retryAfterMs } from './retry-after.ts';
import { bodyOf, type TextSource } from './text-source.ts';
import { connectionFailure, type HttpRefusal } from './send-failure.ts';
import type { Sender } from './sender.ts';
import { startWatchdog, type Watchdog } from './watchdog.ts';
import { withoutSecrets } from './without-secrets.ts';

/** How a wire format is spoken of in errors. */
export interface WireWords {
  /** What a reply is, for example `chat completion`. */
  readonly reply: string;
  /** What a whole reply has and one that was cut off lacks, for example `finish_reason`. */
  readonly end: string;
  /** What to ask whoever gets a web page instead. */
  readonly address: string;
  /** The header with the id that the provider gave the request. */
  readonly requestId: string;
}

/** What all attempts of one model have in common, where providers differ. */
export interface Wire {
  readonly settings: HostedSettings & { readonly provider: string };
  readonly words: WireWords;
  /** Reads a reply that refuses. */
  readonly readError: (status: number, body: string) => ReplyFailure;
  /** What only the adapter knows about an outcome. @defaultValue it stays as it was read */
  readonly judge?: (outcome: LeafOutcome, ended: Ended) => LeafOutcome;
}

/** How the reading of an answer ended, for those who judge it. */
export interface Ended {
  readonly end: ReplyEnd;
  readonly call: LeafCall;
  readonly reader: ReplyReader;
}

/** What one attempt is made of. */
export interface ExchangeOptions {
  readonly sender: Sender;
  readonly body: object;
  /** The text of the body, written again: nothing holds a whole prompt while its answer comes. */
  readonly rewrite: () => string;
  readonly reader: ReplyReader;
  /** What of the request was left out. They come before those of the reply. */
  readonly warnings: readonly Warning[];
}

/**
 * Sends one attempt and reads its answer: one exchange over HTTP, whatever the provider.
 *
 * @throws ModelCallError where there is no whole answer: with what had arrived, how far the request got, and no secret. A
 * caller who loses interest in an answer on its way gets what there is, as an outcome.
 */
export function exchange(wire: Wire, call: LeafCall, options: ExchangeOptions): Promise<LeafOutcome> {
  return new Exchange(wire, call, options).run(options);
}

const noWarnings: readonly Warning[] = [];

/** All that stays in memory while an answer is awaited, so it is little. */
class Exchange {
  readonly #wire: Wire;
  readonly #call: LeafCall;
  readonly #sender: Sender;
  readonly #reader: ReplyReader;
  readonly #warnings: readonly Warning[];
  readonly #watchdog: Watchdog;
  #problem: ReplyFailure | undefined;
  /** What the provider sent, where the request asks for it: a body, or the data of its events. */
  #raw: JsonValue | undefined;

  constructor(wire: Wire, call: LeafCall, { sender, reader, warnings }: ExchangeOptions) {
    this.#wire = wire;
    this.#call = call;
    this.#sender = sender;
    this.#reader = reader;
    this.#warnings = warnings.length === 0 ? noWarnings : warnings;
    this.#watchdog = startWatchdog(wire.settings, call.signal);
  }

  run(sent: Pick<ExchangeOptions, 'body' | 'rewrite'>): Promise<LeafOutcome> {
    if (this.#call.signal?.aborted === true) {
      this.#watchdog.stop();
      return Promise.reject(
        this.#failed('was not asked: the call was aborted', { failure: 'network', dispatch: 'not-sent' }),
      );
    }
    return this.#sent(sent).then(
      (response) => this.#read(response),
      (error: unknown) => this.#giveUp(this.#sendFailed(error)),
    );
  }

  // Apart from what waits for it, which would hold the body.
  #sent({ body, rewrite }: Pick<ExchangeOptions, 'body' | 'rewrite'>): Promise<Response> {
    try {
      return Promise.resolve(this.#sender.send({ body, rewrite, watch: this.#watchdog }));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #giveUp(error: unknown): never {
    this.#watchdog.stop();
    throw error;
  }

  #sendFailed(error: unknown): unknown {
    // Ours are about the request, and thrown before it is sent.
    if (TollgateError.isInstance(error)) return error;
    const failure = this.#sender.sendFailure?.(error) ?? connectionFailure(error);
    if ('status' in failure) return this.#refused(failure);
    // The request may have left before the abort: nobody knows what the engine made of it.
    if (this.#call.signal?.aborted === true) {
      return this.#failed('was aborted before it answered', { failure: 'network', dispatch: 'unknown', cause: error });
    }
    if (this.#watchdog.expired !== undefined) {
      return this.#failed(this.#watchdog.expired, { failure: 'timeout', dispatch: 'unknown' });
    }
    return this.#failed(failure.what, failure.facts);
  }

  #refused({ status, headers, body }: HttpRefusal): ModelCallError {
    const { message: words, ...facts } = this.#wire.readError(status, body);
    const location = status >= 300 && status < 400 ? headers?.get('location') : undefined;
    const message = location == null ? words : `${redirection(location)} ${this.#wire.words.address}`;
    const wait = headers === undefined ? undefined : retryAfterMs(headers, this.#call.context.clock.now());
    return this.#failed(`answered ${status}: ${message}`, {
      ...facts,
      status,
      ...(wait !== undefined && { retryAfterMs: wait }),
      ...this.#requestId(headers),
    });
  }

  #read(response: Response): LeafOutcome | Promise<LeafOutcome> {
    try {
      this.#watchdog.touch();
      // The status alone is a refusal, also where its explanation does not arrive.
      if (!response.ok) return this.#readRefusal(response);
      const body = bodyOf(response);
      return body === null ? this.#answered(response) : this.#readBody(response, body);
    } catch (error) {
      return this.#giveUp(error);
    }
  }

  async #readRefusal(response: Response): Promise<never> {
    try {
      throw this.#refused(await refusalOf(response, this.#watchdog));
    } finally {
      this.#watchdog.stop();
    }
  }

  /** Reads as far as it goes. What comes of it stands in the fields. */
  #readBody(response: Response, body: TextSource | ReadableStream<Uint8Array>): Promise<LeafOutcome> {
    const type = 'contentType' in body ? body.contentType : response.headers.get('content-type');
    const isWhole = /json|html/.test(type ?? '');
    return (isWhole ? this.#readWhole(body) : this.#readEvents(body)).then(
      () => this.#answered(response),
      (cause: unknown) => this.#answered(response, { cause }),
    );
  }

  #readEvents(body: TextSource | ReadableStream<Uint8Array>): Promise<void> {
    const events: JsonValue[] | undefined = this.#call.request.includeRaw === true ? [] : undefined;
    this.#raw = events;
    const onEvent = ({ data, event }: ServerEvent): boolean => {
      events?.push(asSent(data));
      this.#problem = this.#reader.read(data, event);
      return this.#problem === undefined && !this.#reader.ended;
    };
    return readEvents(body, onEvent, { signal: this.#watchdog, clock: systemClock });
  }

  async #readWhole(body: TextSource | ReadableStream<Uint8Array>): Promise<void> {
    const text = await readText(body, this.#watchdog);
    const page = htmlTitle(text);
    if (page === undefined) {
      if (this.#call.request.includeRaw === true) this.#raw = asSent(text);
      this.#problem = this.#reader.read(text) ?? this.#reader.read('[DONE]');
      return;
    }
    const message = `an HTML page came (${page}). ${this.#wire.words.address}`;
    this.#problem = { failure: 'protocol', dispatch: 'refused', message };
  }

  #answered(response: Response, broken?: { readonly cause: unknown }): LeafOutcome {
    this.#watchdog.stop();
    // An answer that is whole is one, whatever became of the connection or of the caller's interest afterwards.
    if (this.#reader.complete) return this.#warned('whole');
    if (this.#problem !== undefined) throw this.#unreadable(response, this.#problem);
    if (this.#call.signal?.aborted === true) return this.#warned('aborted');
    const { expired } = this.#watchdog;
    if (expired !== undefined) {
      throw this.#failed(expired, { failure: 'timeout', dispatch: 'unknown', ...this.#partial(response) });
    }
    throw this.#truncated(response, broken);
  }

  #warned(end: ReplyEnd): LeafOutcome {
    const outcome = this.#outcome(end);
    const warnings = this.#warnings;
    return warnings.length === 0 ? outcome : { ...outcome, warnings: [...warnings, ...(outcome.warnings ?? [])] };
  }

  #outcome(end: ReplyEnd): LeafOutcome {
    const read = this.#reader.outcome(end);
    const ended = { end, call: this.#call, reader: this.#reader };
    const outcome = this.#wire.judge?.(read, ended) ?? read;
    return this.#raw === undefined ? outcome : { ...outcome, raw: this.#raw };
  }

  #unreadable(response: Response, { message, ...facts }: ReplyFailure): ModelCallError {
    const { reply } = this.#wire.words;
    const what = facts.failure === 'protocol' ? `sent something that is no ${reply}` : 'failed while it answered';
    return this.#failed(`${what}: ${message}`, {
      ...facts,
      ...this.#requestId(response.headers),
      ...(facts.dispatch === 'unknown' && this.#partial(response)),
    });
  }

  #truncated(response: Response, broken: { readonly cause: unknown } | undefined): StreamTruncatedError {
    const code = broken === undefined ? undefined : networkFailure(broken.cause).code;
    const how = broken === undefined ? 'ended' : `was cut off${code === undefined ? '' : ` (${code})`}`;
    const message = this.#message(`${how} before its ${this.#wire.words.end}: the answer is not whole`);
    return new StreamTruncatedError(message, { ...this.#partial(response), ...this.#safeCause(broken?.cause) });
  }

  #partial(response: Response): Pick<ModelCallFailure, 'partial' | 'contentDelivered' | 'requestId'> {
    return {
      partial: this.#outcome('cut'),
      contentDelivered: this.#call.emit !== undefined && this.#reader.begun,
      ...this.#requestId(response.headers),
    };
  }

  #requestId(headers: Headers | undefined): { readonly requestId?: string } {
    const id = headers?.get(this.#wire.words.requestId);
    return id == null ? {} : { requestId: quotable(id) };
  }

  #failed(what: string, { cause, ...facts }: ModelCallFailure): ModelCallError {
    return new ModelCallError(this.#message(what), { ...facts, ...this.#safeCause(cause) });
  }

  #message(what: string): string {
    const { provider, modelId } = this.#wire.settings;
    const sentence = /[.!?…]$/.test(what) ? what : `${what}.`;
    return this.#clean(`${provider}/${modelId} ${sentence}`);
  }

  // Foreign errors may hold anything, the request with its headers included: only their words are kept, cleaned.
  #safeCause(cause: unknown): { readonly cause?: Error } {
    return cause === undefined ? {} : { cause: new Error(this.#clean(wordsOf(cause))) };
  }

  #clean(text: string): string {
    return withoutSecrets([...this.#sender.secrets, ...Object.values(this.#wire.settings.headers)])(text);
  }
}

/** What came, as the value it stands for where it is JSON. */
function asSent(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}

// The server only: the rest of the address may hold what nobody else should read.
function redirection(location: string): string {
  const where = URL.canParse(location) ? new URL(location).origin : 'another path of this server';
  return `it redirects to ${where}, which is not followed.`;
}

/** The words of an error and of what caused it. */
function wordsOf(error: unknown): string {
  if (typeof error === 'string') return error;
  const words: string[] = [];
  let each = error;
  // Chains of causes are short; the limit is for a chain that bites its tail.
  while (each instanceof Error && words.length < 8) {
    words.push(each.message);
    each = each.cause;
  }
  return words.length === 0 ? 'an error without words' : words.join(': ');
}

async function refusalOf(response: Response, watchdog: Watchdog): Promise<HttpRefusal> {
  const { status, headers } = response;
  const source = bodyOf(response);
  const body = source === null ? '' : await readText(source, watchdog).catch(() => '');
  return { status, headers, body };
}

async function readText(body: TextSource | ReadableStream<Uint8Array>, watchdog: Watchdog): Promise<string> {
  const texts: string[] = [];
  await readBody(
    body,
    (text) => {
      watchdog.touch();
      texts.push(text);
      return true;
    },
    { signal: watchdog, clock: systemClock },
  );
  return texts.join('');
}
