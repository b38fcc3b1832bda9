import { InvalidOptionError, rootContext, type StandardSchema } from '@tollgate/sdk';
import { describe, expect, it } from 'vitest';
import { candidate } from '../__fixtures__/candidate.ts';
import { matchesSchema } from './matches-schema.ts';

const json = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } as const;

async function verdictsOn(scorer: ReturnType<typeof matchesSchema>, ...texts: readonly string[]): Promise<unknown> {
  const { verdicts, charges } = await scorer.score({
    request: { messages: [{ role: 'user', content: 'q' }] },
    candidates: texts.map((text, i) => candidate(text, 'eos', `c${i}`)),
    context: rootContext(),
  });
  expect(charges).toEqual([]);
  return verdicts;
}

describe('matchesSchema', () => {
  it('accepts JSON that meets the schema, bare or fenced, and says how the rest misses it', async () => {
    const scorer = matchesSchema({ json });
    expect(
      await verdictsOn(scorer, '{"city":"Paris"}', 'So:\n```json\n{"city":"Rome"}\n```', '{"city":3}', '{}', 'Paris'),
    ).toEqual([
      { candidateId: 'c0', status: 'accept' },
      { candidateId: 'c1', status: 'accept' },
      { candidateId: 'c2', status: 'reject', evidence: { issue: 'city must be a string, received 3' } },
      { candidateId: 'c3', status: 'reject', evidence: { issue: 'the value must have the field "city"' } },
      { candidateId: 'c4', status: 'reject', evidence: { issue: 'the answer holds no JSON' } },
    ]);
    expect(await verdictsOn(scorer)).toEqual([]);
  });

  it('takes schemas that check by their own code, and survives those that fail', async () => {
    const standard = (validate: StandardSchema['~standard']['validate']): StandardSchema => ({
      '~standard': { version: 1, vendor: 'test', validate },
    });
    const asynchronous = standard(async (value) => (value === 3 ? { value } : { issues: [{ message: 'not 3' }] }));
    expect(await verdictsOn(matchesSchema(asynchronous), '3', '4')).toEqual([
      { candidateId: 'c0', status: 'accept' },
      { candidateId: 'c1', status: 'reject', evidence: { issue: 'the value does not fit: not 3' } },
    ]);
    const broken = standard(() => {
      throw new Error('broken');
    });
    expect(await verdictsOn(matchesSchema({ standard: broken }), '3')).toMatchObject([{ status: 'reject' }]);
  });

  it('takes a complete object of a cut candidate, and no number', async () => {
    const { verdicts } = await matchesSchema({ json: {} }).score({
      request: { messages: [{ role: 'user', content: 'q' }] },
      candidates: [candidate('{}', 'length', 'a'), candidate('12', 'length', 'b')],
      context: rootContext(),
    });
    expect(verdicts.map(({ status }) => status)).toEqual(['accept', 'reject']);
  });

  it('refuses a schema that cannot be checked when it is made', () => {
    expect(() => matchesSchema({ json: { type: 'integr' } })).toThrow(InvalidOptionError);
    expect(() => matchesSchema({ json: false as never })).toThrow(InvalidOptionError);
  });
});
