import { ModelCallError, type ModelCallFailure, StreamTruncatedError } from '../../errors/model-call-error.ts';
import type { LeafCall, LeafOutcome } from '../../leaf/leaf-call.ts';
import { systemClock } from '../../leaf/system-clock.ts';
import { readEvents } from '../../transport/events.ts';
import { networkFailure } from '../../transport/network-failure.ts';
import { readBody } from '../../transport/read-body.ts';
import { htmlTitle, quotable, type ReplyFailure } from '../../transport/reply-failure.ts';
import { startWatchdog, type Watchdog } from '../../transport/watchdog.ts';
import { withoutSecrets } from '../../transport/without-secrets.ts';
import { type ChatReader, createChatReader, type ReplyEnd } from '../../wire/openai-chat/stream.ts';
import { createResponsesReader, type ResponsesReader } from '../../wire/openai-responses/stream.ts';
import { type RequestBody, requestBody } from './body.ts';
import type { OpenaiApi } from './capabilities.ts';
import type { ReadyClient } from './client.ts';
import type { OpenaiSettings } from './options.ts';
import { sendFailure } from './send-failure.ts';

const paths = { responses: '/responses', chat: '/chat/completions' };
const lastWords = { responses: 'response.completed', chat: 'finish_reason' };

// The SDK's own clock must not run out before ours, which also watches the answer.
const noSdkTimeoutMs = 2 ** 31 - 1;

/** Sends one attempt and reads its answer: the `call` of the model. */
export async function callOpenai(settings: OpenaiSettings, call: LeafCall): Promise<LeafOutcome> {
  const request = requestBody(settings, call);
  const client = await settings.client();
  const outcome = await new OpenaiAttempt(settings, call, { ...request, client }).run();
  const { warnings } = request;
  return warnings.length === 0 ? outcome : { ...outcome, warnings: [...warnings, ...(outcome.warnings ?? [])] };
}

/** One attempt on its way: what was sent, and what has been read so far. */
class OpenaiAttempt {
  readonly #settings: OpenaiSettings;
  readonly #call: LeafCall;
  readonly #request: RequestBody & { readonly client: ReadyClient };
  readonly #reader: ChatReader | ResponsesReader;

