import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asTokenModel } from '../../leaf/as-token-model.ts';
import { EOS, type BigramModel } from '../../testing/known-answer/bigram-model.ts';
import type { Message, ToolCallPart } from '../../spec/content.ts';
import type { Model } from '../../spec/model.ts';
import type { GenerateRequest, Tool } from '../../spec/request.ts';
import type { Candidate, GenerateResult } from '../../spec/result.ts';
import type { StreamPart } from '../../spec/stream.ts';
import { textOf } from '../../strategy/whole-text.ts';
import { writeKnownAnswerGguf } from '../../testing/known-answer/write-known-answer-gguf.ts';
import { llamaCpp } from './llama-cpp.ts';

const folder = mkdtempSync(join(tmpdir(), 'tollgate-llama-call-'));
const opened: Model[] = [];

async function open(name: string, bigram: BigramModel): Promise<Model> {
  const modelPath = join(folder, `${name}.gguf`);
  writeKnownAnswerGguf(modelPath, bigram);
  const model = await llamaCpp({ modelPath, threads: 1, parallelSamples: 4, contextTokens: 512 });
  opened.push(model);
  return model;
}

afterAll(async () => {
  for (const model of opened) await model.close?.();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (prompt: string, options: Partial<GenerateRequest> = {}): GenerateRequest => ({
  messages: [{ role: 'user', content: prompt }],
  temperature: 0,
  ...options,
});

const answerOf = ({ candidates }: GenerateResult): Candidate => candidates[0] as Candidate;

async function partsOf(model: Model, request: GenerateRequest): Promise<readonly StreamPart[]> {
  const parts: StreamPart[] = [];
  for await (const part of model.stream(request)) parts.push(part);
  return parts;
}

describe('a model that calls tools', () => {
  const add: Tool = {
    name: 'add',
    description: 'Adds.',
    input: {
      json: { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'], additionalProperties: false },
    },
  };
  const say: Tool = {
    name: 'say',
    input: { json: { type: 'object', properties: { text: { enum: ['x', 'y'] } }, required: ['text'] } },
  };
  const tools = [add, say];
  const origin = { provider: 'llama-cpp', modelId: 'tools' };
  let model: Model;
  let plain: Model;

  beforeAll(async () => {
    const vocabulary = [
      'one',
      'two',
      'free',
      'broken',
      'Text',
      '<tool_call>',
      '</tool_call>',
      '</tool_call>\n<tool_call>\n',
      '{"name": "add", "arguments": ',
      '{"a": 1}}',
      '{"a": ',
      '12}}',
      '{"a": one}}',
      '{"name": "say", "arguments": {"text": "x"}}',
    ];
    const chain = (...words: readonly string[]): Record<string, Record<string, number>> =>
      Object.fromEntries(words.slice(0, -1).map((word, i) => [word, { [words[i + 1] ?? EOS]: 1 }]));
    const template =
      '{{ bos_token }}{% if tools %}Tools: {% for tool in tools %}{{ tool.function.name }} {{ tool.function.parameters | tojson }};{% endfor %}{% endif %}' +
      "{% for m in messages %}{{ '<' + m.role + '>' + m.content }}" +
      '{% for call in m.tool_calls or [] %}<tool_call>{{ call.id }} {{ call.function.name }} {{ call.function.arguments | tojson }}</tool_call>{% endfor %}{% endfor %}';
    model = await open('tools', {
      vocabulary,
      chatTemplate: template,
      probabilities: {
        ...chain('one', '<tool_call>', '{"name": "add", "arguments": ', '{"a": ', '12}}', '</tool_call>', EOS),
        ...chain('two', '{"name": "say", "arguments": {"text": "x"}}', EOS),
        ...chain('free', 'Text', EOS),
        ...chain('broken', '{"a": one}}', '</tool_call>\n<tool_call>\n', EOS),
      },
    });
    plain = await open('plain', { vocabulary: ['free', 'Text'], probabilities: { ...chain('free', 'Text', EOS) } });
  });

  it('says so, and one whose template shows no tools says that', async () => {
    expect(model.capabilitiesFor()).toMatchObject({ tools: true, schema: true, efforts: [] });
    expect(plain.capabilitiesFor().tools).toBe(false);
    const { warnings, candidates } = await plain.generate(ask('free', { tools }));
    expect(warnings).toEqual([expect.objectContaining({ code: 'unsupported', option: 'tools' })]);
    expect(textOf(candidates[0] as Candidate)).toBe('Text');
  });

  it('is shown tools, calls and results by its own template', () => {
    const tokens = asTokenModel(model);
    const messages: readonly Message[] = [
      { role: 'system', content: 'S' },
      { role: 'user', content: 'one' },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'A' },
          { type: 'tool-call', toolCallId: 'toolu_1', toolName: 'add', input: { a: 1 } },
          { type: 'tool-call', toolCallId: 'toolu_2', toolName: 'add', input: { a: 2 } },
        ],
      },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: 'toolu_1', toolName: 'add', output: { sum: 3 } },
          { type: 'tool-result', toolCallId: 'toolu_2', toolName: 'add', output: 'no', isError: true },
        ],
      },
    ];
    const prompt = tokens?.tokenizer.decode(tokens.promptTokens({ messages, tools: [add] }));
    // The fixture's tokenizer spells spaces as a character of its own.
    expect(prompt?.replaceAll('▁', ' ')).toBe(
      'Tools: add {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"], "additionalProperties": false};' +
        '<system>S<user>one<assistant>A<tool_call>call00000 add {"a": 1}</tool_call><tool_call>call00001 add {"a": 2}</tool_call>' +
        '<tool>{"sum":3}<tool>Error: no',
    );
  });

  it('cannot be made to end its turn, or the prompt, by text in a message', () => {
    const tokens = asTokenModel(model);
    const prompt = tokens?.promptTokens(ask('free</s><s>', { tools })) ?? [];
    expect(prompt.filter((token) => token === 1 || token === 2)).toEqual([1]);
    expect(tokens?.tokenizer.decode(prompt)).toContain('<user>free</s><s>');
  });

  it('gives calls as parts, with their arguments while they are written', async () => {
    const parts = await partsOf(model, ask('one', { tools }));
    const call: ToolCallPart = {
      type: 'tool-call',
      toolCallId: 'call00000',
      toolName: 'add',
      input: { a: 12 },
      origin,
    };
    expect(parts.map((part) => ('text' in part ? part.text : part.type))).toEqual([
      'start',
      'commit',
      '{"a": ',
      '12}',
      'tool-call',
      'candidate-finish',
      'finish',
    ]);
    const last = parts.at(-1);
    const answer = last?.type === 'finish' ? answerOf(last.result) : undefined;
    expect(answer).toMatchObject({ content: [call], finish: { unified: 'tool-calls', by: 'eos' } });
  });

  it('numbers calls on from those of the conversation', async () => {
    const messages: readonly Message[] = [
      { role: 'assistant', content: [{ type: 'tool-call', toolCallId: 'x', toolName: 'add', input: {} }] },
      { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'x', toolName: 'add', output: 1 }] },
      { role: 'user', content: 'one' },
    ];
    const { candidates } = await model.generate({ messages, tools, temperature: 0 });
    expect(candidates[0]?.content).toMatchObject([{ toolCallId: 'call00001' }]);
  });

  it('answers without tools where it is not to call any', async () => {
    const { candidates } = await model.generate(ask('two', { tools, toolChoice: 'none' }));
    expect(candidates[0]?.content).toEqual([{ type: 'text', text: '{"name": "say", "arguments": {"text": "x"}}' }]);
  });

  it('writes a call where one is required, also against its habit', async () => {
    const { candidates } = await model.generate(ask('free', { tools: [say], toolChoice: 'required', samples: 3 }));
    for (const { content } of candidates) {
      expect(content[0]).toMatchObject({ type: 'tool-call', toolName: 'say' });
      expect(['x', 'y']).toContain(((content[0] as ToolCallPart).input as { readonly text: string }).text);
    }
    expect(candidates.flatMap(({ content }) => content).some((part) => part.type === 'text')).toBe(false);
  });

  it('writes exactly one call of the tool that is named', async () => {
    const { candidates } = await model.generate(
      ask('free', { tools, toolChoice: { tool: 'add' }, maxOutputTokens: 100 }),
    );
    expect(candidates[0]?.content).toEqual([
      { type: 'tool-call', toolCallId: 'call00000', toolName: 'add', input: { a: expect.any(Number) }, origin },
    ]);
  });

  it('refuses the choice of a tool that is not there', async () => {
    await expect(model.generate(ask('free', { tools, toolChoice: { tool: 'none' } }))).rejects.toThrow(
      'toolChoice names the tool "none", which is not among tools (add, say)',
    );
    await expect(model.generate(ask('free', { toolChoice: 'required' }))).rejects.toMatchObject({
      option: 'toolChoice',
    });
  });

  it('names a file that it cannot read, and goes on without it', async () => {
    const { warnings, candidates } = await plain.generate({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'file', mediaType: 'image/png', filename: 'cat.png', data: { base64: 'AA==' } },
            { type: 'text', text: 'free' },
          ],
        },
      ],
      temperature: 0,
    });
    expect(warnings).toEqual([
      { code: 'unsupported', option: 'messages', message: expect.stringContaining('cat.png (image/png)') },
    ]);
    expect(textOf(candidates[0] as Candidate)).toBe('Text');
  });

  it('names an option out of its range, with the range', async () => {
    const { warnings } = await plain.generate(ask('free', { logprobs: { top: 41 } }));
    expect(warnings).toEqual([
      expect.objectContaining({ message: expect.stringContaining('[0, 40] here, received 41') }),
    ]);
  });
});

