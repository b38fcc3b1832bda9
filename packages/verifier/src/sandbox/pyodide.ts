import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { besideThis } from './beside-this.ts';
import { ChildWorker } from './child-worker.ts';
import { isolationPrefix } from './isolation.ts';
import { resolveLibrary } from './resolve-library.ts';
import type { Sandbox } from './sandbox.ts';
import { type SandboxOptions, SandboxPool } from './sandbox-pool.ts';
import type { SandboxWorker } from './worker-protocol.ts';

/** File descriptor on which the memory of a started interpreter goes from process to process. */
const imageFd = 3;

/**
 * Runs Python (CPython as WebAssembly, of the package `pyodide`) in processes that are locked twice: the interpreter has no way
 * to JavaScript, and Node may read its own files and nothing else. Where `bwrap` or `unshare` works, the processes have no
 * network and see no other process either.
 *
 * The standard library is there, without threads, processes, sockets and `asyncio.run`; no other package is. The first start
 * takes some seconds, later ones a part of one, a program some milliseconds. Hashes and `random` are the same in every run.
 *
 * @throws InvalidOptionError for an option that cannot be meant.
 *
 * @example
 * await using sandbox = pyodideSandbox({ limits: { wallMs: 5000 } });
 * const { status, output } = await sandbox.run({ source: 'print(sum(range(10)))' }); // 'ok', '45\n'
 */
export function pyodideSandbox(options: SandboxOptions = {}): Sandbox {
  return new SandboxPool({ name: 'pyodide', language: 'python', keepsCpu: false, prepare }, options);
}

async function prepare(): Promise<() => SandboxWorker> {
  const folder = await realpath(dirname(resolveLibrary('pyodide', 'pyodideSandbox')));
  const program = besideThis('pyodide-process');
  const readable = [folder, dirname(program)];
  const flags = ['--permission', '--disallow-code-generation-from-strings', '--disable-warning=ExperimentalWarning'];
  const node = [process.execPath, ...flags, ...readable.map((path) => `--allow-fs-read=${path}`), program, folder];
  const [command = '', ...args] = [...(await isolationPrefix([...readable, process.execPath])), ...node];
  let image: Promise<Buffer> | undefined;
  return () => {
    const worker = new ChildWorker({
      name: 'pyodideSandbox',
      command,
      args,
      eventsFd: 1,
      nonce: '',
      pipes: [imageFd],
      died: (code) => ({ status: 'crashed', error: `Crash: the interpreter ended with code ${code}` }),
    });
    const stream = worker.stream(imageFd);
    if (image === undefined) {
      stream.end();
      const whole = buffer(stream);
      // It breaks off where the worker does not start.
      whole.catch(() => undefined);
      image = worker.ready.then(() => whole);
      // The next worker starts an interpreter of its own.
      image.catch(() => {
        image = undefined;
      });
    } else {
      image.then(
        (bytes) => stream.end(bytes),
        () => stream.end(),
      );
    }
    return worker;
  };
}
