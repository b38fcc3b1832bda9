import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll } from 'vitest';

/** What a request on the wire gets: a whole answer, one that breaks off in the middle, or a refusal that says when to come back. */
export type Reply =
  | { readonly text: string }
  | { readonly cut: string }
  | { readonly status: number; readonly retryAfter: string };

/** One request as the server saw it. */
export interface Asked {
  readonly model: string;
  readonly prompt: string;
  readonly body: { readonly [field: string]: unknown };
}

/** A chat-completions server on a closed network. */
export interface ChatServer {
  readonly baseUrl: string;
  /** The requests so far, in order. */
  readonly asked: Asked[];
  /** Answers requests: `next` is asked once for each. Without it every request is an error. */
  serve(next: (asked: Asked) => Reply): void;
}

const baseUrl = 'http://engine.test/v1';
const url = `${baseUrl}/chat/completions`;

/** Sets the server up for the tests of the file. Every request that it does not know is an error. */
export function chatServer(): ChatServer {
  const asked: Asked[] = [];
  const server = setupServer();
  beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
  afterEach(() => {
    server.resetHandlers();
    asked.length = 0;
  });
  afterAll(() => server.close());
  return {
    baseUrl,
    asked,
    serve: (next) => {
      server.use(
        http.post(url, async ({ request }) => {
          const body = (await request.json()) as {
            readonly model: string;
            readonly messages: readonly { readonly content: string }[];
          };
          const one: Asked = { model: body.model, prompt: body.messages.at(-1)?.content ?? '', body: { ...body } };
          asked.push(one);
          return responseTo(next(one));
        }),
      );
    },
  };
}

function responseTo(reply: Reply): Response {
  if ('status' in reply) {
    const headers = { 'retry-after': reply.retryAfter };
    return HttpResponse.json(
      { error: { message: 'slow down', type: 'rate_limit_error' } },
      { status: reply.status, headers },
    );
  }
  const text = 'cut' in reply ? reply.cut : reply.text;
  const delta = (content: string): object => ({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
  const events: readonly (object | string)[] = [
    ...(text.match(/\S+\s*/g) ?? []).map(delta),
    ...('cut' in reply
      ? []
      : [
          { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
          { choices: [], usage: { prompt_tokens: 20, completion_tokens: 5 } },
          '[DONE]',
        ]),
  ];
  const stream = events
    .map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`)
    .join('');
  return new HttpResponse(stream, { headers: { 'content-type': 'text/event-stream' } });
}
