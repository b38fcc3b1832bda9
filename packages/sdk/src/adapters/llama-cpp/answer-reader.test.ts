import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LeafPart } from '../../leaf/leaf-call.ts';
import type { AssistantPart, ToolCallPart } from '../../spec/content.ts';
import { type AnswerForm, AnswerReader } from './answer-reader.ts';
import { reasoningFormatOf } from './reasoning-formats.ts';
import { toolFormatOf } from './tool-formats.ts';

const origin = { provider: 'llama-cpp', modelId: 'm' };
const schemas = new Map([
  ['add', { type: 'object', properties: { a: { type: 'number' } } }],
  ['say', { type: 'object', properties: { text: { type: 'string' } } }],
]);

/** A form whose formats are found in a template that mentions these markers. */
function form(template: string, more: Partial<AnswerForm> & { readonly withTools?: boolean } = {}): AnswerForm {
  const { withTools = true, ...rest } = more;
  return {
    stops: [],
    origin,
    reasoning: reasoningFormatOf(template),
    thinks: false,
    tools: withTools ? { format: toolFormatOf(template), schemas, callsBefore: 0 } : undefined,
    ...rest,
  };
}

interface Reading {
  readonly content: readonly AssistantPart[];
  readonly deltas: readonly LeafPart[];
  readonly stop: string | undefined;
}

function read(pieces: readonly string[], as: AnswerForm): Reading {
  const deltas: LeafPart[] = [];
  const reader = new AnswerReader(as, 0, (part) => deltas.push(part));
  for (const piece of pieces) reader.push(piece);
  const content = reader.finish();
  return { content, deltas, stop: reader.stop };
}

const call = (
  ...[index, toolName, input, invalid]: readonly [number, string, ToolCallPart['input'], unknown?]
): object => ({
  type: 'tool-call',
  toolCallId: `call0000${index}`,
  toolName,
  input,
  origin,
  ...(invalid !== undefined && { invalid }),
});
const text = (value: string): object => ({ type: 'text', text: value });
const thought = (value: string): object => ({ type: 'reasoning', text: value, origin });

interface Case {
  readonly name: string;
  readonly form: AnswerForm;
  readonly answer: string;
  readonly content: readonly object[];
  readonly stop?: string;
}

const hermes = form('<tool_call> <think>');
const cases: readonly Case[] = [
  {
    name: 'plain text',
    form: form('', { withTools: false }),
    answer: ' Hello {"name":"add"}\n',
    content: [text(' Hello {"name":"add"}\n')],
  },
  { name: 'nothing', form: hermes, answer: '', content: [text('')] },
  {
    name: 'hermes: two calls after text',
    form: hermes,
    answer:
      'I add.\n<tool_call>\n{"name": "add", "arguments": {"a": 1}}\n</tool_call>\n<tool_call>\n{"name": "say", "arguments": {"text": "}\\"<"}}\n</tool_call>',
    content: [text('I add.'), call(0, 'add', { a: 1 }), call(1, 'say', { text: '}"<' })],
  },
  {
    name: 'hermes: a tool that does not exist is called all the same',
    form: hermes,
    answer: '<tool_call>{"name": "none", "arguments": {}}</tool_call>',
    content: [call(0, 'none', {})],
  },
  {
    name: 'hermes: arguments that are no JSON',
    form: hermes,
    answer: '<tool_call>\n{"name": "add", "arguments": {"a": one}}\n</tool_call>',
    content: [call(0, 'add', '{"a": one}}', expect.stringContaining('JSON'))],
  },
  {
    name: 'hermes: a call that was cut',
    form: hermes,
    answer: '<tool_call>\n{"name": "say", "arguments": {"text": "hel',
    content: [call(0, 'say', '{"text": "hel', expect.any(String))],
  },
  {
    name: 'hermes: a call without its end',
    form: hermes,
    answer: '<tool_call>\n{"name": "add", "arguments": {"a": 2}}',
    content: [call(0, 'add', { a: 2 }, 'The answer ended before the call did.')],
  },
  {
    name: 'hermes: the markers left out',
    form: hermes,
    answer: '{"name": "add", "arguments": {"a": 3}}',
    content: [call(0, 'add', { a: 3 })],
  },
  {
    name: 'hermes: a block of code instead of the markers',
    form: hermes,
    answer: '```json\n{\n "name": "add",\n "arguments": {"a": 3}\n}\n```',
    content: [call(0, 'add', { a: 3 })],
  },
  {
    name: 'JSON that is no call of a tool',
    form: hermes,
    answer: '{"name": "Ada", "arguments": {"for": "it"}}',
    content: [text('{"name": "Ada", "arguments": {"for": "it"}}')],
  },
  {
    name: 'a block of code that is no call',
    form: hermes,
    answer: '```js\nlet a = 1;\n```',
    content: [text('```js\nlet a = 1;\n```')],
  },
  {
    name: 'JSON that is no call, up to a stop string',
    form: { ...hermes, stops: ['}'] },
    answer: '{"a": 1}',
    content: [text('{"a": 1')],
    stop: '}',
  },
  {
    name: 'function tags',
    form: form('<tool_call>\n<function=x>'),
    answer:
      '<tool_call>\n<function=say>\n<parameter=text>\n42\n</parameter>\n</function>\n</tool_call>\n<tool_call>\n<function=add>\n<parameter=a>\n42\n</parameter>\n</function>\n</tool_call>',
    content: [call(0, 'say', { text: '42' }), call(1, 'add', { a: 42 })],
  },
  {
    name: 'mistral: a list',
    form: form('[TOOL_CALLS]'),
    answer: '[TOOL_CALLS][{"name": "add", "arguments": {"a": 1}}, {"name": "add", "arguments": {"a": 2}}]',
    content: [call(0, 'add', { a: 1 }), call(1, 'add', { a: 2 })],
  },
  {
    name: 'mistral: named calls',
    form: form('[TOOL_CALLS] [ARGS]'),
    answer: 'Well.[TOOL_CALLS]add[ARGS]{"a": 1}[TOOL_CALLS]say[CALL_ID]123456789[ARGS]{"text": "x"}',
    content: [text('Well.'), call(0, 'add', { a: 1 }), call(1, 'say', { text: 'x' })],
  },
  {
    name: 'phi',
    form: form('<|tool_call|> <|/tool_call|>'),
    answer: '<|tool_call|>[{"name": "add", "arguments": {"a": 1}}]<|/tool_call|>',
    content: [call(0, 'add', { a: 1 })],
  },
  {
    name: 'granite',
    form: form('<|tool_call|>'),
    answer: '<|tool_call|>[{"name": "add", "arguments": {"a": 1}}]',
    content: [call(0, 'add', { a: 1 })],
  },
  {
    name: 'llama 3: bare, several',
    form: form('<|python_tag|>'),
    answer: '{"name": "add", "parameters": {"a": 1}}; {"name": "add", "parameters": "{\\"a\\": 2}"}',
    content: [call(0, 'add', { a: 1 }), call(1, 'add', { a: 2 })],
  },
  {
    name: 'llama 3: with the tag',
    form: form('<|python_tag|>'),
    answer: '<|python_tag|>{"name": "add", "parameters": {"a": 1}}',
    content: [call(0, 'add', { a: 1 })],
  },
  {
    name: 'a thought, then the answer',
    form: form('<think>', { withTools: false }),
    answer: '<think>\nTwo and two.\n\n</think>\n\nFour. <think>',
    content: [thought('Two and two.'), text('Four. <think>')],
  },
  {
    name: 'a thought that the prompt opened, and no answer',
    form: form('<think>', { withTools: false, thinks: true }),
    answer: '\nTwo and',
    content: [thought('Two and'), text('')],
  },
  {
    name: 'an empty thought',
    form: form('</think>', { withTools: false }),
    answer: '<think>\n\n</think>\n\nFour.',
    content: [text('Four.')],
  },
  {
    name: 'a stop string in a thought and in a call counts for nothing',
    form: { ...hermes, stops: ['END'] },
    answer: '<think>END</think>ok <tool_call>{"name": "say", "arguments": {"text": "END"}}</tool_call>',
    content: [thought('END'), text('ok'), call(0, 'say', { text: 'END' })],
  },
  {
    name: 'a stop string in the answer after a thought',
    form: form('<think>', { withTools: false, stops: ['END'] }),
    answer: '<think>END</think>ok END and more',
    content: [thought('END'), text('ok ')],
    stop: 'END',
  },
  {
    name: 'channels: thought and answer',
    form: form('<|channel|>', { withTools: false }),
    answer: '<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Yes.',
    content: [thought('Hm.'), text('Yes.')],
  },
  {
    name: 'channels: the answer at once',
    form: form('<|channel|>', { withTools: false }),
    answer: '<|channel|>final<|message|>Yes.',
    content: [text('Yes.')],
  },
];

