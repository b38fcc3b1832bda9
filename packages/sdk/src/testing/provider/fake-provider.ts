import { TollgateError } from '../../errors/tollgate-error.ts';
import type { Clock } from '../../spec/context.ts';
import type { JsonObject, JsonValue } from '../../spec/json.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import { fieldsOf, parsedJson } from '../../wire/json-fields.ts';
import { answerParts } from './answer-parts.ts';
import { type AnswerReply, answersOf, assumedUsage } from './answers.ts';
import { chatWire } from './chat-wire.ts';
import { messagesWire } from './messages-wire.ts';
import { type Outgoing, planReply, type PlannedReply } from './plan.ts';
import type { ProviderWire } from './provider-wire.ts';
import type { Delivery, ProviderCall, ProviderReplies, ProviderReply } from './reply.ts';
import { responsesWire } from './responses-wire.ts';

/** A request as it came over the network. */
export interface ProviderHttpRequest {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

const wires: readonly ProviderWire[] = [chatWire, responsesWire, messagesWire];
const secretHeaders = new Set(['authorization', 'x-api-key', 'api-key', 'cookie', 'proxy-authorization']);

/** A provider that follows a script: requests as they come in, replies as they travel. Sends and receives nothing itself. */
export class FakeProvider {
  readonly calls: ProviderCall[] = [];
  readonly #replies: ProviderReplies;
  readonly #clock: Clock;
  readonly #unexpected: string[] = [];
  #taken = 0;

  constructor(replies: ProviderReplies, clock: Clock) {
    this.#replies = replies;
    this.#clock = clock;
  }

  /** @throws TollgateError `unexpected-call` when replies are left over, or a request came that the script has no reply for. */
  assertDone(): void {
    const [unexpected] = this.#unexpected;
    if (unexpected !== undefined) throw new TollgateError('unexpected-call', unexpected);
    if (typeof this.#replies === 'function') return;
    const left = this.#replies.length - this.#taken;
    if (left > 0) {
      throw new TollgateError(
        'unexpected-call',
        `The fake provider has ${this.#replies.length} replies, and the last ${left} were never asked for.`,
      );
    }
  }

  async respond(incoming: ProviderHttpRequest): Promise<PlannedReply> {
    const { method, path } = incoming;
    const body = parsedJson(incoming.body);
    if (method === 'GET' && path.endsWith('/models')) return json(200, { object: 'list', data: [], has_more: false });
    if (method === 'POST' && path.endsWith('/messages/count_tokens')) {
      return json(200, { input_tokens: Math.ceil(incoming.body.length / 4) });
    }
    const wire = wires.find((each) => method === 'POST' && path.endsWith(each.path));
    if (wire === undefined) {
      const message = `The fake provider has nothing at ${method} ${path}.`;
      this.#unexpected.push(message);
      return json(404, chatWire.writeError('not-found', message).body);
    }
    let read: ReturnType<ProviderWire['read']>;
    try {
      read = wire.read(body);
    } catch (error) {
      return refuse(wire, error instanceof Error ? error.message : 'The body could not be read.');
    }
    const call: ProviderCall = {
      wire: wire.name,
      path,
      headers: withoutKeys(incoming.headers),
      modelId: read.modelId,
      stream: read.stream,
      request: read.request,
      body: fieldsOf(body) as JsonObject,
    };
    this.calls.push(call);
    const reply = await this.#next(call);
    return reply === undefined
      ? this.#fail(wire, call, `reply ${this.#taken + 1} of a script of ${this.#taken}`)
      : this.#plan(reply, { wire, call, withUsage: read.withUsage });
  }

  async #next(call: ProviderCall): Promise<ProviderReply | undefined> {
    if (typeof this.#replies === 'function') return this.#replies(call);
    const reply = this.#replies[this.#taken];
    if (reply !== undefined) this.#taken += 1;
    return reply;
  }

  #plan(
    reply: ProviderReply,
    to: { readonly wire: ProviderWire; readonly call: ProviderCall; readonly withUsage: boolean },
  ): PlannedReply {
    const { wire, call } = to;
    if (typeof reply === 'string') return this.#plan({ text: reply }, to);
    if ('body' in reply) {
      const type = { 'content-type': call.stream ? 'text/event-stream' : 'application/json' };
      return planReply(outgoing([reply.body], { ...type, ...reply.headers }, reply.status), reply);
    }
    if ('error' in reply) return planError(wire, reply);
    const candidates = answersOf(reply);
    const samples = call.request.samples ?? 1;
    if (candidates.length !== samples || samples > wire.mostSamples) {
      return this.#fail(wire, call, `${samples} answers in one call, and the reply has ${candidates.length}`);
    }
    return this.#planAnswer(reply, { ...to, answers: { candidates, usage: usageOf(reply, to, candidates) } });
  }

