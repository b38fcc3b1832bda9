import type { Sandbox } from '@tollgate/verifier';
import { bubblewrapSandbox, pyodideSandbox, quickjsSandbox } from '@tollgate/verifier/sandbox';

/** A sandbox and what is run in it. */
export interface Tier {
  readonly name: string;
  readonly make: (options: { readonly concurrency: number }) => Sandbox;
  /** Adds two numbers. */
  readonly source: string;
  readonly tests: readonly string[];
}

const python = {
  source: 'def add(a, b):\n    return a + b\n',
  tests: ['assert add(1, 2) == 3', 'assert add(0, 0) == 0', 'assert add(-1, 1) == 0'],
};

export const tiers: readonly Tier[] = [
  {
    name: 'quickjs',
    make: quickjsSandbox,
    source: 'export const add = (a: number, b: number): number => a + b;\n',
    tests: ['assert.equal(add(1, 2), 3);', 'assert.equal(add(0, 0), 0);', 'assert.equal(add(-1, 1), 0);'],
  },
  { name: 'pyodide', make: pyodideSandbox, ...python },
  { name: 'bubblewrap', make: bubblewrapSandbox, ...python },
];
