// Makes a fresh clone ready and then runs the real command under the pinned Node.
// Starts under Node 20, so that `npm test` and `npm run quickstart` need nothing but npm. Prints to stderr only: stdout belongs to the command.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const modules = path.join(root, 'node_modules');
const stamp = path.join(modules, '.tollgate-installed');
const quiet = '--disable-warning=ExperimentalWarning';

const commands = {
  quickstart: [quiet, '--conditions=@tollgate/source', 'packages/tollgate/src/main.ts', 'quickstart'],
  tollgate: [quiet, '--conditions=@tollgate/source', 'packages/tollgate/src/main.ts'],
  test: [quiet, 'node_modules/vitest/vitest.mjs', 'run'],
  examples: [quiet, '.ci/examples.mjs'],
};

function say(line) {
  process.stderr.write(`${line}\n`);
}

function fail(line) {
  say(line);
  process.exit(1);
}

function lockHash() {
  const lock = readFileSync(path.join(root, 'package-lock.json'));
  return createHash('sha256').update(lock).update(`${process.platform} ${process.arch}`).digest('hex');
}

/** Whether npm's own record of what is installed agrees with the lockfile: true after an install by hand. */
function recordAgrees() {
  const record = path.join(modules, '.package-lock.json');
  if (!existsSync(record)) return false;
  const locked = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  for (const [place, entry] of Object.entries(installed)) {
    const wanted = locked[place];
    if (!wanted || wanted.version !== entry.version || wanted.integrity !== entry.integrity) return false;
  }
  return Object.entries(locked).every(
    ([place, entry]) => place === '' || entry.optional || entry.peer || place in installed,
  );
}

function isInstalled() {
  const hash = lockHash();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return true;
  if (!recordAgrees()) return false;
  writeFileSync(stamp, hash);
  return true;
}

function install() {
  say('Installing dependencies with npm ci (first run, or package-lock.json changed) ...');
  const startedAt = Date.now();
  const options = ['ci', '--include=dev', '--include=optional', '--loglevel=error', '--no-audit', '--no-fund'];
  const npm = process.env.npm_execpath;
  const viaNode = npm !== undefined && /^npm-cli\.c?js$/.test(path.basename(npm));
  const [file, args] = viaNode ? [process.execPath, [npm, ...options]] : ['npm', options];
  const shell = !viaNode && process.platform === 'win32';
  const done = spawnSync(file, args, { cwd: root, stdio: ['ignore', 2, 2], shell });
  if (done.signal) process.kill(process.pid, done.signal);
  if (done.status !== 0) fail(`npm ci failed: ${done.error?.message ?? `exit code ${done.status}`}`);
  writeFileSync(stamp, lockHash());
  say(`Installed in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`);
}

/** The Node from the lockfile, or the running one where no binary is published for this platform. */
function pickNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  const pinned = path.join(modules, `node-${platform}-${process.arch}`, 'bin', binary);
  if (pinned === process.execPath) return pinned;
  if (existsSync(pinned) && spawnSync(pinned, ['--version'], { stdio: 'ignore' }).status === 0) return pinned;
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  return fail(
    `Node 22.18 or newer is needed on ${process.platform} ${process.arch}, this is ${process.versions.node}.`,
  );
}

/** Runs the command in our place: same streams, same exit code, signals passed on. */
function become(file, args) {
  const searchPath = [path.dirname(file), path.join(modules, '.bin'), process.env.PATH].join(path.delimiter);
  const child = spawn(file, args, { cwd: root, stdio: 'inherit', env: { ...process.env, PATH: searchPath } });
  let lastPassedAt = Number.NEGATIVE_INFINITY;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal sends its signals to the whole group, so the child has it; npm passes the same one on once more.
      if (signal !== 'SIGTERM' && process.stdin.isTTY) return;
      const now = performance.now();
      if (now - lastPassedAt < 300) return;
      lastPassedAt = now;
      child.kill(signal);
    });
  }
  // npm sends a signal to a shell that drops it, and then only our parent is gone.
  const parent = process.ppid;
  const orphaned = () => process.ppid !== parent && child.kill('SIGTERM');
  if (process.env.npm_lifecycle_event !== undefined) setInterval(orphaned, 250).unref();
  child.on('error', (error) => fail(`Cannot start ${file}: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

const [command, ...rest] = process.argv.slice(2);
const args = Object.hasOwn(commands, command ?? '') ? commands[command] : undefined;
if (args === undefined) fail(`Expected one of ${Object.keys(commands).join(', ')}, received ${command ?? 'nothing'}.`);
if (!isInstalled()) install();
become(pickNode(), [...args, ...rest]);
