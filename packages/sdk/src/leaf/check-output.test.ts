import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { OutputSchema } from '../spec/schema.ts';
import type { Finish } from '../spec/result.ts';
import { scriptedModel, type ScriptStep } from '../testing/scripted-model.ts';

const messages = [{ role: 'user', content: 'Name a prime.' }] as const;
const prime: OutputSchema = {
  json: { type: 'object', properties: { prime: { type: 'integer' } }, required: ['prime'] },
};

async function candidateOf(step: ScriptStep, output: OutputSchema = prime) {
  using model = scriptedModel([step]);
  const { candidates } = await model.generate({ messages, output });
  return candidates[0];
}

describe('an answer to a request with a schema', () => {
  it('has the object that fits', async () => {
    const candidate = await candidateOf({ text: ' {"prime": 97}\n' });
    expect(candidate?.object).toEqual({ prime: 97 });
    expect(candidate).not.toHaveProperty('schemaIssue');
  });

  it('keeps the plain JSON where the schema makes something else of it', async () => {
    const standard = z.object({ prime: z.string().transform(Number) });
    expect((await candidateOf({ text: '{"prime":"97"}' }, { standard }))?.object).toEqual({ prime: '97' });
  });

  it.each([
    ['{"prime":"97"}', 'prime must be a whole number, received "97"'],
    ['{}', 'the value must have the field "prime"'],
    ['```json\n{"prime":97}\n```', expect.stringMatching(/^the answer is not JSON: /)],
    ['', expect.stringMatching(/^the answer is not JSON: /)],
    ['{"prime":97', expect.stringMatching(/^the answer is not JSON: /)],
  ])('says how %j misses it, and mends nothing', async (text, issue) => {
    const candidate = await candidateOf({ text });
    expect(candidate?.schemaIssue).toEqual(issue);
    expect(candidate).not.toHaveProperty('object');
  });

  it('is read from its text, not from its thinking', async () => {
    const content = [
      { type: 'reasoning', text: '{"prime":4}' },
      { type: 'text', text: '{"prime":' },
      { type: 'text', text: '5}' },
    ] as const;
    expect((await candidateOf({ content }))?.object).toEqual({ prime: 5 });
  });

  it.each<Finish>([
    { unified: 'length', by: 'length' },
    { unified: 'length', by: 'budget' },
    { unified: 'aborted', by: 'aborted' },
    { unified: 'refusal', by: 'eos' },
    { unified: 'content-filter', by: 'eos' },
    { unified: 'tool-calls', by: 'eos' },
    { unified: 'other', by: 'eos' },
  ])('is left alone where it ended by %j', async (finish) => {
    const candidate = await candidateOf({ text: '{"prime":97}', finish });
    expect(candidate).not.toHaveProperty('object');
    expect(candidate).not.toHaveProperty('schemaIssue');
  });

  it('is read where a stop string ended it', async () => {
    expect((await candidateOf({ text: '{"prime":97}', finish: { unified: 'stop', by: 'stop' } }))?.object).toEqual({
      prime: 97,
    });
  });

  it('is checked one by one where there are several, streamed or not', async () => {
    using model = scriptedModel([{ texts: ['{"prime":2}', 'two'] }]);
    const { candidates } = await model.stream({ messages, output: prime, samples: 2 }).result;
    expect(candidates.map(({ object, schemaIssue }) => [object, schemaIssue === undefined])).toEqual([
      [{ prime: 2 }, true],
      [undefined, false],
    ]);
  });

  it('costs nothing where no answer can meet it: nothing is sent', async () => {
    using model = scriptedModel([]);
    await expect(model.generate({ messages, output: { json: { not: {} } } })).rejects.toMatchObject({
      code: 'invalid-option',
      option: 'output',
    });
    await expect(model.stream({ messages, output: { json: { type: 'odd' } } }).result).rejects.toMatchObject({
      code: 'invalid-option',
    });
  });
});
