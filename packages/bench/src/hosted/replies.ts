/** The answers of the upstream, rendered once, and what they say. */

const words = 'The quick brown fox jumps over the lazy dog and then it names a prime between ninety and a hundred. ';

/** The text that every whole answer has. */
export const answerText = words.repeat(6);

const usage = { prompt_tokens: 250, completion_tokens: 120, total_tokens: 370 };
const id = 'chatcmpl-9f2c61a7d0b84e5f';
const about = {
  id,
  object: 'chat.completion.chunk',
  created: 1_790_000_000,
  model: 'bench-model',
  system_fingerprint: 'fp_1',
};

const chatBody = JSON.stringify({
  id,
  object: 'chat.completion',
  created: 1_790_000_000,
  model: 'bench-model',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: answerText, refusal: null, annotations: [] },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage,
  service_tier: 'default',
});

const messageBody = JSON.stringify({
  id: 'msg_01',
  type: 'message',
  role: 'assistant',
  model: 'bench-model',
  content: [{ type: 'text', text: answerText }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 250, output_tokens: 120 },
});

/** What a stream of `events` deltas says. */
export function streamText(events: number): string {
  return Array.from({ length: events }, (_, i) => delta(i)).join('');
}

function delta(i: number): string {
  return ` w${i % 1000}`;
}

function chatEvents(events: number, ends: boolean): string {
  const chunk = (choices: readonly object[], more: object = {}): string =>
    `data: ${JSON.stringify({ ...about, choices, usage: null, ...more })}\n\n`;
  const deltas = Array.from({ length: events }, (_, i) =>
    chunk([{ index: 0, delta: { content: delta(i) }, logprobs: null, finish_reason: null }]),
  );
  const begin = chunk([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }]);
  const end = `${chunk([{ index: 0, delta: {}, finish_reason: 'stop' }])}${chunk([], { usage })}data: [DONE]\n\n`;
  return begin + deltas.join('') + (ends ? end : '');
}

function messageEvents(events: number, ends: boolean): string {
  const event = (data: { readonly type: string }): string => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
  const message = {
    id: 'msg_01',
    type: 'message',
    role: 'assistant',
    model: 'bench-model',
    content: [],
    stop_reason: null,
  };
  const begin =
    event({ type: 'message_start', message: { ...message, usage: { input_tokens: 250, output_tokens: 1 } } } as never) +
    event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } } as never);
  const deltas = Array.from({ length: events }, (_, i) =>
    event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: delta(i) } } as never),
  );
  const end =
    event({ type: 'content_block_stop', index: 0 } as never) +
    event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 120 } } as never) +
    event({ type: 'message_stop' });
  return begin + deltas.join('') + (ends ? end : '');
}

/** The whole HTTP answer to a path: `/json/…`, `/sse-N/…`, or `/hold-N/…`, which never ends. */
export function replyTo(path: string): Buffer | undefined {
  const [, kind = '', count = '0'] = /^\/([a-z]+)(?:-(\d+))?\//.exec(path) ?? [];
  const isMessages = path.endsWith('/messages');
  if (kind === 'json') return whole('application/json', isMessages ? messageBody : chatBody);
  const events = (isMessages ? messageEvents : chatEvents)(Number(count), kind === 'sse');
  if (kind === 'sse') return chunked(`${chunkOf(events)}0\r\n\r\n`);
  return count === '0' ? undefined : chunked(chunkOf(events));
}

const head = 'HTTP/1.1 200 OK\r\ndate: Tue, 24 Nov 2026 12:00:00 GMT\r\nx-request-id: req_1\r\nserver: bench\r\n';

function whole(type: string, body: string): Buffer {
  return Buffer.from(`${head}content-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

function chunked(chunks: string): Buffer {
  return Buffer.from(`${head}content-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n${chunks}`);
}

function chunkOf(text: string): string {
  return text === '' ? '' : `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}
