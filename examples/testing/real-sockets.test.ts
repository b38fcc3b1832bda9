import { StreamTruncatedError } from '@tollgate/sdk';
import { anthropic } from '@tollgate/sdk/anthropic';
import { startProviderServer } from '@tollgate/sdk/testing';
import { expect, it } from 'vitest';

it('keeps what had arrived when the connection is lost', async () => {
  await using server = await startProviderServer({
    replies: [{ text: 'Once upon a time', everyMs: 5, breaks: { after: 'content', by: 'cut' } }],
  });
  const model = anthropic('claude-sonnet-5', { baseUrl: server.url, apiKey: 'any' });
  const error = await model
    .generate({ messages: [{ role: 'user', content: 'A story.' }] })
    .catch((each: unknown) => each);
  expect(error).toBeInstanceOf(StreamTruncatedError);
  expect((error as StreamTruncatedError).partial?.candidates).toMatchObject([
    { content: [{ type: 'text', text: 'Once upon a time' }] },
  ]);
});
