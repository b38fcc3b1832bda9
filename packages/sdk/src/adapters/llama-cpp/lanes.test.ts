import fc from 'fast-check';
import type { Token } from 'node-llama-cpp';
import { describe, expect, it } from 'vitest';
import { type Lane, Lanes, type TakenLanes } from './lanes.ts';

/** A sequence without an engine: it holds letters. */
class FakeLane implements Lane {
  text = '';
  readonly name: number;
  needsCheckpoints = false;

  constructor(name: number) {
    this.name = name;
  }

  get nextTokenIndex(): number {
    return this.text.length;
  }

  compareContextTokens(tokens: Token[]): { firstDifferentIndex: number } {
    const wanted = tokens.map((token) => String.fromCharCode(token));
    let shared = 0;
    while (shared < this.text.length && this.text[shared] === wanted[shared]) shared += 1;
    return { firstDifferentIndex: shared };
  }
}

const tokensOf = (text: string): Token[] => text.split('').map((letter) => letter.charCodeAt(0) as Token);
const lanesOf = (count: number): { lanes: Lanes<FakeLane>; all: readonly FakeLane[] } => {
  const all = Array.from({ length: count }, (_, name) => new FakeLane(name));
  return { lanes: new Lanes(all), all };
};

/** Takes lanes, as a call does: they then hold its text. */
async function call(
  lanes: Lanes<FakeLane>,
  text: string,
  { count = 1, sessionKey }: { count?: number; sessionKey?: string } = {},
): Promise<TakenLanes<FakeLane>> {
  const taken = await lanes.take({ count, tokens: tokensOf(text), sessionKey });
  if (taken === undefined) throw new Error('nothing was taken');
  for (const lane of taken.lanes) lane.text = text;
  return taken;
}

const namesOf = (taken: TakenLanes<FakeLane>): readonly number[] => taken.lanes.map(({ name }) => name);

const system = 's'.repeat(100);

describe('which lane a call gets', () => {
  it('is the one of its conversation, whatever others did since', async () => {
    const { lanes } = lanesOf(3);
    const first = await call(lanes, `${system}ada`, { sessionKey: 'ada' });
    first.release();
    for (let i = 0; i < 5; i += 1) (await call(lanes, `${i}`.repeat(200))).release();
    const next = await call(lanes, `${system}ada and more`, { sessionKey: 'ada' });
    expect(namesOf(next)).toEqual(namesOf(first));
    expect(next.copyFrom).toBeUndefined();
  });

  it('is the one it continues, where it names no conversation', async () => {
    const { lanes } = lanesOf(3);
    const first = await call(lanes, 'hello');
    first.release();
    (await call(lanes, 'other')).release();
    expect(namesOf(await call(lanes, 'hello again'))).toEqual(namesOf(first));
  });

  it('is another one, with a copy, where a long conversation only begins the same', async () => {
    const { lanes, all } = lanesOf(2);
    const first = await call(lanes, system + 'a'.repeat(300));
    first.release();
    const second = await call(lanes, `${system}b`);
    expect(namesOf(second)).not.toEqual(namesOf(first));
    expect(second.copyFrom).toEqual({ lane: all[namesOf(first)[0] ?? 0], tokens: system.length });
  });

  it('copies also from a lane in use, and not for the sake of a few tokens', async () => {
    const { lanes } = lanesOf(3);
    const busy = await call(lanes, `${system}a`, { sessionKey: 'a' });
    expect((await call(lanes, `${system}b`, { sessionKey: 'b' })).copyFrom?.lane).toBe(busy.lanes[0]);
    expect((await call(lanes, 'sssss', { sessionKey: 'c' })).copyFrom).toBeUndefined();
  });

  it('copies a memory that cannot be cut only whole', async () => {
    const { lanes, all } = lanesOf(3);
    for (const lane of all) lane.needsCheckpoints = true;
    (await call(lanes, system, { sessionKey: 'a' })).release();
    expect((await call(lanes, `${system}b`, { sessionKey: 'b' })).copyFrom?.tokens).toBe(system.length);
    expect((await call(lanes, `${system}c`, { sessionKey: 'c' })).copyFrom?.tokens).toBe(system.length);
    expect((await call(lanes, `${system.slice(1)}c`, { sessionKey: 'a' })).copyFrom).toBeUndefined();
  });

  it('takes the room of the conversation that was quiet the longest, when there is no other', async () => {
    const { lanes } = lanesOf(2);
    const ada = await call(lanes, 'a'.repeat(50), { sessionKey: 'ada' });
    ada.release();
    const bob = await call(lanes, 'b'.repeat(50), { sessionKey: 'bob' });
    bob.release();
    (await call(lanes, 'a'.repeat(60), { sessionKey: 'ada' })).release();
    const cleo = await call(lanes, 'c'.repeat(50), { sessionKey: 'cleo' });
    expect(namesOf(cleo)).toEqual(namesOf(bob));
    cleo.release();
    expect(namesOf(await call(lanes, 'a'.repeat(70), { sessionKey: 'ada' }))).toEqual(namesOf(ada));
  });

  it('gives two calls of one conversation at the same time lanes of their own', async () => {
    const { lanes } = lanesOf(2);
    const one = await call(lanes, `${system}a`, { sessionKey: 'ada' });
    const two = await call(lanes, `${system}b`, { sessionKey: 'ada' });
    expect(namesOf(one)).not.toEqual(namesOf(two));
    expect(two.copyFrom?.tokens).toBe(system.length);
  });
});

