import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pyodideSandbox } from './pyodide.ts';
import type { Sandbox } from './sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = pyodideSandbox({ concurrency: 2, limits: { wallMs: 20_000 } });
  await sandbox.run({ source: '' });
}, 120_000);
afterAll(() => sandbox.close());

describe('pyodideSandbox', () => {
  it.each([
    ['the standard library', 'import json, sqlite3, zoneinfo\nprint(json.dumps([1]))', '[1]\n'],
    [
      'coroutines',
      'import asyncio\nasync def f():\n    await asyncio.sleep(0.01)\n    return 1\nprint(asyncio.run(f()))',
      '1\n',
    ],
    ['files of its own', 'open("x", "w").write("y")\nprint(open("/tmp/x").read())', 'y\n'],
    [
      'recursion',
      'import sys\nsys.setrecursionlimit(9000)\ndef f(n):\n    return n and 1 + f(n - 1)\nprint(f(5000))',
      '5000\n',
    ],
    [
      'classes by name',
      'import dataclasses, pickle\n@dataclasses.dataclass\nclass A:\n    x: int\nprint(pickle.loads(pickle.dumps(A(1))))',
      'A(x=1)\n',
    ],
    ['both outputs', 'import sys\nprint(1)\nprint(2, file=sys.stderr)', '1\n2\n'],
  ])('has %s', async (_, source, output) => {
    expect(await sandbox.run({ source })).toMatchObject({ status: 'ok', output });
  });

  it('hashes and draws the same in every run and every process', async () => {
    const source = 'import random\nprint(hash("a"), random.random())';
    const outputs = await Promise.all([1, 2, 3, 4].map(async () => (await sandbox.run({ source })).output));
    expect(new Set(outputs).size).toBe(1);
  });

  it.each([
    ['null bytes', 'x = 1\0', 'SyntaxError: source code cannot contain null bytes'],
    ['an error that cannot be told', 'class E(Exception):\n    def __str__(self):\n        raise E()\nraise E()', 'E'],
    ['input', 'input()', 'EOFError: EOF when reading a line'],
    ['memory', 'x = []\nwhile True:\n    x.append(bytes(10**6))', 'MemoryError'],
  ])('fails by %s', async (_, source, error) => {
    expect(await sandbox.run({ source }, { limits: { memoryBytes: 2 ** 26 } })).toMatchObject({ error });
  });
});
