import { ModelCallError, type ModelCallFailure, StreamTruncatedError } from '../errors/model-call-error.ts';
import { TollgateError } from '../errors/tollgate-error.ts';
import type { LeafCall, LeafOutcome } from '../leaf/leaf-call.ts';
import { systemClock } from '../leaf/system-clock.ts';
import type { JsonValue } from '../spec/json.ts';
import type { Warning } from '../spec/result.ts';
import type { ReplyEnd, ReplyReader } from '../wire/reply-reader.ts';
import { readEvents } from './events.ts';
import type { HostedSettings } from './hosted-options.ts';
import { networkFailure } from './network-failure.ts';
import { readBody } from './read-body.ts';
import { htmlTitle, quotable, type ReplyFailure } from './reply-failure.ts';
import { retryAfterMs } from './retry-after.ts';
import { bodyOf } from './text-source.ts';
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
  readonly send: (signal: AbortSignal) => Promise<Response>;
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
export function exchange(call: LeafCall, options: ExchangeOptions): Promise<LeafOutcome> {
  return new Exchange(call, options).run();
}

class Exchange {
  readonly #call: LeafCall;
  readonly #options: ExchangeOptions;
  readonly #reader: ReplyReader;
  /** What the provider sent, where the request asks for it: a body, or the data of its events. */
  #raw: JsonValue | undefined;

  constructor(call: LeafCall, options: ExchangeOptions) {
    this.#call = call;
    this.#options = options;
    this.#reader = options.reader;
  }

  async run(): Promise<LeafOutcome> {
    const { signal } = this.#call;
    const { idleTimeoutMs, timeoutMs } = this.#options.settings;
    if (signal?.aborted === true) {
      throw this.#failed('was not asked: the call was aborted', { failure: 'network', dispatch: 'not-sent' });
    }
    const watchdog = startWatchdog({ idleTimeoutMs, timeoutMs, signal });
    try {
      const response = await this.#send(watchdog);
      watchdog.touch();
      if (!response.ok) {
        // The status alone is a refusal, also where its explanation does not arrive.
        const body = await readText(response, watchdog).catch(() => '');
        throw this.#refused({ status: response.status, headers: response.headers, body });
      }
      const outcome = await this.#read(response, watchdog);
      const { warnings } = this.#options;
      return warnings.length === 0 ? outcome : { ...outcome, warnings: [...warnings, ...(outcome.warnings ?? [])] };
    } finally {
      watchdog.stop();
    }
  }

  async #send(watchdog: Watchdog): Promise<Response> {
    const { send, sendFailure = connectionFailure } = this.#options;
    try {
      return await send(watchdog.signal);
    } catch (error) {
      // Ours are about the request, and thrown before it is sent.
      if (TollgateError.isInstance(error)) throw error;
      const failure = sendFailure(error);
      if ('status' in failure) throw this.#refused(failure);
      // The request may have left before the abort: nobody knows what the engine made of it.
      if (this.#call.signal?.aborted === true) {
        throw this.#failed('was aborted before it answered', { failure: 'network', dispatch: 'unknown', cause: error });
      }
      if (watchdog.expired !== undefined) {
        throw this.#failed(watchdog.expired, { failure: 'timeout', dispatch: 'unknown' });
      }
      throw this.#failed(failure.what, failure.facts);
    }
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

  async #read(response: Response, watchdog: Watchdog): Promise<LeafOutcome> {
    let problem: ReplyFailure | undefined;
    let broken: { readonly cause: unknown } | undefined;
    try {
      problem = await this.#readAnswer(response, watchdog);
    } catch (error) {
      broken = { cause: error };
    }
    // An answer that is whole is one, whatever became of the connection or of the caller's interest afterwards.
    if (this.#reader.complete) return this.#outcome('whole');
    if (problem !== undefined) throw this.#problem(response, problem);
    if (this.#call.signal?.aborted === true) return this.#outcome('aborted');
    if (watchdog.expired !== undefined) {
      throw this.#failed(watchdog.expired, { failure: 'timeout', dispatch: 'unknown', ...this.#partial(response) });
    }
    throw this.#truncated(response, broken);
  }

  async #readAnswer(response: Response, watchdog: Watchdog): Promise<ReplyFailure | undefined> {
    const body = bodyOf(response);
    if (body === null) return undefined;
    const type = 'contentType' in body ? body.contentType : response.headers.get('content-type');
    if (/json|html/.test(type ?? '')) {
      const text = await readText(response, watchdog);
      const page = htmlTitle(text);
      if (page === undefined) {
        if (this.#call.request.includeRaw === true) this.#raw = asSent(text);
        return this.#reader.read(text) ?? this.#reader.read('[DONE]');
      }
      const message = `an HTML page came (${page}). ${this.#options.words.address}`;
      return { failure: 'protocol', dispatch: 'refused', message };
    }
    const events: JsonValue[] | undefined = this.#call.request.includeRaw === true ? [] : undefined;
    this.#raw = events;
    let problem: ReplyFailure | undefined;
    await readEvents(
      body,
      ({ data, event }) => {
        events?.push(asSent(data));
        problem = this.#reader.read(data, event);
        return problem === undefined && !this.#reader.ended;
      },
      { signal: watchdog.signal, clock: systemClock, onBytes: () => watchdog.touch() },
    );
    return problem;
  }

  #outcome(end: ReplyEnd): LeafOutcome {
    const read = this.#reader.outcome(end);
    const outcome = this.#options.judge?.(read, end) ?? read;
    return this.#raw === undefined ? outcome : { ...outcome, raw: this.#raw };
  }

  #problem(response: Response, { message, ...facts }: ReplyFailure): ModelCallError {
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

async function readText(response: Response, watchdog: Watchdog): Promise<string> {
  const body = bodyOf(response);
  if (body === null) return '';
  const texts: string[] = [];
  await readBody(
    body,
    (text) => {
      watchdog.touch();
      texts.push(text);
      return true;
    },
    { signal: watchdog.signal, clock: systemClock },
  );
  return texts.join('');
}
