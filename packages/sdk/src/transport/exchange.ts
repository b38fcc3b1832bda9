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
import { connectionFailure, type HttpRefusal, type SendFailure } from './send-failure.ts';
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

/** What one attempt is made of, where providers differ. */
export interface ExchangeOptions {
  readonly settings: HostedSettings & { readonly provider: string };
  readonly words: WireWords;
  readonly send: (watch: Watchdog) => Promise<Response>;
  /** Sorts what `send` fails with. @defaultValue as a connection that failed */
  readonly sendFailure?: (error: unknown) => SendFailure;
  /** Reads a reply that refuses. */
  readonly readError: (status: number, body: string) => ReplyFailure;
  readonly reader: ReplyReader;
  /** What only the adapter knows about an outcome. @defaultValue it stays as it was read */
  readonly judge?: (outcome: LeafOutcome, end: ReplyEnd) => LeafOutcome;
  /** What no error may repeat, beside headers. Asked when there is one: the key of a client may be known only once it was used. */
  readonly secrets: () => readonly string[];
  /** What of the request was left out. They come before those of the reply. */
  readonly warnings: readonly Warning[];
}

/**
 * Sends one attempt and reads its answer: one exchange over HTTP, whatever the provider.
 *
 * @throws ModelCallError where there is no whole answer: with what had arrived, how far the request got, and no secret. A
 * caller who loses interest in an answer on its way gets what there is, as an outcome.
 */
export function exchange(call: LeafCall, { send, ...options }: ExchangeOptions): Promise<LeafOutcome> {
  return new Exchange(call, options).run(send);
}

class Exchange {
  readonly #call: LeafCall;
  readonly #options: Omit<ExchangeOptions, 'send'>;
  #watchdog!: Watchdog;
  #problem: ReplyFailure | undefined;
  #broken: { readonly cause: unknown } | undefined;
  readonly #reader: ReplyReader;
  /** What the provider sent, where the request asks for it: a body, or the data of its events. */
  #raw: JsonValue | undefined;

  constructor(call: LeafCall, options: Omit<ExchangeOptions, 'send'>) {
    this.#call = call;
    this.#options = options;
    this.#reader = options.reader;
  }

  run(send: ExchangeOptions['send']): Promise<LeafOutcome> {
    if (this.#call.signal?.aborted === true) {
      return Promise.reject(
        this.#failed('was not asked: the call was aborted', { failure: 'network', dispatch: 'not-sent' }),
      );
    }
    this.#watchdog = startWatchdog(this.#options.settings, this.#call.signal);
    return this.#answer(this.#sent(send));
  }

