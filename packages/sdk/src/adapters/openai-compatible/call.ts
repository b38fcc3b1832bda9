import { ModelCallError, type ModelCallFailure, StreamTruncatedError } from '../../errors/model-call-error.ts';
import type { LeafCall, LeafOutcome } from '../../leaf/leaf-call.ts';
import { systemClock } from '../../leaf/system-clock.ts';
import { readEvents } from '../../transport/events.ts';
import { networkFailure } from '../../transport/network-failure.ts';
import { readBody } from '../../transport/read-body.ts';
import { htmlTitle, quotable, type ReplyFailure } from '../../transport/reply-failure.ts';
import { retryAfterMs } from '../../transport/retry-after.ts';
import { startWatchdog, type Watchdog } from '../../transport/watchdog.ts';
import { withoutSecrets } from '../../transport/without-secrets.ts';
import { readChatError } from '../../wire/openai-chat/error.ts';
import { type ChatReader, createChatReader } from '../../wire/openai-chat/stream.ts';
import { requestBytes } from './body.ts';
import { readKey } from './key.ts';
import type { ChatSettings } from './options.ts';

/** Sends one attempt and reads its answer: the `call` of the model. */
export async function callChat(settings: ChatSettings, call: LeafCall): Promise<LeafOutcome> {
  const { text: body, warnings } = requestBytes(settings, call);
  const key = await readKey(settings.apiKey);
  const attempt = new ChatAttempt(settings, call, { body, key });
  const outcome = await attempt.run();
  return warnings.length === 0 ? outcome : { ...outcome, warnings: [...warnings, ...(outcome.warnings ?? [])] };
}

/** One attempt on its way: what was sent, and what has been read so far. */
class ChatAttempt {
  readonly #settings: ChatSettings;
  readonly #call: LeafCall;
  readonly #body: string;
  readonly #headers: Headers;
  readonly #clean: (text: string) => string;
  readonly #reader: ChatReader;

