/**
 * What a ledger costs: pairs of reserve and settle a second at every store, the guard around a call, how far naive
 * counters overspend, and random steps against a reference.
 *
 *   node --conditions=@tollgate/source packages/bench/src/ledger/main.ts
 *     [--only memory|sqlite|postgres|guard|naive|model] [--rounds 5] [--steps 1000000]
 *
 * Three scopes and three limits a call. One fresh process for each case and round, the cases of a round in random order
 * (seeded). CPU time is of the process that asks: PostgreSQL's own is not in it.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createRandom } from '@tollgate/stats';
import { postgresBinaries, startPostgres } from '@tollgate/budget/testing';
import { median } from '../median.ts';
import { type Aim, hotRowCases, type Part, parts } from './cases.ts';
import type { Figures } from './figures.ts';
import { measureGuard } from './measure-guard.ts';
import { modelSteps } from './model-steps.ts';
import { type Keeping, overspend } from './overspend.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    steps: { type: 'string', default: '1000000' },
  },
});
const [rounds, steps] = [wholeOf('rounds'), wholeOf('steps')];
const { only } = values;
const known = ['memory', 'sqlite', 'postgres', 'guard', 'naive', 'model'];
if (only !== undefined && !known.includes(only)) throw new Error(`--only must be one of ${known.join(', ')}.`);
const wanted = (name: string): boolean => only === undefined || only === name;
const random = createRandom('ledger');

for (const part of parts) if (wanted(part.name)) await measurePart(part);
if (wanted('guard')) await writeGuard();
if (wanted('naive')) await writeOverspend();
if (wanted('model')) await writeModel();

function wholeOf(name: 'rounds' | 'steps'): number {
  const number = Number(values[name]);
  if (!Number.isInteger(number) || number < 1)
    throw new Error(`--${name} must be 1 or more, received ${values[name]}.`);
  return number;
}

async function measurePart(part: Part): Promise<void> {
  if (part.name !== 'postgres') {
    writePart(part, await collect(part, []));
    return;
  }
  const binaries = postgresBinaries();
  if (binaries === undefined) {
    console.log('\n!!! NO POSTGRESQL: its store was not measured. Install the server (Debian: postgresql) !!!');
    return;
  }
  const server = await startPostgres(binaries);
  try {
    writePart(part, await collect(part, [JSON.stringify(server.connection)]));
  } finally {
    await server.stop();
  }
}

/** Figures of every case, one for each round, the cases of a round in random order. */
async function collect({ cases }: Part, args: readonly string[]): Promise<ReadonlyMap<string, readonly Figures[]>> {
  const figures = new Map<string, Figures[]>(cases.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    const order = cases.map(({ name }) => ({ name, place: random.next() })).sort((a, b) => a.place - b.place);
    for (const { name } of order) figures.get(name)?.push(await run([name, ...args]));
  }
  return figures;
}

async function run(args: readonly string[]): Promise<Figures> {
  const path = fileURLToPath(new URL('case.ts', import.meta.url));
  const flags = [...process.execArgv, '--expose-gc', '--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...flags, path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let output = '';
  for await (const chunk of child.stdout) output += String(chunk);
  if ((await exited) !== 0) throw new Error(`${args.join(' ')} failed.`);
  return JSON.parse(output) as Figures;
}

function writePart({ name: title, cases }: Part, figures: ReadonlyMap<string, readonly Figures[]>): void {
  const speedOf = (name: string): readonly number[] => (figures.get(name) ?? []).map((each) => each.pairsPerSecond);
  console.log(`\n${title}: pairs of reserve and settle, median (lowest to highest) of ${rounds}`);
  for (const { name, aim } of cases) {
    const each = figures.get(name) ?? [];
    const latencies = each.flatMap(({ p99Ms }) => (p99Ms === undefined ? [] : [p99Ms]));
    const sizes = each.flatMap(({ bytesPerRow }) => (bytesPerRow === undefined ? [] : [bytesPerRow]));
    const reference = hotRowCases[name];
    const verdict =
      reference === undefined ? verdictOf(aim, median(speedOf(name))) : againstHotRow(name, reference, speedOf);
    const cells = [
      name.padEnd(33),
      spread(speedOf(name), 0).padEnd(34),
      `${spread(
        each.map(({ cpuUs }) => cpuUs),
        2,
      )} us CPU`.padEnd(32),
      latencies.length === 0 ? '' : `p99 ${spread(latencies, 3)} ms`,
      sizes.length === 0 ? '' : `${median(sizes).toFixed(0)} bytes a row`,
      verdict,
    ];
    console.log(cells.join(' ').trimEnd());
  }
}

function verdictOf(aim: Aim | undefined, speed: number): string {
  if (aim === undefined) return '';
  const verdict = speed >= aim.goal ? 'PASS' : speed >= aim.gate ? 'PASS (gate, not goal)' : 'FAIL';
  return `${verdict}: goal ${aim.goal}/s, gate ${aim.gate}/s`;
}

function againstHotRow(name: string, reference: string, speedOf: (name: string) => readonly number[]): string {
  const ratio = median(speedOf(name)) / median(speedOf(reference));
  const isJudged = name.endsWith('c=64');
  return `${ratio.toFixed(2)} x ${reference}${isJudged ? ` ${ratio > 1 ? 'PASS' : 'FAIL'}` : ''}`;
}

function spread(each: readonly number[], digits: number): string {
  const [middle, lowest, highest] = [median(each), Math.min(...each), Math.max(...each)].map((figure) =>
    figure.toFixed(digits),
  );
  return `${middle} (${lowest} to ${highest})`;
}

async function writeGuard(): Promise<void> {
  const each: Awaited<ReturnType<typeof measureGuard>>[] = [];
  for (let round = 0; round < rounds; round += 1) each.push(await measureGuard());
  console.log(`\nguard: us CPU of a call, median (lowest to highest) of ${rounds}`);
  console.log(
    `without a budget ${spread(
      each.map(({ bareUs }) => bareUs),
      2,
    )}`,
  );
  console.log(
    `with a budget    ${spread(
      each.map(({ guardedUs }) => guardedUs),
      2,
    )}`,
  );
  console.log(
    `the budget       ${spread(
      each.map(({ bareUs, guardedUs }) => guardedUs - bareUs),
      2,
    )}`,
  );
}

async function writeOverspend(): Promise<void> {
  console.log(`\nnaive: spent beside a cap of 100 average calls, median (lowest to highest) of ${rounds} seeds`);
  const keepings: readonly Keeping[] = ['check-then-increment', 'read-modify-write', 'ledger'];
  for (const keeping of keepings) {
    for (const callers of [1, 8, 64, 256]) {
      const percents: number[] = [];
      for (let seed = 1; seed <= rounds; seed += 1) percents.push(100 * (await overspend(keeping, callers, seed)));
      const verdict = keeping === 'ledger' ? (Math.max(...percents) <= 0 ? 'PASS' : 'FAIL') : '';
      console.log(`${keeping.padEnd(21)} c=${String(callers).padEnd(4)} ${spread(percents, 1)} % ${verdict}`.trimEnd());
    }
  }
}

async function writeModel(): Promise<void> {
  const beganMs = performance.now();
  const { steps: done, outcomes, breaks } = await modelSteps(steps);
  const seconds = (performance.now() - beganMs) / 1000;
  const met = [...outcomes].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
  console.log(
    `\nmodel: ${done} steps in ${seconds.toFixed(0)} s, ${breaks.length} breaks (${met}) ${breaks.length === 0 ? 'PASS' : 'FAIL'}`,
  );
  for (const text of breaks.slice(0, 5)) console.log(text);
}
