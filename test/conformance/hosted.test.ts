import { openai } from '@tollgate/sdk/openai';
import { describeModel, providerHandlers } from '@tollgate/sdk/testing';
import { setupServer } from 'msw/node';
import { describe, expect, it } from 'vitest';
import { apiKey, hostedModels, onServer, scripted } from './hosted-models.ts';

for (const [name, make] of Object.entries(hostedModels)) {
  await describeModel(name, (replies) => onServer(make, replies), { describe, it });
}

await describeModel(
  'openai over msw',
  (replies) => {
    const server = setupServer(...providerHandlers.openai({ replies }));
    server.listen({ onUnhandledFrame: 'error' });
    return { model: openai('gpt-6-luna', { apiKey, retry: false }), close: () => server.close() };
  },
  { describe, it },
);

const gaps = await describeModel('the scripted model', (replies) => scripted(replies), { describe, it });

it('names what a model was not asked, and why', () => {
  expect(gaps).toEqual([]);
});

it('refuses to skip what is no case', async () => {
  const skip = { 'an answer is right': 'it is not' };
  await expect(describeModel('any', (replies) => scripted(replies), { describe, it, skip })).rejects.toThrow(
    'skip must name cases',
  );
});
