import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A PostgreSQL server of one test run, on a socket in a folder of its own. */
export interface PostgresServer {
  readonly connection: { readonly host: string; readonly user: string; readonly database: string };
  /** Kills the server as a crash would. */
  crash(): Promise<void>;
  /** Starts it again. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const debianRoot = '/usr/lib/postgresql';

/** Where the server's programs are, or undefined where it is not installed. */
export function postgresBinaries(): string | undefined {
  const versions = existsSync(debianRoot) ? readdirSync(debianRoot).toSorted((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debianRoot, version, 'bin')),
    '/usr/local/bin',
    '/usr/bin',
    '/opt/homebrew/bin',
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

/** PostgreSQL refuses to run as root: then its own user does. */
function runAs(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** Starts a server. */
export async function startPostgres(binaries: string): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-postgres-'));
  const owner = runAs();
  if (owner.uid !== undefined && owner.gid !== undefined) chownSync(folder, owner.uid, owner.gid);
  const data = join(folder, 'data');
  const user = 'ledger';
  const options = { ...owner, stdio: 'ignore', cwd: folder } as const;
  execFileSync(join(binaries, 'initdb'), ['-D', data, '-U', user, '-A', 'trust', '--no-sync'], options);
  const start = async (): Promise<ChildProcess> => {
    const settings = [
      'listen_addresses=',
      `unix_socket_directories=${folder}`,
      'max_connections=100',
      'log_min_messages=panic',
    ];
    const child = spawn(
      join(binaries, 'postgres'),
      ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
      options,
    );
    for (let tries = 0; ; tries += 1) {
      try {
        execFileSync(join(binaries, 'pg_isready'), ['-h', folder, '-U', user, '-d', 'postgres'], options);
        return child;
      } catch (error) {
        if (tries > 200 || child.exitCode !== null) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  };
  let server = await start();
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    const gone = once(server, 'exit');
    server.kill(signal);
    await gone;
  };
  return {
    connection: { host: folder, user, database: 'postgres' },
    crash: async () => {
      // Told to stop at once, without a checkpoint: what is not in its log is lost.
      await kill('SIGQUIT');
    },
    restart: async () => {
      server = await start();
    },
    stop: async () => {
      await kill('SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
