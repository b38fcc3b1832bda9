// Replies of the Responses API in the shape in which they come over the wire, event by event.

/** One event: its payload. Its name is the payload's type. */
export type WireEvent = { readonly type: string; readonly [field: string]: unknown };

const head = {
  id: 'resp_1',
  object: 'response',
  created_at: 1795500000,
  background: false,
  error: null,
  incomplete_details: null,
  instructions: null,
  max_output_tokens: null,
  metadata: {},
  model: 'gpt-6-luna-2026-09-22',
  parallel_tool_calls: true,
  previous_response_id: null,
  prompt_cache_key: null,
  reasoning: { effort: 'medium', summary: null },
  safety_identifier: null,
  service_tier: 'auto',
  store: false,
  temperature: 1,
  text: { format: { type: 'text' }, verbosity: 'medium' },
  tool_choice: 'auto',
  tools: [],
  top_logprobs: 0,
  top_p: 1,
  truncation: 'disabled',
  user: null,
};

export const usage = {
  input_tokens: 1200,
  input_tokens_details: {
    cached_tokens: 1024,
    cache_write_tokens: 100,
    cache_write_tokens_details: { ttl_12h_tokens: 0, ttl_30m_tokens: 100 },
  },
  output_tokens: 90,
  output_tokens_details: { reasoning_tokens: 64 },
  total_tokens: 1290,
};

/** Numbers the events and puts the beginning and the end of a reply around them. */
function reply(events: readonly WireEvent[], end: { readonly type?: string; readonly [field: string]: unknown } = {}): readonly WireEvent[] {
  const { type = 'response.completed', ...fields } = end;
  const open = { ...head, status: 'in_progress', output: [], usage: null };
  const output = events.flatMap((event) => (event.type === 'response.output_item.done' ? [event['item']] : []));
  const ended = { ...head, status: type.slice('response.'.length), service_tier: 'default', output, usage, ...fields };
  return [
    { type: 'response.created', response: open },
    { type: 'response.in_progress', response: open },
    ...events,
    { type, response: ended },
  ].map((event, sequence_number) => ({ ...event, sequence_number }));
}

function message(index: number, pieces: readonly string[], logprobs: readonly object[] = []): readonly WireEvent[] {
  const text = pieces.join('');
  const place = { item_id: `msg_${index}`, output_index: index, content_index: 0 };
  const part = { type: 'output_text', annotations: [], logprobs: [], text: '' };
  const item = { id: `msg_${index}`, type: 'message', role: 'assistant', status: 'in_progress', content: [] };
  const whole = { ...part, text, logprobs };
  return [
    { type: 'response.output_item.added', output_index: index, item },
    { type: 'response.content_part.added', ...place, part },
    ...pieces.map((delta, i) => ({
      type: 'response.output_text.delta',
      ...place,
      delta,
      logprobs: logprobs.slice(i, i + 1),
      obfuscation: 'x7Kq',
    })),
    { type: 'response.output_text.done', ...place, text, logprobs },
    { type: 'response.content_part.done', ...place, part: whole },
    { type: 'response.output_item.done', output_index: index, item: { ...item, status: 'completed', content: [whole] } },
  ];
}

function call(index: number, id: string, args: readonly string[]): readonly WireEvent[] {
  const item = { id: `fc_${index}`, type: 'function_call', status: 'in_progress', arguments: '', call_id: id, name: 'weather' };
  const place = { item_id: `fc_${index}`, output_index: index };
  return [
    { type: 'response.output_item.added', output_index: index, item },
    ...args.map((delta) => ({ type: 'response.function_call_arguments.delta', ...place, delta })),
    { type: 'response.function_call_arguments.done', ...place, arguments: args.join('') },
    { type: 'response.output_item.done', output_index: index, item: { ...item, status: 'completed', arguments: args.join('') } },
  ];
}

