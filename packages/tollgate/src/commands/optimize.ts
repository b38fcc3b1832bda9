import {
  type Objective,
  optimizedProfile,
  optimizedReport,
  optimizePolicy,
  renderHtml,
  renderOptimized,
} from '@tollgate/policy';
import { loadConfig, readOutcomesFile } from '@tollgate/policy/node';
import { InvalidOptionError, systemClock } from '@tollgate/sdk';
import type { Command } from 'commander';
import { writeFile } from '../output/write-file.ts';
import { fileToWrite } from './file-to-write.ts';
import { dollars, fraction, wholeNumber } from './number-option.ts';

interface OptimizeFlags {
  readonly accuracy?: number;
  readonly usdPerTask?: number;
  readonly fallbackUsd?: number;
  readonly harmUsd?: number;
  readonly maxCalls?: number;
  readonly out?: string;
  readonly json?: boolean;
  readonly report?: string;
  readonly config?: string;
  readonly seed?: number;
  readonly orders?: number;
}

/** `tollgate optimize`: your logs in, the cheapest policy that keeps your quality out. */
export function addOptimize(program: Command): void {
  program
    .command('optimize')
    .description('search policies on logged outcomes, and say what the best one is worth on tasks it was not chosen on')
    .argument('<logs>', 'table of outcomes, JSON Lines, gzipped or not')
    .option('--accuracy <share>', 'the cheapest policy with at least this accuracy, for example 0.95', fraction)
    .option('--usd-per-task <usd>', 'the most accurate policy that costs at most this per task', dollars)
    .option('--fallback-usd <usd>', 'the least expected money, where a wrong answer costs this', dollars)
    .option(
      '--harm-usd <usd>',
      'with --fallback-usd: what a wrong answer that was given as accepted costs on top',
      dollars,
    )
    .option('--max-calls <n>', 'samples drawn for a task at most (default: 40)', wholeNumber(1))
    .option('--out <profile.json>', 'write the policy, for solve --profile and fromProfile', fileToWrite)
    .option('--json', 'print only JSON on stdout')
    .option('--report <file.html>', 'write a page with plots', fileToWrite)
    .option(
      '--config <file>',
      'configuration with prices (default: tollgate.config.{ts,mts,js,mjs,json} of this folder)',
    )
    .option('--seed <n>', 'seeds the split, the orders and the intervals (default: 0)', wholeNumber(0))
    .option('--orders <n>', 'orders of the samples (default: 20, or as many as there are samples)', wholeNumber(1))
    .action(async (logs: string, flags: OptimizeFlags) => {
      const objective = objectiveOf(flags);
      const loaded = await loadConfig(flags.config);
      const table = await readOutcomesFile(logs, loaded?.config.prices ?? {});
      const optimized = optimizePolicy({
        table,
        objective,
        seed: flags.seed ?? 0,
        ...(flags.maxCalls !== undefined && { maxCalls: flags.maxCalls }),
        ...(flags.orders !== undefined && { orders: flags.orders }),
        onProgress: showProgress(),
      });
      process.stdout.write(
        flags.json === true ? `${JSON.stringify(optimized, null, 2)}\n` : `${renderOptimized(optimized)}\n`,
      );
      if (flags.out !== undefined) {
        writeFile(
          flags.out,
          `${JSON.stringify(optimizedProfile(optimized, { source: logs, clock: systemClock }), null, 2)}\n`,
        );
        process.stderr.write(`wrote ${flags.out}\n`);
      }
      if (flags.report !== undefined) {
        writeFile(flags.report, renderHtml(optimizedReport(optimized, logs)));
        process.stderr.write(`wrote ${flags.report}\n`);
      }
    });
}

function objectiveOf({ accuracy, usdPerTask, fallbackUsd, harmUsd }: OptimizeFlags): Objective {
  const given = [accuracy, usdPerTask, fallbackUsd].filter((value) => value !== undefined).length;
  if (given !== 1) {
    throw new InvalidOptionError(
      'accuracy',
      `Say what to look for, one of: --accuracy 0.95, --usd-per-task 0.001, --fallback-usd 0.05; received ${given === 0 ? 'none' : 'several'}.`,
    );
  }
  if (harmUsd !== undefined && fallbackUsd === undefined) {
    throw new InvalidOptionError(
      'harm-usd',
      '--harm-usd goes with --fallback-usd: what a wrong answer costs, and what it costs on top where it was given as accepted.',
    );
  }
  if (accuracy !== undefined) return { accuracy };
  if (usdPerTask !== undefined) return { usdPerTask };
  return { fallbackUsd: fallbackUsd ?? 0, ...(harmUsd !== undefined && { harmUsd }) };
}

/** A line now and then on stderr, none for what takes a moment. */
function showProgress(): (progress: { readonly done: number; readonly of: number }) => void {
  let shownAt = performance.now();
  return ({ done, of }) => {
    const now = performance.now();
    if (now - shownAt < 2000) return;
    shownAt = now;
    process.stderr.write(`${done} of ${of} policies replayed\n`);
  };
}