  constructor(settings: OpenaiSettings, call: LeafCall, request: RequestBody & { readonly client: ReadyClient }) {
    this.#settings = settings;
    this.#call = call;
    this.#request = request;
    this.#reader = makeReader(settings.api, {
      samples: call.request.samples ?? 1,
      origin: { provider: settings.provider, modelId: settings.modelId },
      prompt: () => JSON.stringify(request.body),
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
    const { body, client } = this.#request;
    try {
      return await client.client
        .post(paths[this.#settings.api], {
          body,
          headers: this.#settings.headers,
          signal: watchdog.signal,
          stream: true,
          timeout: noSdkTimeoutMs,
          maxRetries: 0,
        })
        .asResponse();
    } catch (error) {
      const { what, facts } = sendFailure(error, this.#call.context.clock.now());
      // The status alone is a refusal, also where its explanation does not arrive.
      if (facts.status !== undefined) throw this.#failed(what, facts);
      // The request may have left before the abort: nobody knows what the engine made of it.
      if (this.#call.signal?.aborted === true) {
        throw this.#failed('was aborted before it answered', { failure: 'network', dispatch: 'unknown', cause: error });
      }
      if (watchdog.expired !== undefined) {
        throw this.#failed(watchdog.expired, { failure: 'timeout', dispatch: 'unknown' });
      }
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
    if (this.#reader.complete) return this.#outcome('whole');
    if (problem !== undefined) throw this.#problem(response, problem);
    if (this.#call.signal?.aborted === true) return this.#outcome('aborted');
    if (watchdog.expired !== undefined) {
      throw this.#failed(watchdog.expired, { failure: 'timeout', dispatch: 'unknown', ...this.#partial(response) });
    }
    throw this.#truncated(response, broken);
  }

  async #readAnswer(response: Response, watchdog: Watchdog): Promise<ReplyFailure | undefined> {
    const { body } = response;
    if (body === null) return undefined;
    const source = { signal: watchdog.signal, clock: systemClock };
    if (/json|html/.test(response.headers.get('content-type') ?? '')) {
      const texts: string[] = [];
      await readBody(body, (text) => (watchdog.touch(), texts.push(text) > 0), source);
      const text = texts.join('');
      const page = htmlTitle(text);
      if (page !== undefined) {
        const message = `an HTML page came (${page}). Is baseUrl right, version included?`;
        return { failure: 'protocol', dispatch: 'refused', message };
      }
      return this.#reader.read(text) ?? this.#reader.read('[DONE]');
    }
    let problem: ReplyFailure | undefined;
    await readEvents(
      body,
      ({ data, event }) => {
        problem = this.#reader.read(data, event);
        return problem === undefined && !this.#reader.ended;
      },
      { ...source, onBytes: () => watchdog.touch() },
    );
    return problem;
  }

  #outcome(end: ReplyEnd): LeafOutcome {
    const outcome = this.#reader.outcome(end);
    const cacheMiss = 'cacheMiss' in this.#reader ? this.#reader.cacheMiss : undefined;
    if (cacheMiss !== undefined) {
      const { reason, tokens } = cacheMiss;
      const values = { 'cache miss': reason, ...(tokens !== undefined && { 'cache missed tokens': tokens }) };
      this.#call.context.span.add({ values });
    }
    // What was thought out of sight cannot be estimated from what was seen.
    const isGuess = end !== 'whole' && outcome.usageKnown === 'estimated' && this.#request.mayReason;
    return isGuess ? { ...outcome, usage: {}, usageKnown: 'upper-bound' } : outcome;
  }

  #problem(response: Response, { message, ...facts }: ReplyFailure): ModelCallError {
    const what = facts.failure === 'protocol' ? 'sent something that is no answer' : 'failed while it answered';
    return this.#failed(`${what}: ${message}`, {
      ...facts,
      ...requestId(response),
      ...(facts.dispatch === 'unknown' && this.#partial(response)),
    });
  }

  #truncated(response: Response, broken: { readonly cause: unknown } | undefined): StreamTruncatedError {
    const code = broken === undefined ? undefined : networkFailure(broken.cause).code;
    const how = broken === undefined ? 'ended' : `was cut off${code === undefined ? '' : ` (${code})`}`;
    const message = this.#message(`${how} before its ${lastWords[this.#settings.api]}: the answer is not whole`);
    return new StreamTruncatedError(message, { ...this.#partial(response), ...this.#safeCause(broken?.cause) });
  }

  #partial(response: Response): Pick<ModelCallFailure, 'partial' | 'contentDelivered' | 'requestId'> {
    return {
      partial: this.#outcome('cut'),
      contentDelivered: this.#call.emit !== undefined && this.#reader.begun,
      ...requestId(response),
    };
  }

  #failed(what: string, { cause, ...facts }: ModelCallFailure): ModelCallError {
    return new ModelCallError(this.#message(what), { ...facts, ...this.#safeCause(cause) });
  }

  #message(what: string): string {
    return this.#clean(`${this.#settings.provider}/${this.#settings.modelId} ${what}.`);
  }

  // Foreign errors may hold anything, the request with its headers included: only their words are kept, cleaned.
  #safeCause(cause: unknown): { readonly cause?: Error } {
    return cause === undefined ? {} : { cause: new Error(this.#clean(wordsOf(cause))) };
  }

  #clean(text: string): string {
    const { key } = this.#request.client;
    return withoutSecrets([...(key === undefined ? [] : [key]), ...Object.values(this.#settings.headers)])(text);
  }
}

function makeReader(api: OpenaiApi, options: Parameters<typeof createChatReader>[0]): ChatReader | ResponsesReader {
  return api === 'chat' ? createChatReader(options) : createResponsesReader(options);
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error === 'string' ? error : 'an error without words';
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

function requestId(response: Response): { readonly requestId?: string } {
  const id = response.headers.get('x-request-id');
  return id === null ? {} : { requestId: quotable(id) };
}