function reasoning(index: number, encrypted: string, summaries: readonly string[] = []): readonly WireEvent[] {
  const item = { id: `rs_${index}`, type: 'reasoning', encrypted_content: 'gAAA-begin', summary: [] };
  const place = (summary_index: number): object => ({ item_id: `rs_${index}`, output_index: index, summary_index });
  return [
    { type: 'response.output_item.added', output_index: index, item },
    ...summaries.flatMap((text, i) => [
      { type: 'response.reasoning_summary_part.added', ...place(i), part: { type: 'summary_text', text: '' } },
      { type: 'response.reasoning_summary_text.delta', ...place(i), delta: text.slice(0, 3) },
      { type: 'response.reasoning_summary_text.delta', ...place(i), delta: text.slice(3) },
      { type: 'response.reasoning_summary_text.done', ...place(i), text },
      { type: 'response.reasoning_summary_part.done', ...place(i), part: { type: 'summary_text', text } },
    ]),
    {
      type: 'response.output_item.done',
      output_index: index,
      item: { ...item, encrypted_content: encrypted, summary: summaries.map((text) => ({ type: 'summary_text', text })) },
    },
  ];
}

const tokens = [
  { token: '9', logprob: -0.25, bytes: [57], top_logprobs: [{ token: '9', logprob: -0.25, bytes: [57] }] },
  { token: '7', logprob: -0.5, bytes: [55], top_logprobs: [{ token: '7', logprob: -0.5, bytes: [55] }] },
];

export const text = reply(message(0, ['It is', ' 97', ' 🦉']));
export const withLogprobs = reply(message(0, ['9', '7'], tokens));
export const toolCalls = reply([
  ...reasoning(0, 'gAAA-one', ['Two cities', 'two calls']),
  ...call(1, 'call_a', ['{"city"', ':"Rome"}']),
  ...call(2, 'call_b', ['{"city":', '"Oslo"}']),
]);
export const afterTools = reply([...reasoning(0, 'gAAA-two'), ...message(1, ['Rome 20, ', 'Oslo 3.'])]);
export const structured = reply(message(0, ['{"prime"', ':97}']));
export const cutByLength = reply(message(0, ['It is']), {
  type: 'response.incomplete',
  incomplete_details: { reason: 'max_output_tokens' },
});
export const filtered = reply(message(0, ['It is']), {
  type: 'response.incomplete',
  incomplete_details: { reason: 'content_filter' },
});
export const missedCache = reply(message(0, ['97']), {
  prompt_cache_diagnostics: { type: 'cache_miss', reason: 'model_changed', cache_missed_tokens: 900 },
});

const refusalPlace = { item_id: 'msg_0', output_index: 0, content_index: 0 };
const refusalItem = { id: 'msg_0', type: 'message', role: 'assistant', status: 'in_progress', content: [] };
const refusalPart = { type: 'refusal', refusal: 'I cannot help with that.' };
export const refusal = reply([
  { type: 'response.output_item.added', output_index: 0, item: refusalItem },
  { type: 'response.content_part.added', ...refusalPlace, part: { type: 'refusal', refusal: '' } },
  { type: 'response.refusal.delta', ...refusalPlace, delta: 'I cannot ' },
  { type: 'response.refusal.delta', ...refusalPlace, delta: 'help with that.' },
  { type: 'response.refusal.done', ...refusalPlace, refusal: refusalPart.refusal },
  { type: 'response.content_part.done', ...refusalPlace, part: refusalPart },
  { type: 'response.output_item.done', output_index: 0, item: { ...refusalItem, status: 'completed', content: [refusalPart] } },
]);

/** Failed before anything was made, with no usage. */
export const failedAtOnce = reply([], {
  type: 'response.failed',
  usage: null,
  error: { code: 'rate_limit_exceeded', message: 'Rate limit reached for gpt-6-luna' },
});
/** Failed after some text, with usage. */
export const failedLate = reply(message(0, ['It is']).slice(0, 3), {
  type: 'response.failed',
  error: { code: 'server_error', message: 'The model failed' },
});
/** The event of type error that comes instead of an end. */
export const errorEvent: readonly WireEvent[] = [
  ...text.slice(0, 5),
  { type: 'error', sequence_number: 5, code: 'server_error', message: 'The server had an error', param: null },
];

/** Events as bytes on the wire. */
export function sse(events: readonly WireEvent[]): string {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}
