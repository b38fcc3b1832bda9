import fc from 'fast-check';
import { expect, it } from 'vitest';
import { textCapabilities } from '../leaf/text-capabilities.ts';
import { defineModel } from '../leaf/define-model.ts';
import type { GenerateRequest } from '../spec/request.ts';
import { scriptedModel } from '../testing/scripted-model.ts';
import { withDefaults } from './with-defaults.ts';

const messages = [{ role: 'user', content: 'Why?' }] as const;

async function sent(request: GenerateRequest, defaults: Parameters<typeof withDefaults>[1]): Promise<GenerateRequest> {
  const model = scriptedModel([{ text: 'a' }]);
  await withDefaults(model, defaults).generate(request);
  const [call] = model.calls;
  if (call === undefined) throw new Error('nothing was sent');
  return call;
}

it('fills what is absent and leaves what is set', async () => {
  const call = await sent({ messages, temperature: 0 }, { temperature: 1, maxOutputTokens: 50, effort: 'low' });
  expect(call).toMatchObject({ temperature: 0, maxOutputTokens: 50, effort: 'low' });
});

it('takes a field that is explicitly undefined for absent', async () => {
  const untyped = JSON.parse('{}') as { temperature?: number };
  const request = { messages, ...untyped, ...({ temperature: undefined } as object) };
  expect(await sent(request, { temperature: 1 })).toMatchObject({ temperature: 1 });
});

it('puts a system message first where there is none', async () => {
  expect((await sent({ messages }, { system: 'Be brief.' })).messages).toEqual([
    { role: 'system', content: 'Be brief.' },
    ...messages,
  ]);
  const own = [{ role: 'system', content: 'Be long.' }, ...messages] as const;
  expect((await sent({ messages: own }, { system: 'Be brief.' })).messages).toEqual(own);
});

it('merges raw options per provider, and the request wins', async () => {
  const call = await sent(
    { messages, providerOptions: { openai: { store: true }, anthropic: { top: 1 } } },
    { providerOptions: { openai: { store: false, user: 'u' }, other: { x: 1 } } },
  );
  expect(call.providerOptions).toEqual({ openai: { store: true, user: 'u' }, anthropic: { top: 1 }, other: { x: 1 } });
});

it('asks for capabilities with the defaults in place', () => {
  const model = defineModel({
    provider: 'test',
    modelId: 'm',
    capabilities: (request) => textCapabilities({ tools: request?.effort === 'none' }),
    call: async () => ({ candidates: [], usage: {} }),
  });
  expect(withDefaults(model, { effort: 'none' }).capabilitiesFor({ messages }).tools).toBe(true);
  expect(model.capabilitiesFor({ messages }).tools).toBe(false);
});

it('means the same nested, the inner filling what the outer left', async () => {
  const number = fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined });
  await fc.assert(
    fc.asyncProperty(number, number, number, async (given, outer, inner) => {
      const model = scriptedModel([{ text: 'a' }]);
      const set = (maxOutputTokens: number | undefined) => (maxOutputTokens === undefined ? {} : { maxOutputTokens });
      await withDefaults(withDefaults(model, set(inner)), set(outer)).generate({ messages, ...set(given) });
      expect(model.calls[0]?.maxOutputTokens).toBe(given ?? outer ?? inner);
    }),
    { numRuns: 40 },
  );
});