  async #answer(sent: Promise<Response>): Promise<LeafOutcome> {
    try {
      const response = await sent;
      this.#watchdog.touch();
      // The status alone is a refusal, also where its explanation does not arrive.
      if (!response.ok) throw this.#refused(await refusalOf(response, this.#watchdog));
      await this.#read(response);
      return this.#answered(response);
    } finally {
      this.#watchdog.stop();
    }
  }

  // Not by who waits for it: that would hold `send`, and the body that it sends.
  #sent(send: ExchangeOptions['send']): Promise<Response> {
    try {
      return send(this.#watchdog).catch((error: unknown) => {
        throw this.#sendFailed(error);
      });
    } catch (error) {
      return Promise.reject(this.#sendFailed(error));
    }
  }

  #sendFailed(error: unknown): unknown {
    const { sendFailure = connectionFailure } = this.#options;
    // Ours are about the request, and thrown before it is sent.
    if (TollgateError.isInstance(error)) return error;
    const failure = sendFailure(error);
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
    const { message: words, ...facts } = this.#options.readError(status, body);
    const location = status >= 300 && status < 400 ? headers?.get('location') : undefined;
    const message = location == null ? words : `${redirection(location)} ${this.#options.words.address}`;
    const wait = headers === undefined ? undefined : retryAfterMs(headers, this.#call.context.clock.now());
    return this.#failed(`answered ${status}: ${message}`, {
      ...facts,
      status,
      ...(wait !== undefined && { retryAfterMs: wait }),
      ...this.#requestId(headers),
    });
  }

  /** Reads as far as it goes. What comes of it stands in the fields. */
  #read(response: Response): Promise<void> {
    const body = bodyOf(response);
    if (body === null) return Promise.resolve();
    const broken = (cause: unknown): void => {
      this.#broken = { cause };
    };
    const type = 'contentType' in body ? body.contentType : response.headers.get('content-type');
    if (/json|html/.test(type ?? ''))
      return readText(body, this.#watchdog)
        .then((text) => this.#readWhole(text))
        .catch(broken);
    const events: JsonValue[] | undefined = this.#call.request.includeRaw === true ? [] : undefined;
    this.#raw = events;
    const onEvent = ({ data, event }: ServerEvent): boolean => {
      events?.push(asSent(data));
      this.#problem = this.#reader.read(data, event);
      return this.#problem === undefined && !this.#reader.ended;
    };
    return readEvents(body, onEvent, {
      signal: this.#watchdog,
      clock: systemClock,
      onBytes: () => this.#watchdog.touch(),
    }).catch(broken);
  }

  #readWhole(text: string): void {
    const page = htmlTitle(text);
    if (page === undefined) {
      if (this.#call.request.includeRaw === true) this.#raw = asSent(text);
      this.#problem = this.#reader.read(text) ?? this.#reader.read('[DONE]');
      return;
    }
    const message = `an HTML page came (${page}). ${this.#options.words.address}`;
    this.#problem = { failure: 'protocol', dispatch: 'refused', message };
  }

  #answered(response: Response): LeafOutcome {
    // An answer that is whole is one, whatever became of the connection or of the caller's interest afterwards.
    if (this.#reader.complete) return this.#warned('whole');
    if (this.#problem !== undefined) throw this.#unreadable(response, this.#problem);
    if (this.#call.signal?.aborted === true) return this.#warned('aborted');
    const { expired } = this.#watchdog;
    if (expired !== undefined) {
      throw this.#failed(expired, { failure: 'timeout', dispatch: 'unknown', ...this.#partial(response) });
    }
    throw this.#truncated(response, this.#broken);
  }

  #warned(end: ReplyEnd): LeafOutcome {
    const outcome = this.#outcome(end);
    const { warnings } = this.#options;
    return warnings.length === 0 ? outcome : { ...outcome, warnings: [...warnings, ...(outcome.warnings ?? [])] };
  }

  #outcome(end: ReplyEnd): LeafOutcome {
    const read = this.#reader.outcome(end);
    const outcome = this.#options.judge?.(read, end) ?? read;
    return this.#raw === undefined ? outcome : { ...outcome, raw: this.#raw };
  }

  #unreadable(response: Response, { message, ...facts }: ReplyFailure): ModelCallError {
    const { reply } = this.#options.words;
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
    const message = this.#message(`${how} before its ${this.#options.words.end}: the answer is not whole`);
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
    const id = headers?.get(this.#options.words.requestId);
    return id == null ? {} : { requestId: quotable(id) };
  }

  #failed(what: string, { cause, ...facts }: ModelCallFailure): ModelCallError {
    return new ModelCallError(this.#message(what), { ...facts, ...this.#safeCause(cause) });
  }

  #message(what: string): string {
    const { provider, modelId } = this.#options.settings;
    const sentence = /[.!?…]$/.test(what) ? what : `${what}.`;
    return this.#clean(`${provider}/${modelId} ${sentence}`);
  }

  // Foreign errors may hold anything, the request with its headers included: only their words are kept, cleaned.
  #safeCause(cause: unknown): { readonly cause?: Error } {
    return cause === undefined ? {} : { cause: new Error(this.#clean(wordsOf(cause))) };
  }

  #clean(text: string): string {
    const { secrets, settings } = this.#options;
    return withoutSecrets([...secrets(), ...Object.values(settings.headers)])(text);
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
