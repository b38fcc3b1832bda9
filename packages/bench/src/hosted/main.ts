/**
 * What hosted calls cost through the adapters, beside the floor, the global `fetch` and our peers: CPU time of a call and of a
 * stream's event, heap of what is in flight, import time, and a call in process.
 *
 *   node --conditions=@tollgate/source packages/bench/src/hosted/main.ts [--rounds 5] [--only calls|streams|heap|import|in-process]
 *
 * Without the condition (after a build) it measures what is published. One fresh process for each case and round, the cases
 * of a round in random order (seeded), the upstream in a process of its own. CPU time counts, not time on the wall, and
 * ratios of medians are judged, not figures: both hold on a busy machine better than the figures do.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createRandom } from '@tollgate/stats';
import { median } from '../median.ts';
import { type Group, groups, importable, inProcessCases } from './cases.ts';
import { writeTable } from './table.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, only: { type: 'string' } } });
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds must be 1 or more, received ${values.rounds}.`);
const known = [...new Set(groups.map(({ part }) => part)), 'import', 'in-process'];
const { only } = values;
if (only !== undefined && !known.includes(only)) throw new Error(`--only must be one of ${known.join(', ')}.`);
const wanted = (part: string): boolean => only === undefined || only === part;
const random = createRandom('hosted');

const chosen = groups.filter(({ part }) => wanted(part));
if (chosen.length > 0) await measureHosted(chosen);
if (wanted('in-process')) {
  const figures = await collect(inProcessCases, rounds, (name) => run('in-process.ts', [name]));
  writeTable({ title: 'call in process', unit: 'us CPU', gate: 5, goal: 2, judged: ['retry and trace'] }, figures);
}
if (wanted('import')) {
  const figures = await collect(importable, 15, (name) => run('import-time.ts', [name]));
  writeTable({ title: 'import', unit: 'ms CPU', gate: 60, goal: 40, judged: ['@tollgate/sdk'] }, figures);
}

async function measureHosted(all: readonly Group[]): Promise<void> {
  const upstream = start('upstream.ts', []);
  try {
    const origin = `http://127.0.0.1:${await firstLine(upstream)}`;
    for (const group of all) {
      const figures = await collect(group.callers, rounds, (name) => run('case.ts', [group.suite, name, origin]));
      writeTable(group, figures);
    }
  } finally {
    upstream.kill();
  }
}

/** Figures of every case, `times` each, the cases of a round in random order. */
async function collect(
  cases: readonly string[],
  times: number,
  measure: (name: string) => Promise<number>,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const figures = new Map<string, number[]>(cases.map((name) => [name, []]));
  for (let round = 0; round < times; round += 1) {
    const order = cases.map((name) => ({ name, place: random.next() })).sort((a, b) => a.place - b.place);
    for (const { name } of order) figures.get(name)?.push(await measure(name));
  }
  return new Map([...figures].map(([name, each]) => [name, [median(each), Math.min(...each), Math.max(...each)]]));
}

function start(file: string, args: readonly string[]): ChildProcess {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return spawn(
    process.execPath,
    [...process.execArgv, '--expose-gc', '--disable-warning=ExperimentalWarning', path, ...args],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      // What the libraries could be told by the environment would not be the same for all.
      env: { PATH: process.env['PATH'] },
    },
  );
}

async function run(file: string, args: readonly string[]): Promise<number> {
  const child = start(file, args);
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const line = await firstLine(child);
  const code = await exited;
  const figure = Number(line);
  if (code !== 0 || line === '' || !Number.isFinite(figure)) throw new Error(`${file} ${args.join(' ')} failed.`);
  return figure;
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) return '';
  for await (const line of createInterface({ input: stdout })) return line;
  return '';
}
