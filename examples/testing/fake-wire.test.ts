import { generateText } from '@tollgate/sdk';
import { openai } from '@tollgate/sdk/openai';
import { providerHandlers } from '@tollgate/sdk/testing';
import { setupServer } from 'msw/node';
import { expect, it } from 'vitest';

it('tries again when the provider is overloaded', async () => {
  const handlers = providerHandlers.openai({ replies: [{ error: 'overloaded', retryAfterMs: 5 }, 'Paris'] });
  const server = setupServer(...handlers);
  server.listen({ onUnhandledFrame: 'error' });
  const model = openai('gpt-6-luna', { apiKey: 'any' });
  expect((await generateText(model, 'The capital of France?')).text).toBe('Paris');
  expect(handlers.calls[1]?.request.messages).toMatchObject([{ content: 'The capital of France?' }]);
  handlers.assertDone();
  server.close();
});
