import { ModelCallError, type ModelCallFailure, StreamTruncatedError } from '../../errors/model-call-error.ts';
import type { LeafCall, LeafOutcome } from '../../leaf/leaf-call.ts';
import { systemClock } from '../../leaf/system-clock.ts';
import type { JsonObject } from '../../spec/json.ts';
import { readEvents } from '../../transport/events.ts';
import { networkFailure } from '../../transport/network-failure.ts';
import { readBody } from '../../transport/read-body.ts';
import { htmlTitle, type ReplyFailure } from '../../transport/reply-failure.ts';
import { startWatchdog, type Watchdog } from '../../transport/watchdog.ts';
import { withoutSecrets } from '../../transport/without-secrets.ts';
import { createMessagesReader, type MessagesReader } from '../../wire/anthropic-messages/stream.ts';
import { requestBody } from './body.ts';
import type { ReadyClient } from './client.ts';
import type { AnthropicSettings } from './options.ts';
import { requestId, sendFailure } from './send-failure.ts';

// The library's own limit must not come before ours, which knows a live connection from a silent one.
const noTimeoutMs = 2 ** 31 - 1;

/** Sends one attempt and reads its answer: the `call` of the model. */
export async function callMessages(
  settings: AnthropicSettings,
  clientFor: () => Promise<ReadyClient>,
  call: LeafCall,
): Promise<LeafOutcome> {
  const { body, warnings } = requestBody(settings, call);
  const attempt = new MessagesAttempt(settings, call, { body, ready: await clientFor() });
  const outcome = await attempt.run();
  return warnings.length === 0 ? outcome : { ...outcome, warnings: [...warnings, ...(outcome.warnings ?? [])] };
}

/** One attempt on its way: what was sent, and what has been read so far. */
class MessagesAttempt {
  readonly #settings: AnthropicSettings;
  readonly #call: LeafCall;
  readonly #body: JsonObject;
  readonly #client: ReadyClient['client'];
  readonly #clean: (text: string) => string;
  readonly #reader: MessagesReader;

  constructor(
    settings: AnthropicSettings,
    call: LeafCall,
    { body, ready }: { readonly body: JsonObject; readonly ready: ReadyClient },
  ) {
    this.#settings = settings;
    this.#call = call;
    this.#body = body;
    this.#client = ready.client;
    this.#clean = withoutSecrets([...ready.secrets, ...settings.headers.values()]);
    this.#reader = createMessagesReader({
      origin: { provider: settings.provider, modelId: settings.modelId },
      prompt: () => JSON.stringify(body),
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
    const { headers, version } = this.#settings;
    try {
      const sent = this.#client.post('/v1/messages', {
        body: this.#body,
        headers: { ...(version !== undefined && { 'anthropic-version': version }), ...Object.fromEntries(headers) },
        signal: watchdog.signal,
        stream: true,
        timeout: noTimeoutMs,
        maxRetries: 0,
      });
      return await sent.asResponse();
    } catch (error) {
      // The request may have left before the abort: nobody knows what the engine made of it.
      if (this.#call.signal?.aborted === true) {
        throw this.#failed('was aborted before it answered', { failure: 'network', dispatch: 'unknown', cause: error });
      }
      if (watchdog.expired !== undefined) {
        throw this.#failed(watchdog.expired, { failure: 'timeout', dispatch: 'unknown' });
      }
      const nowMs = this.#call.context.clock.now();
      const { what, facts } = sendFailure(error, { nowMs, isOurs: this.#settings.client === undefined });
      throw this.#failed(what, facts);
    }
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
    if (this.#reader.complete) return this.#reader.outcome('whole');
    if (problem !== undefined) throw this.#problem(response, problem);
    if (this.#call.signal?.aborted === true) return this.#reader.outcome('aborted');
    if (watchdog.expired !== undefined) {
      throw this.#failed(watchdog.expired, { failure: 'timeout', dispatch: 'unknown', ...this.#partial(response) });
    }
    throw this.#truncated(response, broken);
  }

  async #readAnswer(response: Response, watchdog: Watchdog): Promise<ReplyFailure | undefined> {
    if (response.body === null) return undefined;
    const reading = { signal: watchdog.signal, clock: systemClock };
    if (!/json|html/.test(response.headers.get('content-type') ?? '')) {
      let problem: ReplyFailure | undefined;
      await readEvents(
        response.body,
        ({ data }) => {
          problem = this.#reader.read(data);
          return problem === undefined && !this.#reader.ended;
        },
        { ...reading, onBytes: () => watchdog.touch() },
      );
      return problem;
    }
    const texts: string[] = [];
    await readBody(
      response.body,
      (text) => {
        watchdog.touch();
        return texts.push(text) > 0;
      },
      reading,
    );
    const text = texts.join('');
    const page = htmlTitle(text);
    if (page === undefined) return this.#reader.read(text);
    return {
      failure: 'protocol',
      dispatch: 'refused',
      message: `an HTML page came (${page}). Is baseUrl right?`,
    };
  }

  #problem(response: Response, { message, ...facts }: ReplyFailure): ModelCallError {
    const what = facts.failure === 'protocol' ? 'sent something that is no message' : 'failed while it answered';
    return this.#failed(`${what}: ${message}`, {
      ...facts,
      ...(facts.dispatch === 'unknown' && this.#partial(response)),
    });
  }

  #truncated(response: Response, broken: { readonly cause: unknown } | undefined): StreamTruncatedError {
    const code = broken === undefined ? undefined : networkFailure(broken.cause).code;
    const how = broken === undefined ? 'ended' : `was cut off${code === undefined ? '' : ` (${code})`}`;
    const message = this.#message(`${how} before its stop_reason: the answer is not whole`);
    return new StreamTruncatedError(message, { ...this.#partial(response), ...this.#safeCause(broken?.cause) });
  }

  #partial(response: Response): Pick<ModelCallFailure, 'partial' | 'contentDelivered' | 'requestId'> {
    return {
      partial: this.#reader.outcome('cut'),
      contentDelivered: this.#call.emit !== undefined && this.#reader.begun,
      ...requestId(response.headers),
    };
  }

  #failed(what: string, facts: ModelCallFailure): ModelCallError {
    const { cause, ...rest } = facts;
    return new ModelCallError(this.#message(what), { ...rest, ...this.#safeCause(cause) });
  }

  #message(what: string): string {
    const sentence = /[.!?…]$/.test(what) ? what : `${what}.`;
    return this.#clean(`${this.#settings.provider}/${this.#settings.modelId} ${sentence}`);
  }

  // Foreign errors may hold anything, the request with its headers included: only their words are kept, cleaned.
  #safeCause(cause: unknown): { readonly cause?: Error } {
    return cause === undefined ? {} : { cause: new Error(this.#clean(wordsOf(cause))) };
  }
}

/** The words of an error and of what caused it. */
function wordsOf(error: unknown): string {
  const words: string[] = [];
  let each = error;
  // Chains of causes are short; the limit is for a chain that bites its tail.
  while (each instanceof Error && words.length < 8) {
    words.push(each.message);
    each = each.cause;
  }
  return words.length === 0 ? 'an error without words' : words.join(': ');
}
