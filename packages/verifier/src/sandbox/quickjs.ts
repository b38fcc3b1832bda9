import { Worker } from 'node:worker_threads';
import { TollgateError } from '@tollgate/sdk';
import { besideThis } from './beside-this.ts';
import { resolveLibrary } from './resolve-library.ts';
import type { Sandbox } from './sandbox.ts';
import { type SandboxOptions, SandboxPool } from './sandbox-pool.ts';
import type { Job, JobEvent, SandboxWorker } from './worker-protocol.ts';

/**
 * Runs JavaScript (ES2023, in QuickJS as WebAssembly, of the package `quickjs-emscripten`) in threads of this process. A program
 * has the language and nothing else: no files, no network, no `process`.
 *
 * TypeScript runs too where its types can be erased (no enums, namespaces or parameter properties); needs Node 22.13. There are
 * `console`, `assert` and `require('assert')` as in Node, `module.exports`, and timers, for which time passes at once. A test is
 * the body of an async function; what a module exports, tests see by name.
 *
 * @throws InvalidOptionError for an option that cannot be meant.
 *
 * @example
 * await using sandbox = quickjsSandbox();
 * const { status } = await sandbox.run({
 *   source: 'export const add = (a: number, b: number): number => a + b;',
 *   tests: ['assert.equal(add(2, 2), 4);'],
 * }); // 'ok'
 */
export function quickjsSandbox(options: SandboxOptions = {}): Sandbox {
  return new SandboxPool({ name: 'quickjs', language: 'javascript', keepsCpu: false, prepare }, options);
}

async function prepare(): Promise<() => SandboxWorker> {
  resolveLibrary('quickjs-emscripten', 'quickjsSandbox');
  return () => new ThreadWorker();
}

/** A worker that is a thread: jobs and events are messages. */
class ThreadWorker implements SandboxWorker {
  readonly ready: Promise<void>;
  readonly gone: Promise<void>;
  readonly #thread = new Worker(besideThis('quickjs-thread'), {
    env: {},
    argv: [],
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdout: true,
    stderr: true,
    resourceLimits: { stackSizeMb: 64 },
  });
  #tell: ((event: JobEvent) => void) | undefined;

  constructor() {
    const started = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    this.ready = started.promise;
    this.gone = gone.promise;
    let failure: unknown;
    this.#thread.on('message', (event: JobEvent | { readonly ready: true }) => {
      if ('ready' in event) started.resolve();
      else this.#tell?.(event);
    });
    this.#thread.on('error', (error) => {
      failure = error;
    });
    this.#thread.on('exit', () => {
      started.reject(
        new TollgateError('sandbox-unavailable', 'quickjsSandbox could not start a thread.', { cause: failure }),
      );
      gone.resolve();
      this.#tell?.({ status: 'crashed', error: 'Crash: the thread ended', spent: true });
    });
  }

  run(job: Job, tell: (event: JobEvent) => void): void {
    this.#tell = tell;
    this.#thread.postMessage(job);
  }

  kill(): void {
    void this.#thread.terminate();
  }

  hold(busy: boolean): void {
    if (busy) this.#thread.ref();
    else this.#thread.unref();
  }
}
