import { dynamicTurns, fixedTurns, turnHistory, type TurnHistory, unlimitedTurns } from '@tollgate/budget';
import type { TurnPolicy } from '@tollgate/sdk';
import { type BootstrapEstimate, bootstrapPairedDifference, bootstrapRatio, createRandom } from '@tollgate/stats';
import type { RecordedRun } from './recorded-run.ts';
import { type ReplayedRun, replayRun } from './replay-run.ts';

/** How one policy did on all runs, with 95 % intervals over runs. */
export interface PolicyResult {
  readonly name: string;
  readonly runs: readonly ReplayedRun[];
  readonly usdPerRun: BootstrapEstimate;
  readonly solved: BootstrapEstimate;
  readonly usdPerSolved: BootstrapEstimate;
  /** Less than without a limit, on the same runs. */
  readonly usdSaved: BootstrapEstimate;
  readonly solvedLost: BootstrapEstimate;
  /** Less per solved task than at P75, on the same runs. */
  readonly belowP75: BootstrapEstimate;
}

interface Candidate {
  readonly name: string;
  readonly make: (history: TurnHistory) => TurnPolicy;
  /** It goes by what turns came to, which not every recording has. */
  readonly goesByReports: boolean;
}

const policies: readonly Candidate[] = [
  { name: 'unlimited', make: () => unlimitedTurns(), goesByReports: false },
  ...[0.25, 0.5, 0.75].map((percentile) => ({
    name: `fixed P${100 * percentile}`,
    make: (history: TurnHistory) => fixedTurns({ history, percentile }),
    goesByReports: false,
  })),
  ...(['progress', 'no-artifact', 'always-once'] as const).map((extend) => ({
    name: `dynamic, ${extend}`,
    make: (history: TurnHistory) => dynamicTurns({ history, extend }),
    goesByReports: extend !== 'always-once',
  })),
];
/** Knows which runs will end by themselves below P75: what a better rule could reach at most. */
const oracle = 'dynamic, oracle';

/** Replays every policy on every run, with limits from the runs of the same model in the other folds. */
export function comparePolicies(runs: readonly RecordedRun[], folds = 5): readonly PolicyResult[] {
  const foldOf = new Map<RecordedRun, number>();
  const random = createRandom(17);
  const isReported = runs.some(({ turns }) => turns.some(({ edited }) => edited !== undefined));
  const used = policies.filter(({ goesByReports }) => isReported || !goesByReports);
  const results = new Map<string, ReplayedRun[]>([...used.map(({ name }) => name), oracle].map((name) => [name, []]));
  for (const run of runs) foldOf.set(run, random.int(folds));
  for (const model of new Set(runs.map((run) => run.model))) {
    for (let fold = 0; fold < folds; fold += 1) {
      const own = runs.filter((run) => run.model === model);
      const records = own
        .filter((run) => foldOf.get(run) !== fold)
        .map(({ turns, finished }) => ({ model, turns: turns.length, censored: !finished }));
      const history = turnHistory(records, { model });
      const most = history.quantile(0.75);
      const made = used.map(({ name, make }) => [name, make(history)] as const);
      const [extended, cut] = [
        dynamicTurns({ history, extend: 'always-once' }),
        dynamicTurns({ history, extend: 'never' }),
      ];
      for (const run of own) {
        if (foldOf.get(run) !== fold) continue;
        for (const [name, policy] of made) results.get(name)?.push(replayRun(policy, run));
        const ends = run.finished && run.turns.length <= Math.ceil(most);
        results.get(oracle)?.push(replayRun(ends ? extended : cut, run));
      }
    }
  }
  const base = results.get('unlimited') ?? [];
  const quartile = results.get('fixed P75') ?? [];
  return [...results].map(([name, replayed]) => resultOf(name, { replayed, base, quartile }));
}

function resultOf(
  name: string,
  {
    replayed,
    base,
    quartile,
  }: {
    readonly replayed: readonly ReplayedRun[];
    readonly base: readonly ReplayedRun[];
    readonly quartile: readonly ReplayedRun[];
  },
): PolicyResult {
  const random = createRandom(23);
  const resamples = replayed.length > 5000 ? 400 : 2000;
  const usd = (list: readonly ReplayedRun[]): readonly number[] => list.map(({ costUsd }) => costUsd);
  const passes = (list: readonly ReplayedRun[]): readonly number[] => list.map(({ solved }) => Number(solved));
  const own = { numerators: usd(replayed), denominators: passes(replayed) };
  const at = { numerators: usd(quartile), denominators: passes(quartile) };
  const paired = (label: string, list: typeof usd): BootstrapEstimate =>
    bootstrapPairedDifference({
      first: { numerators: list(base) },
      second: { numerators: list(replayed) },
      random: random.fork(label),
      resamples,
    });
  return {
    name,
    runs: replayed,
    usdPerRun: bootstrapRatio({ numerators: own.numerators, random: random.fork('usd'), resamples }),
    solved: bootstrapRatio({ numerators: own.denominators, random: random.fork('solved'), resamples }),
    usdPerSolved: bootstrapRatio({ ...own, random: random.fork('ratio'), resamples }),
    usdSaved: paired('saved', usd),
    solvedLost: paired('lost', passes),
    belowP75: bootstrapPairedDifference({ first: at, second: own, random: random.fork('below'), resamples }),
  };
}
