import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { perToken } from '@tollgate/budget';
import type { GenerateRequest, Model } from '@tollgate/sdk';
import { openCassette } from '@tollgate/sdk/cassettes';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answeringModel, microPrice } from './__fixtures__/answering-model.ts';
import { livePool, replayPool } from './model-pool.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-pool-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const request: GenerateRequest = { messages: [{ role: 'user', content: 'What?' }] };

async function textFrom(model: Model | undefined): Promise<unknown> {
  return (await model?.generate(request))?.candidates.map(({ content }) => content[0]);
}

/** Says how often it was asked. */
function counting(modelId: string): ReturnType<typeof answeringModel> {
  let asked = 0;
  return answeringModel(modelId, () => String((asked += 1)));
}

const double = perToken({ inputUsdPerMillion: 2, outputUsdPerMillion: 2 });

describe('livePool', () => {
  it('loads a model when it is first opened, once, and closes what it loaded', async () => {
    const made: string[] = [];
    const closed: string[] = [];
    const factory = (name: string) => (): Model => {
      made.push(name);
      const model = counting(`${name}-1`);
      return Object.assign(model, {
        close: async () => {
          closed.push(name);
        },
      });
    };
    const pool = livePool({ models: { a: factory('a'), b: factory('b') }, prices: { a: double } });
    expect([pool.names, pool.known(), made]).toEqual([['a', 'b'], [], []]);
    const [first, second] = await Promise.all([pool.open(['a']), pool.open(['a'])]);
    expect(first['a']).toBe(second['a']);
    expect(made).toEqual(['a']);
    expect(pool.known()).toEqual([{ name: 'a', provider: 'test', modelId: 'a-1', price: double.declaration }]);
    await pool.close();
    expect(closed).toEqual(['a']);
  });

  it('refuses a name that is not configured, and gives on what a factory throws', async () => {
    const broken = (): Model => {
      throw new Error('no weights');
    };
    const pool = livePool({ models: { broken } });
    await expect(pool.open(['other'])).rejects.toThrow('The configuration names no model "other".');
    await expect(pool.open(['broken'])).rejects.toThrow('no weights');
    expect(pool.known()).toEqual([]);
  });

  it('records: what one strategy was answered the next one is not asked again', async () => {
    const cassette = await openCassette(join(folder, 'tape.jsonl'), { mode: 'record' });
    const model = counting('a-1');
    const pool = livePool({ models: { a: () => model } }, cassette);
    const first = await pool.open(['a']);
    expect(await textFrom(first['a'])).toEqual([{ type: 'text', text: '1' }]);
    expect(await textFrom(first['a'])).toEqual([{ type: 'text', text: '2' }]);
    expect(await textFrom((await pool.open(['a']))['a'])).toEqual([{ type: 'text', text: '1' }]);
    expect(model.requests).toHaveLength(2);
    await cassette.close();
  });
});

describe('replayPool', () => {
  it('gives every strategy the same answers from the start, at the recorded price or another', async () => {
    const path = join(folder, 'tape.jsonl');
    const recording = await openCassette(path, { mode: 'record' });
    await recording.record('a', counting('a-1')).generate({ ...request, samples: 2 });
    await recording.close();
    const cassette = await openCassette(path, { mode: 'replay' });
    const pool = replayPool(cassette);
    expect(pool.names).toEqual(['a']);
    expect(pool.known()).toEqual([{ name: 'a', provider: 'test', modelId: 'a-1', price: microPrice.declaration }]);
    for (let strategy = 0; strategy < 2; strategy += 1) {
      const { a } = await pool.open(['a']);
      expect(await textFrom(a)).toEqual([{ type: 'text', text: '1' }]);
      const result = await a?.generate(request);
      expect(result?.charges[0]?.cost?.usd).toBe(0.000015);
      await expect(a?.generate(request)).rejects.toMatchObject({ code: 'exhausted' });
    }
    const dearer = replayPool(cassette, { a: double });
    expect(dearer.known()[0]?.price).toEqual(double.declaration);
    expect((await (await dearer.open(['a']))['a']?.generate(request))?.charges[0]?.cost?.usd).toBe(0.00003);
    await expect(pool.open(['b'])).rejects.toMatchObject({
      code: 'cassette-miss',
      message: 'The recording has no model "b". It has a.',
    });
    await pool.close();
  });
});
