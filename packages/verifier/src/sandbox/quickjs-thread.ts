/** The thread in which JavaScript runs in QuickJS, as WebAssembly. Its messages are jobs, its answers events. */
import { parentPort } from 'node:worker_threads';
import { newQuickJSWASMModuleFromVariant, newVariant, RELEASE_SYNC } from 'quickjs-emscripten';
import { MemoryImage } from './memory-image.ts';
import { ScriptRuntime } from './quickjs-runtime.ts';
import { webAssembly } from './web-assembly.ts';
import type { Job, JobEnd, JobEvent } from './worker-protocol.ts';

/** Memory cannot be made smaller again: past this, a new thread is cheaper. */
const maxKeptBytes = 2 ** 26;
const flushCharacters = 8192;
/** Of the stack inside of WebAssembly. It must end before the thread's own does. */
const stackBytes = 2 ** 22;

const pageBytes = 65_536;

const wasmMemory = new webAssembly.Memory({ initial: 256, maximum: 32_768 });
const grow = wasmMemory.grow.bind(wasmMemory);
let memoryBytes = Number.POSITIVE_INFINITY;
/** The program wanted more memory than it may have. */
let isShort = false;
// QuickJS's own limit counts no sizes in this build.
wasmMemory.grow = (pages) => {
  isShort = wasmMemory.buffer.byteLength + pages * pageBytes > memoryBytes;
  if (isShort) throw new RangeError('out of memory');
  return grow(pages);
};
const memory = (): Uint8Array => new Uint8Array(wasmMemory.buffer);
const quickjs = await newQuickJSWASMModuleFromVariant(newVariant(RELEASE_SYNC, { wasmMemory }));
const context = quickjs.newContext();
context.runtime.setMaxStackSize(stackBytes);
let outputLeft = 0;
let printed = '';
const script = new ScriptRuntime(context, print);
const image = new MemoryImage(memory());

parentPort?.on('message', (job: Job) => {
  const end = perform(job);
  flush();
  say(end);
  if (end.spent) process.exit();
  image.restore(memory());
});
say({ ready: true });

function perform({ source, tests = [], keepGoing, compileOnly, memoryBytes: most, outputBytes }: Job): JobEnd {
  outputLeft = outputBytes;
  memoryBytes = most;
  isShort = false;
  let first: string | undefined;
  try {
    first = script.run(source, { compileOnly });
    if (first === undefined && !compileOnly) {
      for (const test of tests) {
        const error = script.test(test);
        say(error === undefined ? { passed: true } : { passed: false, error });
        first ??= error;
        if (error !== undefined && !keepGoing) break;
      }
    }
  } catch (error) {
    // The stack of WebAssembly ran out, or QuickJS gave up.
    return {
      status: 'crashed',
      error: `Crash: ${error instanceof Error ? error.message : String(error)}`,
      spent: true,
    };
  }
  const spent = memory().length > maxKeptBytes;
  if (first === undefined) return { status: 'ok', spent };
  return isShort
    ? { status: 'memory', error: 'InternalError: out of memory', spent }
    : { status: 'failed', error: first, spent };
}

function print(text: string): void {
  const bytes = Buffer.byteLength(text);
  printed += bytes <= outputLeft ? text : Buffer.from(text).subarray(0, outputLeft).toString();
  outputLeft -= bytes;
  if (outputLeft >= 0 && printed.length < flushCharacters) return;
  flush();
  if (outputLeft >= 0) return;
  say({ status: 'output', error: 'Output: it printed more than it may', spent: true });
  process.exit();
}

function flush(): void {
  if (printed !== '') say({ output: printed });
  printed = '';
}

function say(event: JobEvent | { readonly ready: true }): void {
  parentPort?.postMessage(event);
}
