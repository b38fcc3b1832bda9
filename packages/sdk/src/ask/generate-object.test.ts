import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { InvalidOutputError } from '../errors/invalid-output-error.ts';
import { ModelCallError } from '../errors/model-call-error.ts';
import { rootContext } from '../leaf/call-context.ts';
import type { JsonValue } from '../spec/json.ts';
import type { OutputSchema } from '../spec/schema.ts';
import type { StrategyCore } from '../spec/strategy-core.ts';
import { runStrategy } from '../strategy/run-strategy.ts';
import { scriptedModel, type ScriptStep } from '../testing/scripted-model.ts';
import { generateObject, type GenerateObjectOptions } from './generate-object.ts';

const schema = z.object({ city: z.string(), inhabitants: z.number().default(0) });
const json = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } as const;
const prompt = 'The capital of France?';

function holding(...steps: readonly ScriptStep[]) {
  return scriptedModel(steps, { capabilities: { schema: true } });
}

async function missOf(call: Promise<unknown>): Promise<InvalidOutputError> {
  const error = await call.catch((thrown: unknown) => thrown);
  if (!(error instanceof InvalidOutputError)) throw new Error('It did not miss the schema.');
  return error;
}

describe('generateObject', () => {
  it('gives what the schema makes of the answer, typed by it', async () => {
    using model = holding({ text: '{"city":"Paris"}', usage: { inputUncached: 5, outputText: 3 } });
    const result = await generateObject(model, prompt, { schema });
    expectTypeOf(result.object).toEqualTypeOf<{ city: string; inhabitants: number }>();
    expect(result.object).toEqual({ city: 'Paris', inhabitants: 0 });
    expect(result).toMatchObject({
      text: '{"city":"Paris"}',
      usage: { inputUncached: 5 },
      decision: { status: 'unverified' },
      candidates: [{ object: { city: 'Paris' } }],
      charges: [{}],
      trace: { name: 'generateObject', status: 'answered' },
    });
  });

  it('takes a JSON Schema, also beside a schema with code of its own', async () => {
    using model = holding({ text: '{"city":"Paris"}' }, { text: '{"city":"Paris"}' });
    const plain = await generateObject(model, prompt, { schema: { json } });
    expectTypeOf(plain.object).toEqualTypeOf<JsonValue>();
    expect(plain.object).toEqual({ city: 'Paris' });
    const both = await generateObject(model, prompt, { schema: { standard: schema, json } });
    expectTypeOf(both.object).toEqualTypeOf<{ city: string; inhabitants: number }>();
    expect(both.object.inhabitants).toBe(0);
  });

  it('sends the schema alone where the engine holds answers to it', async () => {
    using model = holding({ text: '{"city":"Paris"}' });
    await generateObject(model, prompt, { schema: { json }, system: 'Be brief.', maxOutputTokens: 9 });
    expect(model.calls[0]).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: prompt },
      ],
      output: { json },
      maxOutputTokens: 9,
    });
  });

  it('writes the schema at the end of the prompt where the engine does not, and forgives a fence', async () => {
    using model = scriptedModel([{ text: '```json\n{"city":"Paris"}\n```' }]);
    const { object, text } = await generateObject(model, prompt, { schema: { json } });
    expect(object).toEqual({ city: 'Paris' });
    expect(text).toBe('```json\n{"city":"Paris"}\n```');
    const content = model.calls[0]?.messages[0]?.content;
    expect(content).toMatchObject([{ text: prompt }, { text: expect.stringContaining(JSON.stringify(json)) }]);
  });

  it('fails with the paid answer and the fault where the answer misses the schema', async () => {
    using model = holding({ text: '{"town":"Paris"}' });
    const error = await missOf(generateObject(model, prompt, { schema: { json } }));
    expect(error).toMatchObject({ code: 'invalid-output', issue: 'the value must have the field "city"' });
    expect(error.message).toContain('scripted/model did not give what the schema asks for');
    expect(error.charges).toEqual(error.result.charges);
    expect(error.result).toMatchObject({ candidates: [{}], charges: [{}], trace: { status: 'invalid-output' } });
  });

  it('asks again with the fault named, as often as it may; every answer is charged', async () => {
    using model = holding({ text: 'Paris' }, { text: '{"town":"Paris"}' }, { text: '{"city":"Paris"}' });
    const result = await generateObject(model, prompt, { schema: { json }, repairs: 2 });
    expect(result.object).toEqual({ city: 'Paris' });
    expect(result).toMatchObject({ charges: [{}, {}, {}], candidates: [{}, {}, {}], text: '{"city":"Paris"}' });
    expect(new Set(result.charges.map(({ attemptId }) => attemptId)).size).toBe(3);
    expect(model.calls[2]?.messages).toMatchObject([
      { role: 'user' },
      { role: 'assistant', content: [{ text: 'Paris' }] },
      { role: 'user', content: expect.stringContaining('is not JSON') },
      { role: 'assistant', content: [{ text: '{"town":"Paris"}' }] },
      { role: 'user', content: expect.stringContaining('must have the field "city"') },
    ]);
  });

  it('stops asking after the last repair', async () => {
    using model = holding({ text: 'a' }, { text: '' });
    const error = await missOf(generateObject(model, prompt, { schema: { json }, repairs: 1 }));
    expect(error.charges).toHaveLength(2);
  });

  it.each([
    [{ text: '{"city":', finish: { unified: 'length', by: 'length' } }, 'length'],
    [{ text: 'No.', finish: { unified: 'refusal', by: 'eos' } }, 'refusal'],
  ] as const)('does not ask again where the answer is not whole: %j', async (step, how) => {
    using model = holding(step);
    const error = await missOf(generateObject(model, prompt, { schema: { json }, repairs: 3 }));
    expect(error.issue).toContain(`ended by "${how}"`);
  });

  it('fails where a strategy abstains', async () => {
    const never: StrategyCore<null> = {
      name: 'never',
      start: () => null,
      observe: () => null,
      next: () => ({ type: 'abstain', reason: 'unsure' }),
    };
    const model = runStrategy(never, { sources: [scriptedModel([])] });
    expect((await missOf(generateObject(model, prompt, { schema: { json } }))).issue).toBe(
      'there is no answer: unsure',
    );
  });

  it('charges the first answer to the error of a repair that failed', async () => {
    const down = new ModelCallError('down', { failure: 'server', dispatch: 'refused' });
    using model = holding({ text: 'a' }, { error: down });
    const call = generateObject(model, prompt, { schema: { json }, repairs: 1 });
    await expect(call).rejects.toMatchObject({ code: 'call-failed', charges: [{ usageKnown: 'exact' }] });
  });

  it('stands in the trace of the context it was given', async () => {
    const context = rootContext();
    using model = holding({ text: '{"city":"Paris"}' });
    await generateObject(model, prompt, { schema: { json }, context });
    expect(context.span.toNode().children).toMatchObject([{ name: 'generateObject', children: [{ kind: 'leaf' }] }]);
  });

  it.each<readonly [GenerateObjectOptions<OutputSchema>, string]>([
    [{ schema: { json: { not: {} } } }, 'output'],
    [{ schema: { json }, repairs: -1 }, 'repairs'],
    [{ schema: { json }, repairs: 0.5 }, 'repairs'],
    [{ schema: { json }, scopes: { user: 'ada' }, context: rootContext() }, 'scopes'],
  ])('refuses %j before anything is sent', async (options, option) => {
    using model = scriptedModel([]);
    await expect(generateObject(model, prompt, options)).rejects.toMatchObject({ code: 'invalid-option', option });
  });

  it('refuses a schema that it would have to write and cannot', async () => {
    using model = scriptedModel([]);
    const mute = { '~standard': { version: 1, vendor: 'own', validate: (value: unknown) => ({ value }) } } as const;
    await expect(generateObject(model, prompt, { schema: mute })).rejects.toMatchObject({ option: 'schema' });
  });
});
