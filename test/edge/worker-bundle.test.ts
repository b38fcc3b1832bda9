import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { repositoryRoot } from '../support/repository-root.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import type * as Entry from './worker-entry.ts';

const source = '@tollgate/source';
const event = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;
const chat = event({ choices: [{ index: 0, delta: { content: '97' }, finish_reason: 'stop' }] });
const ask = { messages: [{ role: 'user' as const, content: 'Name a prime.' }] };

const folder = temporaryFolder('edge');
let imports: readonly string[];
let worker: typeof Entry;

async function bundle(conditionNames: readonly string[], file: string): Promise<readonly string[]> {
  const build = await rolldown({
    input: join(repositoryRoot, 'test/edge/worker-entry.ts'),
    external: [/^node:/, 'openai', '@anthropic-ai/sdk'],
    resolve: { conditionNames: [...conditionNames, 'import', 'default'] },
    platform: 'neutral',
    logLevel: 'silent',
  });
  const { output } = await build.write({ file, format: 'esm', codeSplitting: false });
  await build.close();
  return output.flatMap((chunk) => (chunk.type === 'chunk' ? [...chunk.imports, ...chunk.dynamicImports] : []));
}

beforeAll(async () => {
  const file = join(folder, 'worker.mjs');
  imports = await bundle([source, 'workerd', 'worker', 'browser'], file);
  worker = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as typeof Entry;
}, 60_000);

describe('a bundle for a worker', () => {
  it('imports nothing of Node', () => {
    expect(imports.filter((name) => name.startsWith('node:'))).toEqual([]);
    expect(readFileSync(join(folder, 'worker.mjs'), 'utf8')).not.toMatch(
      /from\s*["']node:(?:http|https|zlib|stream)["']/,
    );
  });

  it('asks by the global fetch of the moment, and by the one that it is given', async () => {
    const answer = async () => new Response(chat, { headers: { 'content-type': 'text/event-stream' } });
    const global = vi.fn<typeof fetch>(answer);
    const given = vi.fn<typeof fetch>(answer);
    const options = { baseUrl: 'https://api.test/v1', apiKey: 'sk-for-nobody', retry: false as const };
    const model = worker.openaiCompatible('m', options);
    vi.stubGlobal('fetch', global);
    const text = async (result: ReturnType<typeof model.generate>) => (await result).candidates[0]?.content;
    expect(await text(model.generate(ask))).toEqual([{ type: 'text', text: '97' }]);
    expect(await text(worker.openai('gpt-4.1', { ...options, api: 'chat' }).generate(ask))).toHaveLength(1);
    expect(global.mock.calls.map(([address]) => address)).toEqual(
      Array(2).fill('https://api.test/v1/chat/completions'),
    );
    expect(await text(worker.openaiCompatible('m', { ...options, fetch: given }).generate(ask))).toHaveLength(1);
    expect(given).toHaveBeenCalledOnce();
    expect(global).toHaveBeenCalledTimes(2);
  });
});

it('for Node has the transport over node:http', async () => {
  expect(await bundle([source, 'node'], join(folder, 'node.mjs'))).toContain('node:http');
});
