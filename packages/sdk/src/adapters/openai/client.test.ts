import { expect, it, vi } from 'vitest';
import { openai } from './openai.ts';

vi.mock('openai', () => {
  throw new Error("Cannot find package 'openai'");
});

it('needs the SDK when it is first asked, and says which package to install', async () => {
  const model = openai('gpt-6-luna', { apiKey: 'sk-not-for-anybody' });
  expect(model.capabilitiesFor().tools).toBe(true);
  await expect(model.generate({ messages: [{ role: 'user', content: 'Name a prime.' }] })).rejects.toMatchObject({
    code: 'missing-library',
    library: 'openai',
    charges: [],
    message: 'The OpenAI adapter needs the package "openai". Install it: npm install openai',
  });
});