  constructor(
    settings: ChatSettings,
    call: LeafCall,
    request: { readonly body: string; readonly key: string | undefined },
  ) {
    const { key, body } = request;
    this.#settings = settings;
    this.#call = call;
    this.#body = body;
    this.#headers = new Headers({ 'content-type': 'application/json', accept: 'text/event-stream' });
    if (key !== undefined) this.#headers.set('authorization', `Bearer ${key}`);
    for (const [name, value] of settings.headers) this.#headers.set(name, value);
    this.#clean = withoutSecrets([...(key === undefined ? [] : [key]), ...settings.headers.values()]);
    this.#reader = createChatReader({
      samples: call.request.samples ?? 1,
      origin: { provider: settings.provider, modelId: settings.modelId },
      prompt: () => body,
      emit: call.emit,
    });
  }

  async run(): Promise<LeafOutcome> {
    const { signal } = this.#call;
    const { idleTimeoutMs, timeoutMs } = this.#settings;
    if (signal?.aborted === true) {
      throw this.#failed('was not asked: the call was aborted', { failure: 'network', dispatch: 'not-sent' });
    }
    // Sockets live in the machine's time, also where the program's own time is a test's.
    const watchdog = startWatchdog({ clock: systemClock, idleTimeoutMs, timeoutMs, signal });
    try {
      const response = await this.#send(watchdog);
      watchdog.touch();
      return await this.#read(response, watchdog);
    } finally {
      watchdog.stop();
    }
  }

  async #send(watchdog: Watchdog): Promise<Response> {
    const send = this.#settings.fetch ?? globalThis.fetch;
    try {
      return await send(this.#settings.url, {
        method: 'POST',
        headers: this.#headers,
        body: this.#body,
        signal: watchdog.signal,
      });
    } catch (error) {
      // The request may have left before the abort: nobody knows what the engine made of it.
      if (this.#call.signal?.aborted === true) {
        throw this.#failed('was aborted before it answered', { failure: 'network', dispatch: 'unknown', cause: error });
      }
      if (watchdog.expired !== undefined) {
        throw this.#failed(watchdog.expired, { failure: 'timeout', dispatch: 'unknown' });
      }
      const { failure, dispatch, code } = networkFailure(error);
      const what = dispatch === 'not-sent' ? 'could not be reached' : 'broke off before it answered';
      throw this.#failed(`${what}${code === undefined ? '' : ` (${code})`}`, { failure, dispatch, cause: error });
    }
  }

  async #read(response: Response, watchdog: Watchdog): Promise<LeafOutcome> {
    if (!response.ok) throw await this.#refusal(response, watchdog);
    let problem: ReplyFailure | undefined;
    let broken: { readonly cause: unknown } | undefined;
    try {
      problem = await this.#readAnswer(response, watchdog);
    } catch (error) {
      broken = { cause: error };
    }
    // An answer that is whole is one, whatever became of the connection or of the caller's interest afterwards.
    if (this.#reader.complete) return this.#reader.outcome('whole');
    if (problem !== undefined) throw this.#problem(response, problem);
    if (this.#call.signal?.aborted === true) return this.#reader.outcome('aborted');
    if (watchdog.expired !== undefined) {
      throw this.#failed(watchdog.expired, { failure: 'timeout', dispatch: 'unknown', ...this.#partial(response) });
    }
    throw this.#truncated(response, broken);
  }

  async #refusal(response: Response, watchdog: Watchdog): Promise<ModelCallError> {
    // The status alone is a refusal, also where its explanation does not arrive.
    const body = await readText(response, watchdog).catch(() => '');
    const { message, ...facts } = readChatError(response.status, body);
    const wait = retryAfterMs(response.headers, this.#call.context.clock.now());
    return this.#failed(`answered ${response.status}: ${message}`, {
      ...facts,
      status: response.status,
      ...(wait !== undefined && { retryAfterMs: wait }),
      ...requestId(response),
    });
  }

  async #readAnswer(response: Response, watchdog: Watchdog): Promise<ReplyFailure | undefined> {
    const type = response.headers.get('content-type') ?? '';
    if (response.body === null) return undefined;
    if (/json|html/.test(type)) {
      const text = await readText(response, watchdog);
      const page = htmlTitle(text);
      if (page !== undefined) {
        return {
          failure: 'protocol',
          dispatch: 'refused',
          message: `an HTML page came (${page}). Is baseUrl right, version included?`,
        };
      }
      return this.#reader.read(text) ?? this.#reader.read('[DONE]');
    }
    let problem: ReplyFailure | undefined;
    await readEvents(
      response.body,
      ({ data }) => {
        problem = this.#reader.read(data);
        return problem === undefined && !this.#reader.ended;
      },
      { signal: watchdog.signal, clock: systemClock, onBytes: () => watchdog.touch() },
    );
    return problem;
  }

  #problem(response: Response, { message, ...facts }: ReplyFailure): ModelCallError {
    const what =
      facts.failure === 'protocol' ? 'sent something that is no chat completion' : 'failed while it answered';
    return this.#failed(`${what}: ${message}`, {
      ...facts,
      ...(facts.dispatch === 'unknown' && this.#partial(response)),
    });
  }

  #truncated(response: Response, broken: { readonly cause: unknown } | undefined): StreamTruncatedError {
    const code = broken === undefined ? undefined : networkFailure(broken.cause).code;
    const how = broken === undefined ? 'ended' : `was cut off${code === undefined ? '' : ` (${code})`}`;
    const message = this.#message(`${how} before its finish_reason: the answer is not whole`);
    return new StreamTruncatedError(message, { ...this.#partial(response), ...this.#safeCause(broken?.cause) });
  }

  #partial(response: Response): Pick<ModelCallFailure, 'partial' | 'contentDelivered' | 'requestId'> {
    return {
      partial: this.#reader.outcome('cut'),
      contentDelivered: this.#call.emit !== undefined && this.#reader.begun,
      ...requestId(response),
    };
  }

  #failed(what: string, facts: ModelCallFailure): ModelCallError {
    const { cause, ...rest } = facts;
    return new ModelCallError(this.#message(what), { ...rest, ...this.#safeCause(cause) });
  }

  #message(what: string): string {
    return this.#clean(`${this.#settings.provider}/${this.#settings.modelId} ${what}.`);
  }

  // Foreign errors may hold anything, the request with its headers included: only their words are kept, cleaned.
  #safeCause(cause: unknown): { readonly cause?: Error } {
    if (cause === undefined) return {};
    return { cause: new Error(this.#clean(wordsOf(cause))) };
  }
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error === 'string' ? error : 'an error without words';
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

async function readText(response: Response, watchdog: Watchdog): Promise<string> {
  if (response.body === null) return '';
  const texts: string[] = [];
  await readBody(
    response.body,
    (text) => {
      watchdog.touch();
      texts.push(text);
      return true;
    },
    { signal: watchdog.signal, clock: systemClock },
  );
  return texts.join('');
}

function requestId(response: Response): { readonly requestId?: string } {
  const id = response.headers.get('x-request-id');
  return id === null ? {} : { requestId: quotable(id) };
}