  #planAnswer(
    reply: AnswerReply,
    {
      wire,
      call,
      answers,
    }: {
      readonly wire: ProviderWire;
      readonly call: ProviderCall;
      readonly answers: Parameters<ProviderWire['writeWhole']>[1];
    },
  ): PlannedReply {
    const id = `fake_${this.calls.length}`;
    const head = { id, modelId: call.modelId, createdAtSeconds: Math.floor(this.#clock.now() / 1000) };
    const headers = { [wire.requestId]: `req_${id}` };
    if (!call.stream) {
      const text = JSON.stringify(wire.writeWhole(head, answers));
      return planReply(outgoing([text], { 'content-type': 'application/json', ...headers }), reply);
    }
    const { content, ending } = wire.writeEvents(head, answers, answerParts(answers.candidates));
    const { breaks } = reply;
    return planReply(
      {
        ...outgoing([...content, ...ending], { 'content-type': 'text/event-stream', ...headers }),
        contentEvents: content.length,
        errorEvent:
          breaks?.by === 'error'
            ? wire.writeErrorEvent(breaks.failure ?? 'server', breaks.message ?? 'The engine failed.')
            : undefined,
      },
      reply,
    );
  }

  #fail(wire: ProviderWire, { request }: ProviderCall, what: string): PlannedReply {
    const message = `The fake provider was asked for ${what}. The prompt: ${JSON.stringify(lastText(request).slice(-200))}.`;
    this.#unexpected.push(message);
    return refuse(wire, message);
  }
}

function usageOf(
  reply: AnswerReply,
  { call, withUsage }: { readonly call: ProviderCall; readonly withUsage: boolean },
  candidates: Parameters<typeof assumedUsage>[1],
): ReturnType<typeof assumedUsage> | undefined {
  return withUsage ? (reply.usage ?? assumedUsage(call.body, candidates)) : undefined;
}

function planError(wire: ProviderWire, reply: Extract<ProviderReply, { readonly error: unknown }>): PlannedReply {
  const { status, body } = wire.writeError(reply.error, reply.message ?? `a scripted failure: ${reply.error}`);
  const wait = reply.retryAfterMs;
  const headers = {
    'content-type': 'application/json',
    [wire.requestId]: 'req_fake',
    ...(wait !== undefined && { 'retry-after': String(Math.ceil(wait / 1000)), 'retry-after-ms': String(wait) }),
  };
  return planReply(outgoing([JSON.stringify(body)], headers, reply.status ?? status), reply);
}

/** What nobody tries again: a second try would not find a reply either. */
function refuse(wire: ProviderWire, message: string): PlannedReply {
  return json(400, wire.writeError('bad-request', message).body);
}

function json(status: number, body: JsonValue, delivery: Delivery = {}): PlannedReply {
  return planReply(outgoing([JSON.stringify(body)], { 'content-type': 'application/json' }, status), delivery);
}

function outgoing(events: Outgoing['events'], headers: Outgoing['headers'], status = 200): Outgoing {
  return { status, headers, events, contentEvents: events.length, errorEvent: undefined };
}

function withoutKeys(headers: ProviderHttpRequest['headers']): ProviderCall['headers'] {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      secretHeaders.has(name.toLowerCase()) ? '[secret]' : value,
    ]),
  );
}

function lastText({ messages }: GenerateRequest): string {
  const content = messages.at(-1)?.content ?? '';
  return typeof content === 'string'
    ? content
    : content.map((part) => ('text' in part ? part.text : JSON.stringify(part))).join('');
}
