import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/** Read-only parts of this machine without which no program of it starts. */
const systemPaths = [
  '/usr',
  '/lib',
  '/lib32',
  '/lib64',
  '/bin',
  '/sbin',
  '/etc/ld.so.cache',
  '/etc/alternatives',
  '/nix/store',
];

/**
 * Arguments of `bwrap` before the command: namespaces of its own for everything (no network, no other process to be seen),
 * an empty environment, and a read-only file system of nothing but the system's programs, `readOnly`, and a small empty `/tmp`.
 */
export function bubblewrapArgs(readOnly: readonly string[], temporaryBytes: number): readonly string[] {
  const bound = [...systemPaths, ...readOnly].flatMap((path) => ['--ro-bind-try', path, path]);
  const files = `--proc /proc --dev /dev --size 65536 --tmpfs /dev/shm --remount-ro /dev --size ${temporaryBytes} --tmpfs /tmp`;
  const apart = '--unshare-all --die-with-parent --new-session --clearenv --cap-drop ALL --hostname sandbox';
  // What is bound comes after the folders that it may lie in.
  return [...apart.split(' '), ...files.split(' '), ...bound, '--remount-ro', '/', '--chdir', '/tmp'];
}

/** Where a program is found, looking as a shell would; undefined where it is not installed. */
export async function findProgram(name: string): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, name);
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/** Whether a command runs to its end with exit code 0 within ten seconds. */
export async function runs(command: string, args: readonly string[]): Promise<boolean> {
  try {
    await promisify(execFile)(command, args, { timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

/**
 * The strongest prefix of a command line that this machine knows, to start a program apart from it: `bwrap`, else namespaces
 * of `unshare` (no network, no other process to be seen), else nothing.
 */
export async function isolationPrefix(readOnly: readonly string[]): Promise<readonly string[]> {
  const [bwrap, unshare] = await Promise.all([findProgram('bwrap'), findProgram('unshare')]);
  const prefixes: readonly (readonly string[])[] = [
    ...(bwrap === undefined ? [] : [[bwrap, ...bubblewrapArgs(readOnly, 2 ** 20), '--']]),
    ...(unshare === undefined
      ? []
      : [[unshare, '--user', '--map-root-user', '--net', '--pid', '--fork', '--kill-child', '--']]),
  ];
  for (const [command = '', ...args] of prefixes) if (await runs(command, [...args, 'true'])) return [command, ...args];
  return [];
}
