/**
 * Every strategy on recorded outcomes of real models, chosen on one half of the tasks and measured on the other:
 *
 *     node --conditions=@tollgate/source packages/bench/src/routing/main.ts [--data FOLDER] [--only TEXT] [--miss USD]
 *
 * `--data` is a folder with the recorded data sets (default ../shared/data). `--miss` prices a wrong answer in multiples of the
 * strongest model's answer (default 10).
 */
import { parseArgs } from 'node:util';
import {
  type BaselineFigures,
  type HeldOutFigures,
  type OptimizedPolicy,
  optimizePolicy,
  parseOutcomes,
  type PolicyExpression,
  textTable,
} from '@tollgate/policy';
import { TollgateError } from '@tollgate/sdk';
import { type DataSet, dataSets } from './data-sets.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    only: { type: 'string', default: '' },
    miss: { type: 'string', default: '10' },
  },
});

/** The kinds of policies that are compared, and what they are called in the table. */
const families: readonly (readonly [name: string, kinds: readonly PolicyExpression['kind'][]])[] = [
  ['vote', ['vote']],
  ['vote, stops early', ['vote-until']],
  ['cascade', ['cascade']],
  ['model switch', ['model-switch']],
  ['mini-N (oracle verifier)', ['mini-n']],
  ['by difficulty', ['adaptive']],
  ['by prompt', ['multiplex']],
];

for (const dataSet of dataSets) if (dataSet.name.includes(values.only)) report(dataSet);

function report({ name, about, rows }: DataSet): void {
  const table = parseOutcomes(
    rows(values.data).map((row) => JSON.stringify(row)),
    { source: name },
  );
  const startedCpu = process.cpuUsage();
  const dearest = Math.max(...table.models.map((model) => meanUsd(model)));
  const fallbackUsd = Number(values.miss) * dearest;
  // A verifier that sees what grades is a bound: everything but mini-N is compared without it.
  const honest = families.filter(([, kinds]) => !kinds.includes('mini-n')).flatMap(([, kinds]) => kinds);
  const usesTests = table.rowCount > 0 && table.candidate(0, 0).signals?.['tests'] !== undefined;
  const all = optimizePolicy({
    table,
    objective: { fallbackUsd },
    kinds: ['single', ...(usesTests ? honest.filter((kind) => kind !== 'cascade') : honest)],
  });
  const seconds = (process.cpuUsage(startedCpu).user + process.cpuUsage(startedCpu).system) / 1e6;
  const { searched, oracle } = all;
  const loss = (figures: Pick<HeldOutFigures, 'accuracy' | 'usdPerTask'>): number =>
    figures.usdPerTask + (1 - figures.accuracy) * fallbackUsd;
  const [best] = all.baselines;
  const lines: Line[] = [
    ...all.baselines.map((baseline): Line => ({ family: baseline.role, figures: baseline })),
    ...families.flatMap(([family, kinds]): Line[] => {
      const found = bestOf(table, { kinds, fallbackUsd });
      return found === undefined ? [] : [{ family, figures: found.heldOut, against: found.baselines[0] }];
    }),
    { family: 'chosen by optimize', figures: all.heldOut, against: best },
  ];
  console.log(
    `\n## ${name}\n${about}\n${searched.heldOutTasks} held-out tasks, a miss priced at $${fallbackUsd.toPrecision(3)}, ${table.rowCount} samples, ${seconds.toFixed(1)} s of CPU`,
  );
  console.log(
    textTable([
      { head: 'strategy', cells: lines.map(({ family }) => family) },
      { head: 'policy', cells: lines.map(({ figures }) => figures.name.slice(0, 70)) },
      {
        head: 'accuracy',
        cells: lines.map(
          ({ figures }) => `${percent(figures.accuracy)} [${figures.accuracyCi95.map(percent).join(', ')}]`,
        ),
        align: 'right',
      },
      { head: '$ / 1000 tasks', cells: lines.map(({ figures }) => money(1000 * figures.usdPerTask)), align: 'right' },
      {
        head: '$ / 1000 right',
        cells: lines.map(({ figures }) => (figures.costOfPassUsd === null ? '-' : money(1000 * figures.costOfPassUsd))),
        align: 'right',
      },
      { head: 'with misses priced', cells: lines.map(({ figures }) => money(1000 * loss(figures))), align: 'right' },
      {
        head: 'points against best single',
        cells: lines.map(({ against }) => (against === undefined ? '' : difference(against))),
        align: 'right',
      },
    ]).join('\n'),
  );
  const gain = best === undefined ? Number.NaN : (loss(best) - loss(all.heldOut)) / (loss(best) - loss(oracle));
  console.log(
    `oracle ${percent(oracle.accuracy)} at ${money(1000 * oracle.usdPerTask)}, with misses ${money(1000 * loss(oracle))}; optimize gets ${percent(gain)} of its gain over the best single model`,
  );
  for (const note of all.notes) console.log(`note: ${note}`);

  function meanUsd(model: string): number {
    let nano = 0;
    let count = 0;
    for (const { id } of table.tasks) {
      const range = table.rowsOf(id, model);
      for (let row = range.first; row < range.first + range.count; row += 1) nano += table.costNanoUsd(row);
      count += range.count;
    }
    return nano / 1e9 / Math.max(1, count);
  }
}

interface Line {
  readonly family: string;
  readonly figures: Omit<HeldOutFigures, 'expression'>;
  readonly against?: BaselineFigures | undefined;
}

/** The best policy of some kinds; undefined where the logs allow none. */
function bestOf(
  table: Parameters<typeof optimizePolicy>[0]['table'],
  { kinds, fallbackUsd }: { readonly kinds: readonly PolicyExpression['kind'][]; readonly fallbackUsd: number },
): OptimizedPolicy | undefined {
  try {
    return optimizePolicy({ table, objective: { fallbackUsd }, kinds });
  } catch (error) {
    if (TollgateError.isInstance(error) && error.code === 'invalid-option') return undefined;
    throw error;
  }
}

function difference({ accuracyDifference, accuracyDifferenceCi95: [lower, upper] }: BaselineFigures): string {
  const points = (value: number): string => `${value >= 0 ? '+' : ''}${(100 * value).toFixed(1)}`;
  return `${points(accuracyDifference)} [${points(lower)}, ${points(upper)}]`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function money(usd: number): string {
  return usd >= 100 ? usd.toFixed(0) : usd.toPrecision(3);
}
