import type { Tool } from '../../spec/request.ts';
import type { TokenLogprob } from '../../spec/result.ts';
import { textOf } from '../../strategy/whole-text.ts';
import { answerOf, type ConformanceCase } from './conformance-case.ts';
import { holds, same } from './expectations.ts';
import { warns } from './option-cases.ts';

const add: Tool = {
  name: 'add',
  description: 'Adds two numbers.',
  input: {
    json: {
      type: 'object',
      properties: { a: { type: 'number' }, b: { type: 'number' } },
      required: ['a', 'b'],
      additionalProperties: false,
    },
  },
};
const prime = {
  name: 'prime',
  json: {
    type: 'object',
    properties: { prime: { type: 'number' } },
    required: ['prime'],
    additionalProperties: false,
  },
};
const call = {
  type: 'tool-call',
  toolCallId: 'call_1',
  toolName: 'add',
  input: { a: 1, b: 2 },
  origin: { provider: 'any', modelId: 'any' },
} as const;
const logprobs: readonly TokenLogprob[] = [
  {
    text: 'one',
    logprob: -0.25,
    top: [
      { text: 'one', logprob: -0.25 },
      { text: 'two', logprob: -2 },
    ],
  },
  {
    text: ' two',
    logprob: -0.5,
    top: [
      { text: ' two', logprob: -0.5 },
      { text: ' one', logprob: -3 },
    ],
  },
];

/** What an answer can be besides text: calls of tools, an object, probabilities. */
export const structureCases: readonly ConformanceCase[] = [
  {
    name: 'a tool is called, its result goes back, and an answer comes',
    replies: ({ request }) => (request.messages.at(-1)?.role === 'tool' ? 'It is 3.' : { content: [call] }),
    gap: ({ capabilities }) => (capabilities.tools ? undefined : 'it takes no tools'),
    run: async ({ model, ask, seen, scripted }) => {
      const request = ask({ tools: [add], maxOutputTokens: 40 });
      const asking = answerOf(await model.generate(request));
      const calls = asking?.content.filter((part) => part.type === 'tool-call') ?? [];
      const [made] = calls;
      if (asking === undefined || made === undefined) {
        holds(!scripted, 'no tool was called');
        return;
      }
      if (scripted) {
        same([made.toolName, made.input], ['add', { a: 1, b: 2 }], 'the call');
        same(asking.finish.unified, 'tool-calls', 'the end');
      }
      const { toolCallId, toolName } = made;
      const answer = answerOf(
        await model.generate({
          ...request,
          messages: [
            ...request.messages,
            { role: 'assistant', content: asking.content },
            { role: 'tool', content: [{ type: 'tool-result', toolCallId, toolName, output: 3 }] },
          ],
        }),
      );
      holds(answer !== undefined, 'there is no answer');
      if (!scripted) return;
      same(textOf(answer), 'It is 3.', 'the answer');
      const last = seen
        .at(-1)
        ?.messages.slice(-2)
        .map(({ role }) => role);
      same(last, ['assistant', 'tool'], 'what reached the engine last');
    },
    inGap: (test) => warns(test, 'tools', { tools: [add] }),
  },
  {
    name: 'an answer is held to a schema',
    replies: () => '{"prime":97}',
    gap: ({ capabilities }) => (capabilities.schema ? undefined : 'it holds no answer to a schema'),
    run: async ({ model, ask, scripted, seen }) => {
      const answer = answerOf(await model.generate(ask({ output: prime, maxOutputTokens: 40 })));
      holds(answer !== undefined, 'there is no answer');
      if (scripted) {
        same(answer.object, { prime: 97 }, 'the object');
        holds(seen[0]?.output !== undefined, 'the schema did not reach the engine');
        return;
      }
      const met = answer.object !== undefined || answer.schemaIssue !== undefined || answer.finish.by !== 'eos';
      holds(met, 'the answer says neither what it is nor how it misses the schema');
    },
    inGap: (test) => warns(test, 'output', { output: prime }),
  },
  {
    name: 'log-probabilities are those of the tokens of the answer',
    replies: () => ({ text: 'one two', logprobs }),
    gap: ({ capabilities }) => (capabilities.logprobs === 'none' ? 'it gives none' : undefined),
    run: async ({ model, ask, capabilities, scripted }) => {
      const top = Math.min(2, capabilities.maxTopLogprobs ?? 0);
      const answer = answerOf(await model.generate(ask({ logprobs: { top }, maxOutputTokens: 6 })));
      const tokens = answer?.logprobs ?? [];
      holds(tokens.length > 0, 'there are none');
      for (const token of tokens) {
        holds(token.logprob <= 0, `${token.logprob} is no logarithm of a probability`);
        const ranked = (token.top ?? []).map(({ logprob }) => logprob);
        same(
          ranked,
          ranked.toSorted((a, b) => b - a),
          'alternatives, best first',
        );
      }
      if (scripted && answer !== undefined) same(tokens.map(({ text }) => text).join(''), textOf(answer), 'the tokens');
    },
    inGap: (test) => warns(test, 'logprobs', { logprobs: { top: 0 } }),
  },
];
