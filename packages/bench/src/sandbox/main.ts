/**
 * What running programs apart costs: start, programs a second when warm, memory, and a candidate of `passesTests`.
 *
 *   node --conditions=@tollgate/source packages/bench/src/sandbox/main.ts
 *     [--only quickjs|pyodide|bubblewrap] [--rounds 3] [--programs 300] [--concurrency 1]
 *
 * A fresh sandbox for each round, all its workers included. The program has three tests, all of which pass.
 */
import { parseArgs } from 'node:util';
import { median } from '../median.ts';
import type { Figures } from './figures.ts';
import { measureTier } from './measure-tier.ts';
import { tiers } from './tiers.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    programs: { type: 'string', default: '300' },
    concurrency: { type: 'string', default: '1' },
  },
});
const { only } = values;
const [rounds, programs, concurrency] = [wholeOf('rounds'), wholeOf('programs'), wholeOf('concurrency')];
const known = tiers.map(({ name }) => name);
if (only !== undefined && !known.includes(only)) throw new Error(`--only must be one of ${known.join(', ')}.`);

const columns: readonly (readonly [keyof Figures, title: string, digits: number])[] = [
  ['firstMs', 'first ms', 0],
  ['afterTimeoutMs', 'after timeout ms', 0],
  ['emptyPerSecond', 'empty/s', 0],
  ['testedPerSecond', 'tested/s', 0],
  ['candidateMs', 'candidate ms', 2],
  ['scoringMs', 'scoring ms', 2],
  ['workerMb', 'worker MB', 0],
];
console.log(`median (lowest to highest) of ${rounds}, ${programs} programs, ${concurrency} at once`);
for (const tier of tiers.filter(({ name }) => only === undefined || name === only)) {
  const each: Figures[] = [];
  for (let round = 0; round < rounds; round += 1) each.push(await measureTier(tier, { concurrency, programs }));
  console.log(`\n${tier.name}`);
  for (const [key, title, digits] of columns) {
    const figures = each.map((figure) => figure[key]);
    const [middle, lowest, highest] = [median(figures), Math.min(...figures), Math.max(...figures)].map((figure) =>
      figure.toFixed(digits),
    );
    console.log(`  ${title.padEnd(18)} ${middle} (${lowest} to ${highest})`);
  }
}

function wholeOf(name: 'rounds' | 'programs' | 'concurrency'): number {
  const number = Number(values[name]);
  if (!Number.isInteger(number) || number < 1)
    throw new Error(`--${name} must be 1 or more, received ${values[name]}.`);
  return number;
}
