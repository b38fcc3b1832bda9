import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import type { Message } from '../../spec/content.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import { textOf } from '../../strategy/whole-text.ts';
import { answerOf, type ConformanceCase, type ConformanceTest, shortAnswers } from './conformance-case.ts';
import { failureOf, holds, same } from './expectations.ts';

const conversation: readonly Message[] = [
  { role: 'system', content: 'Be terse.' },
  { role: 'user', content: 'one' },
  { role: 'assistant', content: 'two' },
  { role: 'user', content: 'three' },
];

const outOfRange: readonly (readonly [string, Partial<GenerateRequest>, string])[] = [
  ['temperature', { temperature: 3 }, '[0, 2]'],
  ['topP', { topP: 0 }, '(0, 1]'],
  ['samples', { samples: 0 }, '[1, 10000]'],
  ['maxOutputTokens', { maxOutputTokens: 0.5 }, '1 or more'],
  ['seed', { seed: -1 }, '[0, 4294967295]'],
  ['stop', { stop: [''] }, 'empty string'],
  ['messages', { messages: [] }, 'at least one'],
];

/** What can be asked. */
export const optionCases: readonly ConformanceCase[] = [
  {
    name: 'options out of range are refused with the range, and nothing is sent',
    run: async ({ model, ask, seen }) => {
      for (const [option, options, range] of outOfRange) {
        const error = await failureOf(model.generate(ask(options)), option);
        holds(error instanceof InvalidOptionError, `${option}: the error is no InvalidOptionError`);
        same(error.option, option, 'the option');
        holds(error.message.includes(range), `the message does not name the range ${range}: ${error.message}`);
      }
      same(seen.length, 0, 'requests that were sent');
    },
  },
  {
    name: 'a system prompt and earlier turns reach the engine in order',
    run: async ({ model, ask, seen, scripted }) => {
      const result = await model.generate(ask({ messages: conversation, maxOutputTokens: 4 }));
      holds(answerOf(result) !== undefined, 'there is no answer');
      if (!scripted) return;
      const said = (seen[0]?.messages ?? []).map(({ role, content }) => [role, plain(content)]);
      same(
        said,
        conversation.map(({ role, content }) => [role, plain(content)]),
        'what reached the engine',
      );
    },
  },
  {
    name: 'several samples are as many candidates',
    run: async ({ model, ask }) => checkSamples(await model.generate(ask({ samples: 3, maxOutputTokens: 4 })), 3),
  },
  {
    name: 'samples beyond what one call gives are split into several',
    gap: ({ capabilities }) =>
      capabilities.samples.nativeMax > 8 ? `one call gives ${capabilities.samples.nativeMax}` : undefined,
    run: async ({ model, ask, capabilities }) => {
      const samples = capabilities.samples.nativeMax + 2;
      const result = await model.generate(ask({ samples, maxOutputTokens: 4 }));
      checkSamples(result, samples);
      holds(result.charges.length > 1, 'one attempt gave more samples than it can');
    },
  },
  {
    name: 'an answer ends before a stop string',
    replies: ({ request, request: { stop } }) =>
      stop === undefined
        ? shortAnswers({ request })
        : {
            text: 'one ',
            finish: { unified: 'stop', by: 'stop', ...(stop[0] !== undefined && { stopString: stop[0] }) },
          },
    gap: ({ capabilities }) => (capabilities.stop ? undefined : 'it takes no stop strings'),
    run: async ({ model, ask, seen, scripted, capabilities }) => {
      const seed = capabilities.sampling.seed ? { seed: 7 } : {};
      const free = answerOf(await model.generate(ask({ maxOutputTokens: 8, ...seed })));
      const stop = scripted ? 'two' : (free === undefined ? '' : textOf(free)).at(2);
      if (stop === undefined) return;
      const cut = answerOf(await model.generate(ask({ maxOutputTokens: 8, stop: [stop], ...seed })));
      holds(cut !== undefined && !textOf(cut).includes(stop), 'the answer holds the stop string');
      same(cut.finish.unified, 'stop', 'the end');
      if (scripted) same(seen.at(-1)?.stop, [stop], 'what reached the engine');
    },
    inGap: (test) => warns(test, 'stop', { stop: ['two'] }),
  },
  {
    name: 'a seed gives the same answer again',
    gap: ({ capabilities }) => (capabilities.sampling.seed ? undefined : 'it takes no seed'),
    run: async ({ model, ask }) => {
      const said = async (): Promise<readonly string[]> =>
        (await model.generate(ask({ seed: 7, samples: 2, maxOutputTokens: 8 }))).candidates.map(textOf);
      same(await said(), await said(), 'the answers');
    },
    inGap: (test) => warns(test, 'seed', { seed: 7 }),
  },
  ...(['temperature', 'topP', 'topK'] as const).map(
    (option): ConformanceCase => ({
      name: `${option} reaches the engine`,
      gap: ({ capabilities }) => (capabilities.sampling[option] ? undefined : `it takes no ${option}`),
      run: async ({ model, ask, seen, scripted }) => {
        const result = await model.generate(ask({ [option]: 1, maxOutputTokens: 4 }));
        holds(!result.warnings.some((warning) => warning.option === option), `there is a warning about ${option}`);
        if (scripted) same(seen[0]?.[option], 1, 'what reached the engine');
      },
      inGap: (test) => warns(test, option, { [option]: 1 }),
    }),
  ),
];

/** Says by a warning that it cannot do this, and answers all the same. */
export async function warns(
  { model, ask }: ConformanceTest,
  option: string,
  options: Partial<GenerateRequest>,
): Promise<void> {
  const result = await model.generate(ask({ ...options, maxOutputTokens: 4 }));
  const options_ = result.warnings.map((warning) => warning.option);
  holds(options_.includes(option), `expected a warning about ${option}, received [${options_.join(', ')}]`);
  holds(answerOf(result) !== undefined, 'there is no answer');
}

function checkSamples(
  { candidates, charges }: Awaited<ReturnType<ConformanceTest['model']['generate']>>,
  samples: number,
): void {
  same(candidates.length, samples, 'candidates');
  same(new Set(candidates.map(({ id }) => id)).size, samples, 'different ids');
  const charged = charges.flatMap(({ candidateIds }) => candidateIds);
  holds(
    candidates.every(({ id }) => charged.includes(id)),
    'a candidate belongs to no charge',
  );
}

function plain(content: Message['content']): string {
  return typeof content === 'string' ? content : content.map((part) => ('text' in part ? part.text : '')).join('');
}
