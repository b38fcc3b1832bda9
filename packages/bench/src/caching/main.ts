/**
 * What a cache is worth that weighs answers by what they cost after routing: the synthetic family of arXiv 2306.02003, 20
 * queries, 8 places, 10,000 rounds, over 40 seeds. Costs in thousands, beside the tables of the authors (one draw each) and means of
 * their code.
 *
 *   node --conditions=@tollgate/source packages/bench/src/caching/main.ts [--seeds 40]
 *
 * m1 and m2 are the two models alone. `sel` offline knows the costs; online it learns: `LCB` is the authors' selector, `ours`
 * the multiplexer of the router. LEC and GDSF are the router's policies, LFU is the baseline.
 */
import { parseArgs } from 'node:util';
import { gdsfPolicy, lecPolicy } from '@tollgate/router';
import { bootstrapRatio, createRandom } from '@tollgate/stats';
import { printTable } from '../code-evidence/table.ts';
import { lfuPolicy } from './lfu-policy.ts';
import { byLowerBound, byMultiplexer, fixedModel, withForesight } from './selectors.ts';
import { serveOffline, serveOnline } from './serve.ts';
import { drawWorld, places, type Setting, type World } from './world.ts';

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '40' } } });
const seeds = Array.from({ length: Number(values.seeds) }, (_, seed) => seed);

type Serve = (world: World, setting: Setting, seed: number) => number;

const offline: Readonly<Record<string, Serve>> = {
  'LFU+m1': (world) => serveOffline(world, 'requests', fixedModel(world, 0)),
  'LFU+m2': (world) => serveOffline(world, 'requests', fixedModel(world, 1)),
  'LFU+sel': (world, setting, seed) => serveOffline(world, 'requests', foresight(world, setting, seed)),
  'LEC+m1': (world) => serveOffline(world, 'cost', fixedModel(world, 0)),
  'LEC+m2': (world) => serveOffline(world, 'cost', fixedModel(world, 1)),
  'LEC+sel': (world, setting, seed) => serveOffline(world, 'cost', foresight(world, setting, seed)),
};
const online: Readonly<Record<string, Serve>> = {
  'LFU+m1': (world) => serveOnline(world, lfuPolicy(places), fixedModel(world, 0)),
  'LFU+m2': (world) => serveOnline(world, lfuPolicy(places), fixedModel(world, 1)),
  'LFU+LCB': (world) => serveOnline(world, lfuPolicy(places), byLowerBound()),
  'LFU+ours': (world, setting, seed) => serveOnline(world, lfuPolicy(places), byMultiplexer(setting, seed)),
  'LEC+m1': (world) => serveOnline(world, lecPolicy(places), fixedModel(world, 0)),
  'LEC+m2': (world) => serveOnline(world, lecPolicy(places), fixedModel(world, 1)),
  'LEC+LCB': (world) => serveOnline(world, lecPolicy(places), byLowerBound()),
  'LEC+ours': (world, setting, seed) => serveOnline(world, lecPolicy(places), byMultiplexer(setting, seed)),
  'GDSF+ours': (world, setting, seed) => serveOnline(world, gdsfPolicy(places), byMultiplexer(setting, seed)),
};

interface Family {
  readonly name: string;
  readonly setting: Setting;
  readonly ways: Readonly<Record<string, Serve>>;
  /** The authors' table: one draw of the world. */
  readonly published: readonly (number | undefined)[];
  /** Means of their code over 40 other draws, as far as they were noted. */
  readonly theirs?: readonly (number | undefined)[];
}

const families: readonly Family[] = [
  {
    name: 'offline, α 0.5, ratio 100, selector always right',
    setting: { alpha: 0.5, ratio: 100, accuracy: 1 },
    ways: offline,
    published: [187.66, 159.15, 110.83, 76.56, 76.64, 6.22],
    theirs: [197.7, 189.4, 102.8, 77.2, 69.9, 8.57],
  },
  {
    name: 'offline, α 0.8, ratio 100, selector always right',
    setting: { alpha: 0.8, ratio: 100, accuracy: 1 },
    ways: offline,
    published: [302.81, 252.69, 145.61, 61.04, 137.45, 12.26],
    theirs: [283.9, undefined, undefined, undefined, undefined, 12.12],
  },
  {
    name: 'offline, α 0.5, ratio 100, selector right in 80 %',
    setting: { alpha: 0.5, ratio: 100, accuracy: 0.8 },
    ways: offline,
    published: [188.74, 211.91, 135.81, 76.44, 57.52, 55.85],
  },
  {
    name: 'offline, α 0.5, ratio 1.5, selector always right',
    setting: { alpha: 0.5, ratio: 1.5, accuracy: 1 },
    ways: offline,
    published: [6.08, 6.97, 4.17, 6.08, 5.73, 3.44],
  },
  {
    name: 'online, α 0.8, ratio 100',
    setting: { alpha: 0.8, ratio: 100, accuracy: 1 },
    ways: online,
    published: [266.98, 265.24, 115.29, undefined, 115.8, 107.79, 7.19],
    theirs: [281.6, undefined, undefined, undefined, undefined, undefined, 14.56],
  },
];

for (const { name, setting, ways, published, theirs } of families) {
  const totals = Object.entries(ways).map(([way, serve]) => ({
    way,
    totals: seeds.map((seed) => serve(drawWorld(setting, seed), setting, seed) / 1000),
  }));
  const means = totals.map(({ totals: own }) => own.reduce((sum, one) => sum + one, 0) / own.length);
  printTable(name, [
    ['', ...totals.map(({ way }) => way)],
    ['published', ...totals.map((_, i) => published[i]?.toFixed(2) ?? '–')],
    ...(theirs === undefined ? [] : [['their mean of 40', ...totals.map((_, i) => theirs[i]?.toFixed(2) ?? '–')]]),
    [`mean of ${seeds.length}`, ...means.map((mean) => mean.toFixed(2))],
    ['95 %', ...totals.map(({ totals: own }) => intervalOf(own))],
    ['worst / this', ...means.map((mean) => `${(Math.max(...means) / mean).toFixed(1)}x`)],
  ]);
}

function foresight(world: World, setting: Setting, seed: number): ReturnType<typeof withForesight> {
  return withForesight(world, setting, createRandom(`selector-${seed}`));
}

function intervalOf(totals: readonly number[]): string {
  const { lower, upper } = bootstrapRatio({ numerators: totals, random: createRandom('seeds') });
  return `${lower.toFixed(1)}–${upper.toFixed(1)}`;
}
