import { type SpawnOptions, spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { repositoryRoot } from './repository-root.ts';

/** How a command ended and what it wrote. */
export interface CliRun {
  /** The exit code, or the signal that ended it. */
  readonly code: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and how a command runs. */
export interface CliOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Where stdout goes instead: a file descriptor. */
  readonly stdout?: number;
}

const main = join(repositoryRoot, 'packages/tollgate/src/main.ts');
// Types are stripped once for all runs, which saves most of what a start costs.
const compileCache = join(repositoryRoot, 'node_modules/.cache/tollgate-cli-tests');

/** Runs the real command from its sources, in a process of its own. */
export async function runCli(args: readonly string[], options: CliOptions): Promise<CliRun> {
  const spawned: SpawnOptions = {
    cwd: options.cwd,
    env: { ...process.env, NODE_OPTIONS: '', NODE_COMPILE_CACHE: compileCache, FORCE_COLOR: '0', ...options.env },
    stdio: ['ignore', options.stdout ?? 'pipe', 'pipe'],
  };
  const flags = ['--conditions=@tollgate/source', '--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...flags, main, ...args], spawned);
  const ended = new Promise<CliRun['code']>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  const [stdout, stderr, code] = await Promise.all([
    child.stdout === null ? '' : text(child.stdout),
    child.stderr === null ? '' : text(child.stderr),
    ended,
  ]);
  return { code, stdout, stderr };
}
