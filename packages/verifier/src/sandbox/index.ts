export { type BubblewrapOptions, bubblewrapSandbox } from './bubblewrap.ts';
export { pyodideSandbox } from './pyodide.ts';
export { quickjsSandbox } from './quickjs.ts';
export type { SandboxOptions } from './sandbox-pool.ts';
