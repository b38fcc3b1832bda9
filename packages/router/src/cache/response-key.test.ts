import { type GenerateRequest, type Model, withDefaults } from '@tollgate/sdk';
import { scriptedModel } from '@tollgate/sdk/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { voteShare } from '../confidence/vote-share.ts';
import { cascade } from '../strategies/cascade.ts';
import { vote } from '../strategies/vote.ts';
import { responseKey } from './response-key.ts';

const model = scriptedModel([], { provider: 'test', modelId: 'small' });
const big = scriptedModel([], { provider: 'test', modelId: 'big' });
const request: GenerateRequest = { messages: [{ role: 'user', content: 'One and one?' }], temperature: 0.5 };

describe('responseKey', () => {
  it('is 64 hexadecimal digits', async () => {
    expect(await responseKey(model, request)).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each<[string, GenerateRequest]>([
    [
      'a text as a part',
      { ...request, messages: [{ role: 'user', content: [{ type: 'text', text: 'One and one?' }] }] },
    ],
    ['one sample said', { ...request, samples: 1 }],
    ['another order of fields', { temperature: 0.5, messages: [{ content: 'One and one?', role: 'user' }] }],
    ['a signal', { ...request, signal: new AbortController().signal }],
    ['a session', { ...request, sessionKey: 's' }],
  ])('is the same for %s', async (_, other) => {
    expect(await responseKey(model, other)).toBe(await responseKey(model, request));
  });

  it.each<[string, GenerateRequest]>([
    ['a prompt', { ...request, messages: [{ role: 'user', content: 'One and two?' }] }],
    ['a role', { ...request, messages: [{ role: 'system', content: 'One and one?' }] }],
    ['samples', { ...request, samples: 2 }],
    ['a temperature', { ...request, temperature: 0.6 }],
    ['a seed', { ...request, seed: 1 }],
    ['a cap', { ...request, maxOutputTokens: 5 }],
    ['evidence that scorers see', { ...request, evidence: { references: ['2'] } }],
    ['options of a provider', { ...request, providerOptions: { test: { fast: true } } }],
    ['a schema', { ...request, output: { json: { type: 'string' } } }],
    ['tools', { ...request, tools: [{ name: 'add', input: { json: { type: 'object' } } }] }],
  ])('differs by %s', async (_, other) => {
    expect(await responseKey(model, other)).not.toBe(await responseKey(model, request));
  });

  it('names a schema that writes itself by what it writes, and gives up on one that does not', async () => {
    const standard = (json?: object): NonNullable<GenerateRequest['output']> => ({
      standard: {
        '~standard': {
          version: 1,
          vendor: 'test',
          validate: (value) => ({ value }),
          ...(json !== undefined && { jsonSchema: { input: () => json } }),
        },
      },
    });
    const written = await responseKey(model, { ...request, output: standard({ type: 'string' }) });
    expect(written).toBe(await responseKey(model, { ...request, output: { json: { type: 'string' } } }));
    expect(written).not.toBe(await responseKey(model, { ...request, output: standard({ type: 'number' }) }));
    expect(await responseKey(model, { ...request, output: standard() })).toBeUndefined();
  });

  it('there is none for who wants the reply of the provider itself', async () => {
    expect(await responseKey(model, { ...request, includeRaw: true })).toBeUndefined();
  });

  it('tells models apart, and strategies of one name by their rules and sources', async () => {
    const models: readonly Model[] = [
      model,
      big,
      vote(model, { samples: 3 }),
      vote(model, { samples: 5 }),
      vote(big, { samples: 3 }),
      cascade([model, big], { confidence: voteShare({ samples: 3 }), accept: 0.6 }),
      cascade([model, big], { confidence: voteShare({ samples: 3 }), accept: 0.9 }),
      cascade([vote(model, { samples: 3 }), big], { confidence: voteShare({ samples: 3 }), accept: 0.9 }),
    ];
    const keys = await Promise.all(models.map(async (one) => responseKey(one, request)));
    expect(new Set(keys).size).toBe(models.length);
    expect(await responseKey(withDefaults(model, { topP: 0.5 }), request)).toBe(keys[0]);
  });

  it('equal requests have equal keys, others have others (property)', async () => {
    const requests = fc.record(
      {
        messages: fc.array(
          fc.record({ role: fc.constantFrom('user', 'assistant'), content: fc.constantFrom('a', 'b', '') }),
          {
            minLength: 1,
            maxLength: 3,
          },
        ),
        temperature: fc.constantFrom(0, 1),
        stop: fc.array(fc.constantFrom('x', 'y'), { maxLength: 2 }),
      },
      { requiredKeys: ['messages'] },
    ) as fc.Arbitrary<GenerateRequest>;
    await fc.assert(
      fc.asyncProperty(requests, requests, async (one, other) => {
        const [a, b] = await Promise.all([responseKey(model, one), responseKey(model, structuredClone(other))]);
        expect(a === b).toBe(JSON.stringify(sorted(one)) === JSON.stringify(sorted(other)));
      }),
      { seed: 3, numRuns: 200 },
    );
  });
});

function sorted({ messages, temperature, stop }: GenerateRequest): unknown {
  return { messages: messages.map(({ role, content }) => ({ role, content })), temperature, stop };
}
