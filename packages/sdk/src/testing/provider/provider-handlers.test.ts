import { spawnSync } from 'node:child_process';
import { Anthropic } from '@anthropic-ai/sdk';
import * as msw from 'msw';
import { setupServer } from 'msw/node';
import { OpenAI } from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { anthropic } from '../../adapters/anthropic/anthropic.ts';
import { openai } from '../../adapters/openai/openai.ts';
import { openaiCompatible } from '../../adapters/openai-compatible/openai-compatible.ts';
import type { Model } from '../../spec/model.ts';
import { textOf } from '../../strategy/whole-text.ts';
import { loadMsw } from '../load-msw.ts';
import { type ProviderHandlers, providerHandlers } from './provider-handlers.ts';
import type { ProviderReplies } from './reply.ts';

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const apiKey = 'sk-not-for-anybody';
const baseUrl = 'http://127.0.0.1:8080/v1';
const fakes: readonly (readonly [string, Model, (replies: ProviderReplies) => ProviderHandlers])[] = [
  [
    'openai',
    openai('gpt-6-luna', { apiKey, retry: { baseDelayMs: 0 } }),
    (replies) => providerHandlers.openai({ replies }),
  ],
  [
    'openai, by chat completions',
    openai('gpt-4.1', { apiKey, api: 'chat', retry: { baseDelayMs: 0 } }),
    (replies) => providerHandlers.openai({ replies }),
  ],
  [
    'anthropic',
    anthropic('claude-sonnet-5', { apiKey, retry: { baseDelayMs: 0 } }),
    (replies) => providerHandlers.anthropic({ replies }),
  ],
  [
    'a compatible server',
    openaiCompatible('m', { baseUrl, retry: { baseDelayMs: 0 } }),
    (replies) => providerHandlers.openaiCompatible({ replies, baseUrl }),
  ],
];

describe.each(fakes)('%s', (_, model, handlersFor) => {
  const messages = [{ role: 'user' as const, content: 'The capital of France?' }];

  it('is answered by the adapter over a fake wire', async () => {
    const handlers = handlersFor([{ error: 'overloaded' }, 'Paris 🗼']);
    server.use(...handlers);
    const result = await model.generate({ messages });
    expect(result.candidates.map(textOf)).toEqual(['Paris 🗼']);
    expect(handlers.calls.map(({ request }) => request.messages.at(-1)?.content)).toMatchObject(
      handlers.calls.map(() => expect.anything()),
    );
    expect(handlers.calls).toHaveLength(2);
    expect(JSON.stringify(handlers.calls)).not.toContain(apiKey);
    handlers.assertDone();
  });

  it('is cut where the script says', async () => {
    const handlers = handlersFor([{ text: 'Paris it is', breaks: { after: 'content', by: 'cut' } }]);
    server.use(...handlers);
    await expect(model.generate({ messages })).rejects.toMatchObject({ code: 'stream-truncated' });
  });

  it('fails clearly on a call that the script does not have', async () => {
    const handlers = handlersFor([]);
    server.use(...handlers);
    await expect(model.generate({ messages })).rejects.toThrow('asked for reply 1 of a script of 0');
    expect(() => handlers.assertDone()).toThrow('asked for reply 1 of a script of 0');
  });
});

describe('the official SDKs', () => {
  it('are answered just as well, streamed and not', async () => {
    server.use(
      ...providerHandlers.openai({ replies: ['Paris', 'Rome'] }),
      ...providerHandlers.anthropic({ replies: ['Oslo'] }),
    );
    const sdk = new OpenAI({ apiKey });
    expect((await sdk.responses.create({ model: 'm', input: 'x' })).output_text).toBe('Paris');
    const messages = [{ role: 'user' as const, content: 'x' }];
    expect((await sdk.chat.completions.create({ model: 'm', messages })).choices[0]?.message.content).toBe('Rome');
    const message = new Anthropic({ apiKey }).messages.stream({ model: 'm', max_tokens: 9, messages });
    expect(await message.finalText()).toBe('Oslo');
  });
});

describe('the library', () => {
  it('is the one that a test imports', () => {
    expect(loadMsw('A test').http).toBe(msw.http);
  });

  it('is not loaded before the first handlers, and then at once, in plain Node', () => {
    const told = printed(`
      const loaded = [];
      registerHooks({ resolve: (name, context, next) => (loaded.push(name), next(name, context)) });
      const { providerHandlers } = await import(entry);
      const before = loaded.includes('msw');
      const handlers = providerHandlers.anthropic({ replies: ['Oslo'] });
      const { setupServer } = await import('msw/node');
      const server = setupServer(...handlers);
      server.listen();
      const body = JSON.stringify({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'x' }] });
      const response = await fetch('https://api.anthropic.com/v1/messages', { method: 'POST', body });
      const { content } = await response.json();
      console.log(JSON.stringify({ before, after: loaded.includes('msw'), text: content[0].text }));
    `);
    expect(told).toEqual({ before: false, after: true, text: 'Oslo' });
  });

  it('that is missing is named, with the way to install it', () => {
    const told = printed(`
      registerHooks({
        resolve: (name, context, next) => {
          if (name === 'msw') throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
          return next(name, context);
        },
      });
      const { providerHandlers } = await import(entry);
      try {
        providerHandlers.openai({ replies: [] });
      } catch ({ code, message }) {
        console.log(JSON.stringify({ code, message }));
      }
    `);
    const message = 'providerHandlers needs the package "msw". Install it: npm install msw';
    expect(told).toEqual({ code: 'missing-library', message });
  });
});

/** What a program of its own prints. */
function printed(program: string): unknown {
  const entry = new URL('../index.ts', import.meta.url).href;
  const done = spawnSync(process.execPath, ['--conditions=@tollgate/source', '--input-type=module', '-'], {
    input: `import { registerHooks } from 'node:module';\nconst entry = ${JSON.stringify(entry)};\n${program}`,
    encoding: 'utf8',
    cwd: import.meta.dirname,
  });
  expect(done.stderr.replaceAll(/^.*(?:ExperimentalWarning|--trace-warnings).*\n/gm, '')).toBe('');
  return JSON.parse(done.stdout);
}
