import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { TollgateError } from '@tollgate/sdk';
import { ChildWorker } from './child-worker.ts';
import { bubblewrapArgs, findProgram, runs } from './isolation.ts';
import { pythonHarness } from './python-harness.ts';
import type { Sandbox } from './sandbox.ts';
import { type SandboxOptions, SandboxPool } from './sandbox-pool.ts';
import { seccompFilter } from './seccomp-filter.ts';
import type { Job, JobEnd, SandboxWorker } from './worker-protocol.ts';

/** What `bubblewrapSandbox` may be given. */
export interface BubblewrapOptions extends SandboxOptions {
  /** Path of the interpreter; its packages come along, as those of a virtual environment do. Python 3.8 or newer. @defaultValue '/usr/bin/python3' */
  readonly python?: string;
}

const seccompFd = 4;
const temporaryBytes = 2 ** 26;

/**
 * Runs native Python in `bwrap` (bubblewrap; Linux on x64 or arm64): a process of its own for every program, in namespaces of
 * its own, with the system's programs and the interpreter to be read, 64 MiB of files in `/tmp`, and a kernel filter that lets
 * it make threads and no processes.
 *
 * Programs and tests share a process. A program that was written against this very harness can find its channel and claim
 * success; in `pyodideSandbox` it cannot.
 *
 * @throws InvalidOptionError for an option that cannot be meant.
 *
 * @example
 * await using sandbox = bubblewrapSandbox({ python: '/srv/venv/bin/python', limits: { cpuMs: 2000 } });
 */
export function bubblewrapSandbox({ python = '/usr/bin/python3', ...options }: BubblewrapOptions = {}): Sandbox {
  const prepare = (): Promise<() => SandboxWorker> => prepareFor(python);
  return new SandboxPool({ name: 'bubblewrap', language: 'python', keepsCpu: true, prepare }, options);
}

async function prepareFor(python: string): Promise<() => SandboxWorker> {
  const command = await findProgram('bwrap');
  if (command === undefined) {
    const message = 'bubblewrapSandbox needs the program "bwrap". Install it (Debian: apt-get install bubblewrap).';
    throw new TollgateError('missing-library', message);
  }
  const filter = seccompFilter();
  const args = [
    ...bubblewrapArgs([dirname(python), ...(await foldersOf(python))], temporaryBytes),
    ...'--setenv PYTHONHASHSEED 0 --setenv PYTHONDONTWRITEBYTECODE 1'.split(' '),
  ];
  if (!(await runs(command, [...args, '--', python, '-c', '']))) {
    throw unavailable(
      `"${command}" could not run ${python}. It needs user namespaces: see whether this works: bwrap --ro-bind / / true`,
    );
  }
  return () => {
    const worker = new ChildWorker({
      name: 'bubblewrapSandbox',
      command,
      args: [...args, '--seccomp', String(seccompFd), '--', python, '-c', pythonHarness],
      eventsFd: 3,
      nonce: randomUUID(),
      pipes: [3, seccompFd],
      died,
    });
    worker.stream(seccompFd).end(filter);
    return worker;
  };
}

/** Where an interpreter has its library and packages. */
async function foldersOf(python: string): Promise<readonly string[]> {
  try {
    const script = 'import json, sys; print(json.dumps([sys.prefix, sys.base_prefix]))';
    const { stdout } = await promisify(execFile)(python, ['-c', script], { timeout: 10_000 });
    return JSON.parse(stdout) as readonly string[];
  } catch (cause) {
    throw unavailable(`${python} is no Python that runs. Name one by the option "python".`, cause);
  }
}

function died(code: number, { cpuMs }: Job): Omit<JobEnd, 'spent'> {
  if (code < 128) return { status: 'failed', error: `Exit: the program ended its process with code ${code}` };
  // The kernel ends what used up its time by SIGKILL.
  if (code === 128 + 9 && cpuMs !== undefined) {
    return { status: 'timeout', error: `Timeout: it took more processor time than ${cpuMs} ms` };
  }
  return { status: 'crashed', error: `Crash: the interpreter was ended by signal ${code - 128}` };
}

function unavailable(message: string, cause?: unknown): TollgateError {
  return new TollgateError('sandbox-unavailable', message, { cause });
}