describe('an answer', () => {
  it.each(cases)('$name', ({ form: as, answer, content, stop }) => {
    const reading = read([answer], as);
    expect(reading.content).toEqual(content);
    expect(reading.stop).toBe(stop);
  });

  it('is read the same however it is cut into pieces, and its deltas add up to it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...cases),
        fc.array(fc.nat({ max: 200 }), { maxLength: 30 }),
        ({ form: as, answer, content, stop }, cuts) => {
          const places = [...new Set(cuts.map((cut) => cut % (answer.length + 1)))].toSorted((a, b) => a - b);
          const pieces = [...places, answer.length].map((end, i) => answer.slice(i === 0 ? 0 : places[i - 1], end));
          const reading = read(pieces, as);
          expect(reading.content).toEqual(content);
          expect(reading.stop).toBe(stop);
          const joined = (type: LeafPart['type']): string =>
            reading.deltas.map((part) => (part.type === type && 'text' in part ? part.text : '')).join('');
          const shown = (type: AssistantPart['type']): string =>
            reading.content.map((part) => (part.type === type && 'text' in part ? part.text : '')).join('');
          expect(joined('text-delta')).toBe(shown('text'));
          expect(joined('reasoning-delta')).toBe(shown('reasoning'));
          const calls = reading.deltas.flatMap((part) => (part.type === 'tool-call' ? [part.call] : []));
          expect(calls).toEqual(reading.content.filter((part) => part.type === 'tool-call'));
          for (const made of calls) {
            const written = reading.deltas
              .map((part) => (part.type === 'tool-input-delta' && part.toolCallId === made.toolCallId ? part.text : ''))
              .join('');
            if (written !== '' && made.invalid === undefined) expect(JSON.parse(written)).toEqual(made.input);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('shows the arguments of a call while they are written', () => {
    const { deltas } = read(
      ['<tool_call>\n{"name": "say", "arg', 'uments": {"te', 'xt": "a', '}b"}}', '\n</tool_call>'],
      hermes,
    );
    expect(deltas.map((part) => ('text' in part ? part.text : part.type))).toEqual([
      '{"te',
      'xt": "a',
      '}b"}',
      'tool-call',
    ]);
  });

  it('goes on with the numbers of calls that came before', () => {
    const later: AnswerForm = { ...hermes, tools: { format: toolFormatOf('<tool_call>'), schemas, callsBefore: 7 } };
    const { content } = read(['<tool_call>{"name": "add", "arguments": {}}</tool_call>'], later);
    expect(content).toEqual([call(7, 'add', {})]);
  });
});
