import { textOf } from '../../strategy/whole-text.ts';
import { answerOf, type ConformanceCase, lastText } from './conformance-case.ts';
import { holds, same } from './expectations.ts';

const secretPrompt = 'Xylophone-4711';
const secretAnswer = 'Quetzalcoatl-1147';
const unicode = 'naïve 🦉 👩‍👩‍👧 日本語 end';

/** What an answer is. */
export const answerCases: readonly ConformanceCase[] = [
  {
    name: 'generate and stream give the same answer',
    run: async ({ model, ask, capabilities, scripted }) => {
      const request = ask({ maxOutputTokens: 12, ...(capabilities.sampling.seed && { seed: 7 }) });
      const whole = await model.generate(request);
      const streamed = await model.stream(request).result;
      same(whole.candidates.length, streamed.candidates.length, 'candidates');
      if (!scripted && !capabilities.sampling.seed) return;
      const facts = ({ content, finish }: (typeof whole.candidates)[number]): unknown => ({ content, finish });
      same(streamed.candidates.map(facts), whole.candidates.map(facts), 'the streamed answer');
    },
  },
  {
    name: 'an answer that ends by itself says so',
    gap: ({ scripted }) => (scripted ? undefined : 'real weights end when they like'),
    run: async ({ model, ask }) => {
      const answer = answerOf(await model.generate(ask()));
      same(answer === undefined ? undefined : textOf(answer), 'one two three', 'the answer');
      same([answer?.finish.unified, answer?.finish.by], ['stop', 'eos'], 'its end');
    },
  },
  {
    name: 'maxOutputTokens ends an answer by length',
    replies: () => ({ text: 'one', finish: { unified: 'length', by: 'length' } }),
    run: async ({ model, ask }) => {
      const answer = answerOf(await model.generate(ask({ maxOutputTokens: 1 })));
      same([answer?.finish.unified, answer?.finish.by], ['length', 'length'], 'the end of the answer');
    },
  },
  {
    name: 'a result is plain JSON',
    run: async ({ model, ask }) => {
      const result = await model.generate(ask({ maxOutputTokens: 4 }));
      holds(isPlain(result), 'the result holds something that JSON cannot hold');
    },
  },
  {
    name: 'the trace holds no content',
    replies: () => secretAnswer,
    run: async ({ model, ask }) => {
      const result = await model.generate(
        ask({ messages: [{ role: 'user', content: secretPrompt }], maxOutputTokens: 24 }),
      );
      const trace = JSON.stringify(result.trace);
      holds(!trace.includes(secretPrompt), 'the trace holds the prompt');
      const said = result.candidates.map(textOf).filter((text) => text.length > 12);
      holds(!said.some((text) => trace.includes(text)), 'the trace holds an answer');
    },
  },
  {
    name: 'characters are never split, wherever the bytes are',
    replies: () => ({ text: unicode, splitAt: Array.from({ length: 4000 }, (_, i) => i + 1) }),
    run: async ({ model, ask, scripted }) => {
      const stream = model.stream(ask({ maxOutputTokens: 24 }));
      for await (const part of stream) {
        if (part.type === 'text-delta')
          holds(part.text.isWellFormed() && !part.text.includes('\uFFFD'), 'half a character came');
      }
      const answer = answerOf(await stream.result);
      if (scripted) same(answer === undefined ? undefined : textOf(answer), unicode, 'the answer');
    },
  },
  {
    name: 'twenty calls at once each get their own answer',
    replies: ({ request }) => `echo ${lastText(request)}`,
    run: async ({ model, ask, scripted }) => {
      const prompts = Array.from({ length: 20 }, (_, i) => `call ${i}`);
      const results = await Promise.all(
        prompts.map((content) => model.generate(ask({ messages: [{ role: 'user', content }], maxOutputTokens: 4 }))),
      );
      const answers = results.map((result) => answerOf(result));
      holds(
        answers.every((answer) => answer !== undefined),
        'a call has no answer',
      );
      const ids = results.flatMap(({ charges }) => charges.map(({ attemptId }) => attemptId));
      holds(ids.length >= prompts.length, 'a call has no charge');
      if (!scripted) return;
      same(
        answers.map((answer) => (answer === undefined ? '' : textOf(answer))),
        prompts.map((prompt) => `echo ${prompt}`),
        'the answers',
      );
    },
  },
];

/** Nothing but what JSON has: `undefined`, functions, big integers and instances of classes are not in it. */
function isPlain(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.every(isPlain);
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every(isPlain);
}
