import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { TollgateError } from '@tollgate/sdk';
import type { Job, JobEnd, JobEvent, SandboxWorker } from './worker-protocol.ts';

/** How a worker of a process of its own is started and understood. */
export interface ChildWorkerOptions {
  /** What it is called in messages. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The file descriptor that it tells events on, a JSON object on a line. Its standard output, if another, is what the program prints. */
  readonly eventsFd: 1 | 3;
  /** Every line of an event begins with it; other lines are not from the worker. Sent to it first. */
  readonly nonce: string;
  /** File descriptors past the standard ones. */
  readonly pipes: readonly number[];
  /** What it means that the process ended in the middle of a job. A signal is a code of 128 and its number, as in a shell. */
  readonly died: (code: number, job: Job) => Omit<JobEnd, 'spent'>;
}

/** What a program that found the channel of events can write there before it is ended. */
const maxEventBytes = 2 ** 22;

const maxComplaintCharacters = 1000;

/** A worker that is a process: it reads jobs as lines, and tells events as lines. */
export class ChildWorker implements SandboxWorker {
  readonly ready: Promise<void>;
  readonly gone: Promise<void>;
  readonly #options: ChildWorkerOptions;
  readonly #child: ChildProcess;
  readonly #started = Promise.withResolvers<void>();
  #job: Job | undefined;
  #tell: ((event: JobEvent) => void) | undefined;
  /** Told when the process has ended: what the program printed may still be under way. */
  #end: JobEnd | undefined;
  #outputLeft = 0;

  constructor(options: ChildWorkerOptions) {
    this.#options = options;
    const { command, args, pipes, eventsFd, nonce } = options;
    const fds = Math.max(2, ...pipes) + 1;
    const stdio = Array.from({ length: fds }, (_, fd) =>
      fd < 3 || pipes.includes(fd) ? ('pipe' as const) : ('ignore' as const),
    );
    // The environment is empty, so that nothing of it is there to be read.
    this.#child = spawn(command, args, { stdio, env: {}, cwd: '/', detached: true });
    this.ready = this.#started.promise;
    const closed = Promise.withResolvers<void>();
    this.gone = closed.promise;
    // What a program prints goes to standard output; this is of the worker itself.
    let complaint = '';
    this.stream(2).on('data', (text: Buffer) => {
      complaint = (complaint + String(text)).slice(-maxComplaintCharacters);
    });
    const fail = (cause?: unknown): void => {
      const message = `${options.name} could not be started: ${complaint.trim() || `"${command}" ended`}.`;
      this.#started.reject(new TollgateError('sandbox-unavailable', message, { cause }));
    };
    this.#child.once('error', (error) => {
      fail(error);
      closed.resolve();
    });
    this.#child.once('close', (code, signal) => {
      fail();
      closed.resolve();
      if (this.#job === undefined) return;
      const status = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
      this.#tell?.(this.#end ?? { ...options.died(status, this.#job), spent: true });
    });
    // A worker that died while it was written to is heard of by its end.
    for (const stream of this.#child.stdio) stream?.on('error', () => undefined);
    this.#readEvents();
    if (eventsFd !== 1) this.#readOutput();
    if (nonce !== '') this.#child.stdin?.write(`${nonce}\n`);
  }

  /** The stream at the other end of a file descriptor. */
  stream(fd: number): Readable & Writable {
    const stream = this.#child.stdio[fd];
    if (stream == null) throw new TollgateError('internal', `The worker has no stream ${fd}.`);
    return stream as Readable & Writable;
  }

  run(job: Job, tell: (event: JobEvent) => void): void {
    this.#job = job;
    this.#tell = tell;
    this.#outputLeft = job.outputBytes;
    this.#child.stdin?.write(`${JSON.stringify(job)}\n`);
  }

  kill(): void {
    for (const stream of this.#child.stdio) stream?.destroy();
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    // With its whole group: what is killed while it starts may have a child that is not yet bound to it.
    process.kill(-pid, 'SIGKILL');
  }

  hold(busy: boolean): void {
    const change = busy ? 'ref' : 'unref';
    this.#child[change]();
    for (const stream of this.#child.stdio) if (stream instanceof Socket && !stream.destroyed) stream[change]();
  }

  #readEvents(): void {
    const { eventsFd, nonce } = this.#options;
    let bytesLeft = nonce === '' ? Number.POSITIVE_INFINITY : maxEventBytes;
    let begun = '';
    this.stream(eventsFd)
      .setEncoding('utf8')
      .on('data', (text: string) => {
        bytesLeft -= text.length;
        if (bytesLeft < 0) {
          this.#distrust();
          return;
        }
        const lines = (begun + text).split('\n');
        begun = lines.pop() ?? '';
        for (const line of lines) if (line.startsWith(nonce)) this.#hear(line.slice(nonce.length));
      });
  }

  /** Somebody else writes on the channel of events. */
  #distrust(): void {
    this.#end = { status: 'crashed', error: 'Crash: the program wrote to the channel of its worker', spent: true };
    this.kill();
  }

  #hear(text: string): void {
    const event = eventIn(text);
    if (event === undefined) this.#distrust();
    else if ('ready' in event) this.#started.resolve();
    // A channel that the program could find does not decide whether the worker is still good.
    else if ('status' in event && (event.spent || this.#options.nonce !== '')) this.#end = { ...event, spent: true };
    else this.#tell?.(event);
  }

  #readOutput(): void {
    const decoder = new TextDecoder();
    this.stream(1).on('data', (chunk: Buffer) => {
      const kept = chunk.subarray(0, this.#outputLeft);
      this.#tell?.({ output: decoder.decode(kept, { stream: true }) });
      this.#outputLeft -= kept.length;
      if (kept.length < chunk.length)
        this.#tell?.({ status: 'output', error: 'Output: it printed more than it may', spent: true });
    });
  }
}

/** Undefined: not from the worker, though it begins as its lines do. */
function eventIn(line: string): JobEvent | { readonly ready: true } | undefined {
  try {
    const event = JSON.parse(line) as JobEvent | { readonly ready: true } | number | null;
    return typeof event === 'object' && event !== null ? event : undefined;
  } catch {
    return undefined;
  }
}