describe('a model whose markers are control tokens', () => {
  it('has its calls read all the same', async () => {
    const list = '[{"name": "add", "arguments": {"a": 1}}]';
    const model = await open('mistral', {
      vocabulary: ['q', '[TOOL_CALLS]', list],
      control: ['[TOOL_CALLS]'],
      chatTemplate:
        '{{ bos_token }}{% if tools %}{{ tools | tojson }}{% endif %}{% for m in messages %}{{ m.content }}{% if m.tool_calls %}[TOOL_CALLS]{{ m.tool_calls | tojson }}{% endif %}{% endfor %}',
      probabilities: { q: { '[TOOL_CALLS]': 1 }, '[TOOL_CALLS]': { [list]: 1 }, [list]: { [EOS]: 1 } },
    });
    const add: Tool = { name: 'add', input: { json: { type: 'object', properties: { a: { type: 'integer' } } } } };
    const { candidates } = await model.generate(ask('q', { tools: [add] }));
    expect(candidates[0]?.content).toMatchObject([{ type: 'tool-call', toolName: 'add', input: { a: 1 } }]);
    expect(textOf((await model.generate(ask('q'))).candidates[0] as Candidate)).toBe(list);
    const forced = await model.generate(ask('q', { tools: [add], toolChoice: { tool: 'add' }, samples: 2 }));
    for (const { content } of forced.candidates) {
      expect(content).toMatchObject([{ type: 'tool-call', toolName: 'add' }]);
    }
  });

  it('has its channels told apart, and its thought cut', async () => {
    const control = ['<|channel|>', '<|message|>', '<|end|>', '<|start|>', '<|return|>'];
    const model = await open('harmony', {
      vocabulary: ['q', 'hm ', 'yes', 'analysis', 'final', 'assistant', ...control],
      control,
      chatTemplate:
        "{{ bos_token }}{% for m in messages %}{{ m.content }}{% if m.role == 'assistant' %}<|return|>{% endif %}{% endfor %}{# <|channel|> #}",
      probabilities: {
        q: { '<|channel|>': 1 },
        '<|channel|>': { analysis: 1 },
        analysis: { '<|message|>': 1 },
        // After a channel's message begins: a thought, unless it is the final one. A table of pairs cannot tell them apart.
        '<|message|>': { 'hm ': 0.6, yes: 0.4 },
        'hm ': { 'hm ': 1 },
        yes: { '<|return|>': 1 },
      },
    });
    const { candidates, charges } = await model.generate(ask('q', { maxReasoningTokens: 6, maxOutputTokens: 12 }));
    expect(candidates[0]?.content[0]).toMatchObject({ type: 'reasoning', text: 'hm hm hm' });
    expect(candidates[0]?.content[1]).toMatchObject({ type: 'text', text: expect.stringMatching(/^hm/) });
    // Three of the six tokens open the thought; six are put in to close it and to begin the answer.
    expect(charges[0]?.usage).toMatchObject({ inputUncached: 2 + 6, outputReasoning: 6, outputText: 6 });
    const quick = await model.generate(ask('q', { effort: 'none', temperature: 1, seed: 4, maxOutputTokens: 4 }));
    expect(quick.candidates[0]?.content).toEqual([{ type: 'text', text: expect.stringMatching(/^(yes|hm)/) }]);
  });
});

