import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordWire, replayWire } from '@tollgate/sdk/cassettes';
import { startProviderServer } from '@tollgate/sdk/testing';
import { setupServer } from 'msw/node';
import { expect, it } from 'vitest';

it('answers from a recording, without the provider', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'wire-')), 'capital.jsonl');
  const provider = await startProviderServer({ replies: ['Paris'] });
  const messages = [{ role: 'user', content: 'The capital of France?' }];
  const ask = async (): Promise<string> => {
    const body = JSON.stringify({ model: 'm', messages });
    return (await fetch(`${provider.baseUrl}/chat/completions`, { method: 'POST', body })).text();
  };

  const network = setupServer();
  network.listen({ onUnhandledFrame: 'bypass' });
  const recorder = recordWire({ file });
  network.use(...recorder.handlers);
  const live = await ask();
  await recorder.close();
  await provider.close();

  using replay = replayWire({ file });
  network.resetHandlers(...replay.handlers);
  expect(await ask()).toBe(live);
  network.close();
});
