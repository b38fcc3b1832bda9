/**
 * The process in which Python runs as WebAssembly. It reads jobs from its standard input, a JSON object on a line, and writes
 * events to its standard output. On file descriptor 3 comes the memory of an interpreter that was started before; where nothing
 * comes, it starts one, and writes its memory there.
 *
 * Arguments: the folder of Pyodide.
 */
import { closeSync, constants, readFileSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gateImports } from './gated-imports.ts';
import { MemoryImage } from './memory-image.ts';
import { preloaded } from './preloaded.ts';
import { type PythonError, type PythonModule, PythonRuntime } from './python-runtime.ts';
import { sealFiles } from './sealed-files.ts';
import { webAssembly } from './web-assembly.ts';
import type { Job, JobEnd, JobEvent } from './worker-protocol.ts';

type PythonFactory = (settings: object) => Promise<PythonModule>;

/** Memory cannot be made smaller again: past this, a new process is cheaper. */
const maxKeptBytes = 2 ** 27;
const flushBytes = 8192;

const folder = process.argv[2] ?? '';
/** Of the job that is running. */
let memoryBytes = Number.POSITIVE_INFINITY;
let outputLeft = 0;
let printed: number[] = [];
let decoder = new TextDecoder();

const python = new PythonRuntime(await createModule());
const given = readWhole(3);
if (given.length === 0) startPython();
else adopt(given);
const files = sealFiles(python.module.FS);
const image = new MemoryImage(python.module.HEAPU8);
if (given.length === 0) writeWhole(3, python.module.HEAPU8);
closeSync(3);
say({ ready: true });
for (const line of linesOf(0)) {
  const end = perform(JSON.parse(line) as Job);
  say(end);
  if (end.spent) process.exit();
  image.restore(python.module.HEAPU8);
}

async function createModule(): Promise<PythonModule> {
  // Emscripten asks for the constants of the file system by a way that a locked process does not have.
  Object.assign(process, { binding: () => ({ fs: constants }) });
  const { default: create } = (await import(pathToFileURL(join(folder, 'pyodide.asm.mjs')).href)) as {
    readonly default: PythonFactory;
  };
  const compiled = await webAssembly.compile(readFileSync(join(folder, 'pyodide.asm.wasm')));
  return create({
    noInitialRun: true,
    API: { config: {}, runtimeEnv: { IN_NODE: true, IN_NODE_ESM: true } },
    stdin: () => null,
    stdout: print,
    stderr: print,
    preRun: [prepareFiles],
    locateFile: (name: string) => join(folder, name),
    instantiateWasm: (imports: Record<string, Record<string, unknown>>, done: (...made: unknown[]) => void) => {
      const { env = {} } = imports;
      Object.assign(env, { Jsv_GetError_import: () => 0, JsvError_Check: () => 0 });
      gateImports(env, { memoryBytes: () => memoryBytes, refuse });
      done(new webAssembly.Instance(compiled, imports), compiled);
      return {};
    },
  });
}

function prepareFiles({ FS, ENV }: PythonModule): void {
  FS.mkdirTree('/lib/python3.14/lib-dynload');
  FS.writeFile('/lib/python314.zip', readFileSync(join(folder, 'python_stdlib.zip')));
  FS.chdir('/tmp');
  Object.assign(ENV, {
    _: 'python',
    HOME: '/tmp',
    PYTHONHOME: '/',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONHASHSEED: '0',
    PYTHONUNBUFFERED: '1',
    PYTHON_COLORS: '0',
  });
}

function startPython(): void {
  python.module._Py_InitializeEx(0);
  const error = python.run(preloaded, 'preloaded.py', python.namespace('preloaded'));
  if (error !== undefined) throw new Error(error.text);
}

/** Takes over the memory of another process of the same build. */
function adopt(memory: Uint8Array): void {
  if (memory.length !== python.module.HEAPU8.length) throw new Error('The memory given is not of this build.');
  python.module.HEAPU8.set(memory);
}

function perform({ source, tests, keepGoing, compileOnly, memoryBytes: memory, outputBytes }: Job): JobEnd {
  memoryBytes = memory;
  outputLeft = outputBytes;
  decoder = new TextDecoder();
  // Files lie outside of the interpreter's memory.
  files.allow(memory / 4);
  let first: PythonError | undefined;
  try {
    const namespace = compileOnly ? undefined : python.namespace(tests === undefined ? '__main__' : 'candidate');
    first = python.run(source, 'candidate.py', namespace);
    if (first === undefined && namespace !== undefined) {
      for (const test of tests ?? []) {
        const error = python.run(test, 'test.py', namespace);
        flush();
        say(error === undefined ? { passed: true } : { passed: false, error: error.text });
        first ??= error;
        if (error !== undefined && !keepGoing) break;
      }
    }
    files.reset();
  } catch (error) {
    // The stack of WebAssembly ran out, the interpreter gave up, or it left files that cannot be cleared away.
    flush();
    return {
      status: 'crashed',
      error: `Crash: ${error instanceof Error ? error.message : String(error)}`,
      spent: true,
    };
  }
  flush();
  const spent = python.module.HEAPU8.length > maxKeptBytes;
  if (first === undefined) return { status: 'ok', spent };
  return { status: first.kind === 'MemoryError' ? 'memory' : 'failed', error: first.text, spent };
}

/** Ends the job, and this process with it: nothing of the program may go on. */
function endWith(end: Omit<JobEnd, 'spent'>): never {
  flush();
  say({ ...end, spent: true });
  process.exit();
}

/** The program reached for what is not there for it. */
function refuse(name: string): never {
  const ended = name === 'proc_exit' || name === 'exit';
  return endWith(
    ended
      ? { status: 'failed', error: 'Exit: the program ended its process' }
      : { status: 'crashed', error: `Crash: the program reached for ${name}` },
  );
}

function print(byte: number | null): void {
  if (byte === null) return;
  if (outputLeft === 0) endWith({ status: 'output', error: 'Output: it printed more than it may' });
  outputLeft -= 1;
  printed.push(byte & 255);
  if (printed.length >= flushBytes) flush();
}

function flush(): void {
  if (printed.length > 0) say({ output: decoder.decode(Uint8Array.from(printed), { stream: true }) });
  printed = [];
}

function say(event: JobEvent | { readonly ready: true }): void {
  writeWhole(1, Buffer.from(`${JSON.stringify(event)}\n`));
}

function writeWhole(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

function readWhole(fd: number): Uint8Array {
  const parts: Buffer[] = [];
  const part = Buffer.alloc(2 ** 20);
  for (let read = readSync(fd, part); read > 0; read = readSync(fd, part))
    parts.push(Buffer.from(part.subarray(0, read)));
  return Buffer.concat(parts);
}

function* linesOf(fd: number): Generator<string> {
  const part = Buffer.alloc(65_536);
  let begun = Buffer.alloc(0);
  for (let read = readSync(fd, part); read > 0; read = readSync(fd, part)) {
    begun = Buffer.concat([begun, part.subarray(0, read)]);
    for (let end = begun.indexOf(10); end !== -1; end = begun.indexOf(10)) {
      yield begun.subarray(0, end).toString();
      begun = begun.subarray(end + 1);
    }
  }
}
