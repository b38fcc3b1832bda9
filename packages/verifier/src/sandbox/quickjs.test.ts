import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quickjsSandbox } from './quickjs.ts';
import type { Sandbox } from './sandbox.ts';

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = quickjsSandbox({ concurrency: 1, limits: { wallMs: 20_000 } });
});
afterAll(() => sandbox.close());

/** The error of one test after a program. */
async function errorOf(source: string, ...tests: readonly string[]): Promise<string | undefined> {
  return (await sandbox.run({ source, tests })).error;
}

describe('programs', () => {
  it.each([
    ['a script', 'function one() { return 1; }'],
    ['a script in sloppy mode', 'one = () => 1;'],
    ['a class and constants', 'const x = 1; class One { get() { return x; } } const one = () => new One().get();'],
    ['a module', 'export const one = () => 1;'],
    ['a module that waits', 'const x = await Promise.resolve(1); export function one() { return x; }'],
    ['a module with a default', 'export default 3; export { one }; function one() { return 1; }'],
    ['CommonJS', 'const assert = require("assert"); function one() { return 1; } module.exports = { one };'],
    ['TypeScript', 'interface A { x: number }\nfunction one(a?: A): number { return (a as A | undefined)?.x ?? 1; }'],
    ['a module in TypeScript', 'type N = number;\nexport function one<T = N>(): N { return 1 satisfies N; }'],
  ])('may be %s', async (_, source) => {
    expect(await errorOf(source, 'assert.equal(one(), 1)')).toBeUndefined();
  });

  it.each([
    ['enums', 'enum A { B }', 'SyntaxError'],
    ['imports', 'import fs from "node:fs"; export const one = 1;', 'ReferenceError'],
    ['a module that throws', 'export const a = 1; throw new TypeError("no");', 'TypeError: no'],
    ['a module that waits for ever', 'await new Promise(() => {}); export const a = 1;', 'Error: it waits'],
    ['what is no error', 'throw 7;', 'Thrown: 7'],
    ['what cannot be told', 'throw { toString() { throw 1; } };', 'Thrown: '],
    ['an error of its own', 'throw Object.assign(new Error("m"), { name: "Own" });', 'Own: m'],
  ])('fail by %s', async (_, source, error) => {
    expect((await errorOf(source))?.startsWith(error)).toBe(true);
  });

  it('may call themselves twenty thousand times', async () => {
    expect(await errorOf('const f = (n) => (n ? 1 + f(n - 1) : 0);', 'assert.equal(f(20000), 20000)')).toBeUndefined();
  });

  it('find timers for which time passes at once, in order', async () => {
    const source = `setTimeout(() => console.log('b'), 2e9); setTimeout((x) => console.log(x), 10, 'a');
      clearTimeout(setTimeout(() => console.log('never')));`;
    expect(await sandbox.run({ source })).toMatchObject({ status: 'ok', output: 'a\nb\n' });
  });

  it('print values as JSON, and what is none as text', async () => {
    const source =
      'console.log("a", [1, { b: 2 }], undefined, () => 1); console.error(1n); const a = []; a[0] = a; console.log(a);';
    expect(await sandbox.run({ source })).toMatchObject({ output: 'a [1,{"b":2}] undefined () => 1\n1\n[object]\n' });
  });
});

describe('tests', () => {
  it.each([
    ['pass when a promise is kept', 'await Promise.resolve(1);'],
    ['may wait for timers', 'await new Promise((done) => setTimeout(done, 5000));'],
    ['may require assert by its usual name', 'const assert = require("node:assert"); assert(true);'],
    ['may have types', 'const a: number = 1; assert.equal(a, 1);'],
    ['may expect errors', 'assert.throws(() => { throw new Error(); });'],
  ])('%s', async (_, test) => {
    expect(await errorOf('', test)).toBeUndefined();
  });

  it.each([
    ['when a promise is broken', 'await Promise.reject(new Error("late"));', 'Error: late'],
    ['when what they wait for never comes', 'await new Promise(() => {});', 'Error: it waits for what never comes'],
    ['when nothing is thrown that should be', 'assert.throws(() => {}, "none");', 'AssertionError: none'],
    ['with the error they are given', 'assert(0, new RangeError("own"));', 'RangeError: own'],
    ['by hand', 'assert.fail("by hand");', 'AssertionError: by hand'],
  ])('fail %s', async (_, test, error) => {
    expect(await errorOf('', test)).toBe(error);
  });

  it.each([
    ['equal', '1', '1', true],
    ['equal', '"1"', '1', false],
    ['equal', 'NaN', 'NaN', true],
    ['equal', '0', '-0', true],
    ['strictEqual', '0', '-0', false],
    ['notStrictEqual', '0', '-0', true],
    ['notEqual', '1', '1', false],
    ['deepEqual', '[1, { a: [2] }]', '[1, { a: [2] }]', true],
    ['deepEqual', '[1, 2]', '[1]', false],
    ['deepEqual', '[]', '{}', false],
    ['deepEqual', '{ a: undefined }', '{ b: undefined }', false],
    ['deepEqual', '{ a: 1 }', 'Object.assign(Object.create({}), { a: 1 })', true],
    ['deepStrictEqual', '{ a: 1 }', 'Object.assign(Object.create({}), { a: 1 })', false],
    ['deepEqual', 'new Map([[1, { a: 1 }]])', 'new Map([[1, { a: 1 }]])', true],
    ['deepEqual', 'new Set([1])', 'new Set([2])', false],
    ['deepEqual', 'new Set([1])', 'new Map([[1, 1]])', false],
    ['deepEqual', 'new Date(1)', 'new Date(2)', false],
    ['deepEqual', 'null', '{}', false],
    ['notDeepEqual', '[1]', '[2]', true],
    ['notDeepStrictEqual', '[1]', '[1]', false],
  ])('assert.%s(%s, %s) is %s', async (name, actual, expected, passes) => {
    expect((await errorOf('', `assert.${name}(${actual}, ${expected})`)) === undefined).toBe(passes);
  });
});

it('stays the same over many programs of every kind', async () => {
  const programs = [
    'export const one = () => 1;',
    'function (',
    'const one: () => number = () => 1;',
    'throw 1',
    'one = () => 1',
  ];
  for (let round = 0; round < 3; round += 1) {
    const runs = await Promise.all(
      programs.map((source) => sandbox.run({ source, tests: ['assert.equal(one(), 1)', 'await one()'] })),
    );
    expect(runs.map(({ status }) => status)).toEqual(['ok', 'failed', 'ok', 'failed', 'ok']);
  }
});
