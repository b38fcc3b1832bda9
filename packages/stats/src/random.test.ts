import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, type Random, type RandomState, restoreRandom } from './random.ts';

const seeds = fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }));
const draw = (random: Random, count: number): number[] => Array.from({ length: count }, () => random.next());

describe('next', () => {
  // Computed by a separate implementation in Python integers.
  it.each([
    [createRandom(1), [0.43418221524925116, 0.3479510259969214, 0.03768046301149863]],
    [createRandom('1'), [0.4126671966642601, 0.7240075119976852, 0.5526320000570748]],
    [createRandom('run-7').fork('task-12').fork('smäll'), [0.8816502238250432, 0.5750630797319874, 0.2063195511443202]],
  ])('gives the pinned sequence (case %#)', (random, expected) => {
    expect(draw(random, 3)).toEqual(expected);
  });

  it('stays in [0, 1) and repeats for the same seed', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const values = draw(createRandom(seed), 20);
        expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
        expect(draw(createRandom(seed), 20)).toEqual(values);
      }),
    );
  });

  it('is uniform', () => {
    const bins = Array.from({ length: 100 }, () => 0);
    const random = createRandom('uniform');
    for (const value of draw(random, 100_000)) bins[Math.floor(value * 100)]! += 1;
    const chiSquare = bins.reduce((total, count) => total + (count - 1000) ** 2 / 1000, 0);
    // 99 degrees of freedom: mean 99, standard deviation 14.
    expect(chiSquare).toBeGreaterThan(50);
    expect(chiSquare).toBeLessThan(160);
  });

  it.each([NaN, Infinity, -Infinity])('rejects the seed %d', (seed) => {
    expect(() => createRandom(seed)).toThrow(new RangeError(`seed must be a finite number or text, received ${seed}.`));
  });
});

describe('int', () => {
  it('reaches every whole number below n and no other', () => {
    const random = createRandom(3);
    const seen = new Set(Array.from({ length: 500 }, () => random.int(7)));
    expect(seen).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]));
  });

  it('accepts the ends of its range', () => {
    expect(createRandom(1).int(1)).toBe(0);
    expect(createRandom(1).int(2 ** 32)).toBe(Math.floor(0.43418221524925116 * 2 ** 32));
  });

  it.each([0, -1, 1.5, NaN, 2 ** 32 + 1])('rejects n = %d', (n) => {
    expect(() => createRandom(1).int(n)).toThrow(`n must be a whole number in [1, 2^32], received ${n}.`);
  });
});

describe('normal', () => {
  it('has mean 0, variance 1 and 5 % beyond 1.96', () => {
    const random = createRandom('normal');
    const values = Array.from({ length: 50_000 }, () => random.normal());
    const mean = values.reduce((total, value) => total + value, 0) / values.length;
    const variance = values.reduce((total, value) => total + value * value, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(Math.abs(variance - 1)).toBeLessThan(0.03);
    expect(values.filter((value) => Math.abs(value) > 1.96).length / values.length).toBeCloseTo(0.05, 2);
  });
});

describe('fork', () => {
  it('does not depend on how much the parent has drawn', () => {
    fc.assert(
      fc.property(seeds, fc.string(), fc.nat(50), (seed, label, drawn) => {
        const parent = createRandom(seed);
        const before = draw(parent.fork(label), 5);
        draw(parent, drawn);
        expect(draw(parent.fork(label), 5)).toEqual(before);
      }),
    );
  });

  it('leaves the parent where it was', () => {
    const parent = createRandom(5);
    parent.fork('a').next();
    expect(parent.next()).toBe(createRandom(5).next());
  });

  it('differs by label, by path and from its parent', () => {
    const root = createRandom(5);
    const sources = [root, root.fork(''), root.fork('').fork(''), root.fork('a'), root.fork('b'), root.fork('ab')];
    sources.push(root.fork('a').fork('b'), root.fork('b').fork('a'), createRandom(6).fork('a'));
    const firsts = sources.map((source) => source.next());
    expect(new Set(firsts).size).toBe(sources.length);
  });

  it('gives uncorrelated sources for neighbouring labels', () => {
    const root = createRandom('correlation');
    let product = 0;
    for (let i = 0; i < 10_000; i += 1) {
      product += (root.fork(`task-${i}`).next() - 0.5) * (root.fork(`task-${i + 1}`).next() - 0.5);
    }
    // Independent uniforms: standard deviation of the correlation is 1 / √10000.
    expect(Math.abs((product / 10_000) * 12)).toBeLessThan(0.04);
  });
});

describe('shuffle', () => {
  it('returns a permutation and leaves the input alone', () => {
    fc.assert(
      fc.property(seeds, fc.array(fc.integer()), (seed, array) => {
        const original = [...array];
        const shuffled = createRandom(seed).shuffle(array);
        expect(array).toEqual(original);
        expect([...shuffled].sort((a, b) => a - b)).toEqual([...original].sort((a, b) => a - b));
      }),
    );
  });

  it('makes all six orders of three equally likely', () => {
    const random = createRandom('orders');
    const seen = new Map<string, number>();
    for (let i = 0; i < 6000; i += 1) {
      const order = random.shuffle(['a', 'b', 'c']).join('');
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect(seen.size).toBe(6);
    for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });
});

describe('state', () => {
  it('continues the sequence and its forks after a trip through JSON', () => {
    fc.assert(
      fc.property(seeds, fc.nat(50), (seed, drawn) => {
        const random = createRandom(seed).fork('part');
        draw(random, drawn);
        const restored = restoreRandom(JSON.parse(JSON.stringify(random.state)) as RandomState);
        expect(restored.fork('x').next()).toBe(random.fork('x').next());
        expect(draw(restored, 5)).toEqual(draw(random, 5));
      }),
    );
  });

  it('is a snapshot', () => {
    const random = createRandom(1);
    const { state } = random;
    const next = random.next();
    expect(restoreRandom(state).next()).toBe(next);
    expect(restoreRandom(state).next()).toBe(next);
  });

  it.each([[[1, 2, 3]], [[1, 2, 3, 0.5]], [[1, 2, 3, 2 ** 31]], [[1, 2, 3, null]], ['1234'], [undefined]])(
    'rejects the words %j',
    (words) => {
      const state = { key: [1, 2, 3, 4], words } as RandomState;
      expect(() => restoreRandom(state)).toThrow(/^state\.words must be a list of four signed 32-bit integers/);
    },
  );
});