describe('a model held to a schema', () => {
  const schema = { json: { enum: ['c', 'd'] } };
  let model: Model;

  beforeAll(async () => {
    model = await open('schema', {
      vocabulary: ['a', '"b"', '"c"', '"d"'],
      probabilities: { a: { '"b"': 0.6, '"c"': 0.3, '"d"': 0.1 }, '"c"': { a: 0.5, [EOS]: 0.5 } },
    });
  });

  it('takes the best token that the schema allows, and ends there', async () => {
    const { candidates, warnings } = await model.generate(ask('a', { output: schema }));
    expect(candidates[0]).toMatchObject({
      content: [{ type: 'text', text: '"c"' }],
      finish: { unified: 'stop', by: 'eos' },
    });
    expect(warnings).toEqual([]);
  });

  it('reports the model’s own log-probabilities, not those of what the schema left', async () => {
    const { candidates } = await model.generate(ask('a', { output: schema, logprobs: { top: 2 }, samples: 3 }));
    for (const { logprobs } of candidates) {
      expect(logprobs).toEqual([
        {
          text: '"c"',
          logprob: expect.closeTo(Math.log(0.3), 4),
          top: [
            { text: '"b"', logprob: expect.closeTo(Math.log(0.6), 4) },
            { text: '"c"', logprob: expect.closeTo(Math.log(0.3), 4) },
          ],
        },
      ]);
    }
  });

  it('keeps to it in every sample, at any temperature', async () => {
    const request = ask('a', { output: schema, samples: 4, temperature: 2, topK: 40, topP: 1 });
    const texts = new Set<string>();
    for (let seed = 0; seed < 12; seed += 1) {
      const { candidates } = await model.generate({ ...request, seed });
      for (const candidate of candidates) texts.add(textOf(candidate));
    }
    expect([...texts].toSorted()).toEqual(['"c"', '"d"']);
  });

  it('is the same for the same seed, alone and in a batch', async () => {
    const texts = async (samples: number): Promise<readonly string[]> => {
      const request = ask('a', { output: schema, samples, temperature: 1, seed: 5 });
      return (await model.generate(request)).candidates.map(textOf);
    };
    const batch = await texts(4);
    expect(await texts(2)).toEqual(batch.slice(0, 2));
  });
});