describe('waiting', () => {
  it('is in order: one that needs many is not overtaken', async () => {
    const { lanes } = lanesOf(2);
    const running = await call(lanes, 'a');
    const done: string[] = [];
    const big = call(lanes, 'b', { count: 2 }).then((taken) => {
      done.push('big');
      return taken;
    });
    const small = call(lanes, 'c').then(() => done.push('small'));
    await Promise.resolve();
    expect(done).toEqual([]);
    running.release();
    (await big).release();
    await small;
    expect(done).toEqual(['big', 'small']);
  });

  it('ends with the signal, and holds nobody up', async () => {
    const { lanes } = lanesOf(1);
    const running = await call(lanes, 'a');
    const controller = new AbortController();
    const given = lanes.take({ count: 1, tokens: [], signal: controller.signal });
    const after = call(lanes, 'b');
    controller.abort();
    expect(await given).toBeUndefined();
    running.release();
    (await after).release();
    expect(await lanes.take({ count: 1, tokens: [], signal: controller.signal })).toBeUndefined();
  });

  it('lets work that needs the engine alone have it, and frees it when that fails', async () => {
    const { lanes } = lanesOf(2);
    const running = await call(lanes, 'a');
    let isAlone = false;
    const work = lanes.alone(() => {
      isAlone = true;
      return Promise.reject(new Error('failed'));
    });
    await Promise.resolve();
    expect(isAlone).toBe(false);
    running.release();
    await expect(work).rejects.toThrow('failed');
    expect(isAlone).toBe(true);
    expect(namesOf(await call(lanes, 'b', { count: 2 }))).toHaveLength(2);
  });

  it('never gives a lane to two, never loses one, and serves everybody', async () => {
    const one = fc.record({
      count: fc.integer({ min: 1, max: 3 }),
      text: fc.string({ maxLength: 5, unit: fc.constantFrom('a', 'b') }),
      sessionKey: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
      turns: fc.nat(4),
      aborts: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { maxLength: 20 }), async (calls) => {
        const { lanes } = lanesOf(3);
        const held = new Set<number>();
        const served = await Promise.all(
          calls.map(async ({ count, text, sessionKey, turns, aborts }) => {
            const controller = new AbortController();
            const asked = lanes.take({ count, tokens: tokensOf(text), sessionKey, signal: controller.signal });
            if (aborts) controller.abort();
            const taken = await asked;
            if (taken === undefined) return aborts;
            expect(taken.lanes).toHaveLength(count);
            for (const { name } of taken.lanes) {
              expect(held.has(name)).toBe(false);
              held.add(name);
            }
            for (let i = 0; i < turns; i += 1) await Promise.resolve();
            for (const lane of taken.lanes) {
              lane.text = text;
              held.delete(lane.name);
            }
            taken.release();
            return true;
          }),
        );
        expect(served.every(Boolean)).toBe(true);
        expect(namesOf(await call(lanes, 'end', { count: 3 }))).toHaveLength(3);
      }),
    );
  });
});
