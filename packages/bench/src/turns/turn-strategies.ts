/**
 * What limits on turns save and lose on recorded runs of agents, in dollars and solved tasks, with 95 % intervals over runs.
 *
 *   node --conditions=@tollgate/source packages/bench/src/turns/turn-strategies.ts FOLDER
 *
 * FOLDER (or TURN_DATA, by default ../shared/data) holds `agent_turns_exact` and `mint_turns`. Limits come from other runs of the
 * same model (5 folds). A stopped run counts as unsolved and pays a closing turn at the price of its last; what it might have
 * handed in is not known, so the figures are a lower bound for limits.
 */
import { bootstrapPairedDifference, bootstrapRatio, createRandom } from '@tollgate/stats';
import { checkCostModel } from './check-cost-model.ts';
import { comparePolicies, type PolicyResult } from './compare-policies.ts';
import { assumedPrice, readMint, readMoatless, readSweAgent } from './read-runs.ts';
import type { RecordedRun } from './recorded-run.ts';

const folder = process.argv[2] ?? process.env['TURN_DATA'] ?? '../shared/data';
const percent = (share: number, digits = 1): string => (100 * share).toFixed(digits);
const range = (
  { estimate, lower, upper }: { readonly estimate: number; readonly lower: number; readonly upper: number },
  show: (one: number) => string,
): string => `${show(estimate)} [${show(lower)}, ${show(upper)}]`;

function print(title: string, runs: readonly RecordedRun[]): void {
  const results = comparePolicies(runs);
  const ended = runs.filter(({ finished }) => finished).length;
  console.log(`\n${title}: ${runs.length} runs, ${ended} came to their own end`);
  console.log(
    'policy                   turns  stopped  $/run                 solved %          $ per solved          saved %            solved lost, points',
  );
  const base = results[0]?.usdPerRun.estimate ?? 1;
  for (const one of results) console.log(lineOf(one, base));
  for (const one of results) {
    if (!one.name.startsWith('dynamic') || one.name.endsWith('oracle')) continue;
    const { lower, upper } = one.belowP75;
    const verdict = lower > 0 ? 'pays' : upper < 0 ? 'does not pay: it is dearer' : 'is not shown to pay';
    console.log(`${one.name} against fixed P75, $ per solved: ${verdict} (${range(one.belowP75, usd)} less)`);
  }
}

function lineOf(
  { name, runs, usdPerRun, solved, usdPerSolved, usdSaved, solvedLost }: PolicyResult,
  base: number,
): string {
  const turns = runs.reduce((sum, run) => sum + run.turns, 0) / runs.length;
  const stopped = runs.filter((run) => run.stopped).length / runs.length;
  return [
    name.padEnd(22),
    turns.toFixed(1).padStart(7),
    `${percent(stopped, 0)} %`.padStart(8),
    ` ${range(usdPerRun, usd)}`.padEnd(22),
    range(solved, (one) => percent(one)).padEnd(18),
    range(usdPerSolved, usd).padEnd(22),
    range(usdSaved, (one) => percent(one / base)).padEnd(19),
    range(solvedLost, (one) => percent(one)),
  ].join(' ');
}

function usd(amount: number): string {
  return Number.isFinite(amount) ? amount.toPrecision(3) : '∞';
}

const moatless = readMoatless(folder);
print('moatless-tools, Claude 3.5 Sonnet, SWE-bench Lite, prompt cache', moatless);
print('SWE-agent, 4 models, Java issues, no prompt cache', readSweAgent(folder));
print(
  `MINT, told a limit of 5, cut in the replay ($${assumedPrice.input} in, $${assumedPrice.output} out per million tokens, assumed)`,
  readMint(folder, 5),
);

console.log('\nMINT: told the limit against cut at it. The same models and tasks, limits 1 to 5');
console.log(
  'limit  told: solved %     $ per solved              cut: solved %      $ per solved              told solves more, points',
);
const free = new Map(readMint(folder, 5).map((run) => [run.task, run]));
for (let limit = 1; limit <= 5; limit += 1) {
  const pairs = readMint(folder, limit).flatMap((told) => {
    const run = free.get(told.task);
    return run === undefined ? [] : [{ told, run }];
  });
  const cut = pairs.map(({ run }) => ({
    usd: run.turns.slice(0, limit).reduce((sum, { costUsd }) => sum + costUsd, 0),
    solved: Number(run.solved && run.turns.length <= limit),
  }));
  const told = pairs.map(({ told: run }) => ({
    usd: run.turns.reduce((sum, { costUsd }) => sum + costUsd, 0),
    solved: Number(run.solved),
  }));
  const random = createRandom(limit);
  const show = (list: typeof cut): string => {
    const passes = list.map(({ solved }) => solved);
    const solved = bootstrapRatio({ numerators: passes, random: random.fork('s'), resamples: 500 });
    const costs = list.map((one) => one.usd);
    const ratio = bootstrapRatio({ numerators: costs, denominators: passes, random: random.fork('r'), resamples: 500 });
    return `${range(solved, (one) => percent(one)).padEnd(18)} ${range(ratio, usd).padEnd(25)}`;
  };
  const more = bootstrapPairedDifference({
    first: { numerators: told.map(({ solved }) => solved) },
    second: { numerators: cut.map(({ solved }) => solved) },
    random: random.fork('d'),
    resamples: 500,
  });
  console.log(`${limit}      ${show(told)} ${show(cut)} ${range(more, (one) => percent(one))}`);
}

console.log('\nPrompt tokens of a run by n·S + d·n(n − 1)/2, over what was measured (moatless, 8 turns and more)');
for (const { name, runs, median, low, high } of checkCostModel(moatless)) {
  console.log(
    `${name.padEnd(30)} ${runs} runs: ${median.toFixed(2)}, 80 % of runs in [${low.toFixed(2)}, ${high.toFixed(2)}]`,
  );
}