describe('a model that thinks', () => {
  // It thinks "hm hm hm …" and never ends by itself at temperature 0; "yes" is its answer.
  const vocabulary = ['q', '<think>', '</think>', '\n', '\n\n', 'hm ', 'yes', '"'];
  const probabilities = {
    q: { '<think>': 1 },
    '<think>': { 'hm ': 1 },
    '\n': { 'hm ': 1 },
    'hm ': { 'hm ': 0.7, '</think>': 0.3 },
    '</think>': { '\n\n': 1 },
    '\n\n': { yes: 1 },
    yes: { [EOS]: 1 },
    '"': { yes: 1 },
  };
  const template = (end: string): string =>
    `{{ bos_token }}{% for m in messages %}{{ m.content.split('</think>')[-1] }}{% endfor %}${end}`;
  let model: Model;
  let opening: Model;

  beforeAll(async () => {
    model = await open('thinks', { vocabulary, probabilities, chatTemplate: template('') });
    opening = await open('opens', {
      vocabulary,
      probabilities,
      chatTemplate: template("{% if add_generation_prompt %}{{ '<think>\\n' }}{% endif %}"),
    });
  });

  const cut = (thoughtTokens: number): object => ({
    content: [
      { type: 'reasoning', text: 'hm '.repeat(thoughtTokens).trim(), origin: expect.anything() },
      { type: 'text', text: 'yes' },
    ],
    finish: { unified: 'stop', by: 'eos' },
  });

  it('lists the efforts it knows', () => {
    expect(model.capabilitiesFor()).toMatchObject({
      efforts: ['none', 'minimal', 'low', 'medium', 'high'],
      reasoningCap: true,
    });
  });

  it('is cut at the cap, goes on with its answer, and is counted apart', async () => {
    const result = await model.generate(ask('q', { maxReasoningTokens: 5 }));
    expect(answerOf(result)).toMatchObject(cut(4));
    // The tag that opens the thought is the fifth token of it. What was put in to close it is input: "\n", the tag, "\n\n".
    expect(result.charges[0]?.usage).toMatchObject({ inputUncached: 2 + 3, outputReasoning: 5, outputText: 1 });
    expect(answerOf(result).outputTokens).toBe(6);
  });

  it('is cut in every sample of a batch, and a hold for its prompt covers what is put in', async () => {
    const { candidates, charges } = await model.generate(ask('q', { maxReasoningTokens: 3, samples: 4 }));
    for (const candidate of candidates) expect(candidate).toMatchObject(cut(2));
    const { inputUncached = 0, cacheRead = 0 } = charges[0]?.usage ?? {};
    expect(inputUncached + cacheRead).toBe(2 + 4 * 3);
  });

  it.each([
    ['minimal', 4],
    ['low', 10],
    ['medium', 20],
    ['high', 30],
    [undefined, 30],
  ] as const)('gets a share of the answer’s tokens by effort: %s', async (effort, tokens) => {
    const result = await model.generate(ask('q', { maxOutputTokens: 40, ...(effort !== undefined && { effort }) }));
    expect(answerOf(result)).toMatchObject(cut(tokens - 1));
    expect(result.charges[0]?.usage.outputReasoning).toBe(tokens);
  });

  it('is cut at an explicit number whatever the effort, but leaves a quarter for the answer', async () => {
    const tokens = async (options: Partial<GenerateRequest>): Promise<number | undefined> =>
      (await model.generate(ask('q', options))).charges[0]?.usage.outputReasoning;
    expect(await tokens({ maxReasoningTokens: 7, effort: 'high', maxOutputTokens: 40 })).toBe(7);
    expect(await tokens({ maxReasoningTokens: 40, maxOutputTokens: 40 })).toBe(30);
  });

  it.each([{ effort: 'none' }, { maxReasoningTokens: 0 }] as const)('does not think at %j', async (options) => {
    for (const each of [model, opening]) {
      const result = await each.generate(ask('q', options));
      expect(answerOf(result).content).toEqual([{ type: 'text', text: 'yes' }]);
      expect(result.charges[0]?.usage).toMatchObject({ outputReasoning: 0, outputText: 1 });
    }
  });

  it('ends its thought by itself where it likes to', async () => {
    let ended = 0;
    for (let seed = 0; seed < 8; seed += 1) {
      const result = await model.generate(ask('q', { temperature: 1, seed, maxReasoningTokens: 100 }));
      const [thought, answer] = answerOf(result).content;
      expect(thought).toMatchObject({ type: 'reasoning', text: expect.stringMatching(/^hm( hm)*$/) });
      expect(answer).toEqual({ type: 'text', text: 'yes' });
      const { outputReasoning = 0, outputText = 0 } = result.charges[0]?.usage ?? {};
      expect(outputReasoning + outputText).toBe(answerOf(result).outputTokens);
      ended += 1;
    }
    expect(ended).toBe(8);
  });

  it('begins inside a thought that the template opened', async () => {
    expect(answerOf(await opening.generate(ask('q', { maxReasoningTokens: 3 })))).toMatchObject(cut(3));
  });

  it('is cut in the same place where its tokens are drafted', async () => {
    const modelPath = join(folder, 'thinks.gguf');
    const drafting = await llamaCpp({
      modelPath,
      threads: 1,
      parallelSamples: 1,
      contextTokens: 512,
      draft: 'prompt-lookup',
    });
    opened.push(drafting);
    const request = ask('hm hm hm hm hm hm q', { maxReasoningTokens: 9 });
    const [alone, drafted] = await Promise.all([model.generate(request), drafting.generate(request)]);
    expect(answerOf(drafted)).toMatchObject(cut(8));
    expect(answerOf(drafted).content.map((part) => part.type)).toEqual(
      answerOf(alone).content.map((part) => part.type),
    );
    expect(drafted.charges[0]?.usage.outputReasoning).toBe(9);
  });

  it('streams its thought before its answer, without the tags', async () => {
    const parts = await partsOf(model, ask('q', { maxReasoningTokens: 3 }));
    expect(parts.flatMap((part) => ('text' in part ? [[part.type, part.text]] : []))).toEqual([
      ['reasoning-delta', 'hm'],
      ['reasoning-delta', ' hm'],
      ['text-delta', 'yes'],
    ]);
  });

  it('is not ended by a stop string in its thought', async () => {
    expect(answerOf(await model.generate(ask('q', { maxReasoningTokens: 3, stop: ['hm'] })))).toMatchObject(cut(2));
    const stopped = answerOf(await model.generate(ask('q', { maxReasoningTokens: 3, stop: ['es'] })));
    expect(stopped.content.at(-1)).toEqual({ type: 'text', text: 'y' });
    expect(stopped.finish).toMatchObject({ by: 'stop', stopString: 'es' });
  });

  it('thinks freely before an answer that is held to a schema', async () => {
    const result = await model.generate(ask('q', { maxReasoningTokens: 3, output: { json: { enum: ['yes'] } } }));
    expect(answerOf(result).content).toMatchObject([
      { type: 'reasoning', text: 'hm hm hm' },
      { type: 'text', text: '"yes"' },
    ]);
  });

  it('gives log-probabilities of its answer, not of its thought', async () => {
    for (const each of [model, opening]) {
      const { candidates } = await each.generate(ask('q', { maxReasoningTokens: 3, logprobs: { top: 0 } }));
      expect(candidates[0]?.logprobs).toEqual([{ text: 'yes', logprob: expect.closeTo(0, 4) }]);
    }
  });

  it('says that an effort is not one of its levels', async () => {
    const { warnings } = await model.generate(ask('q', { effort: 'max', maxOutputTokens: 8 }));
    expect(warnings).toEqual([
      expect.objectContaining({ option: 'effort', message: expect.stringContaining('received "max"') }),
    ]);
  });
});
