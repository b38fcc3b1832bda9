import { replayOutcomes, type TollgateConfig } from '@tollgate/policy';
import { readOutcomesFile } from '@tollgate/policy/node';
import { InvalidOptionError } from '@tollgate/sdk';
import { exitCodeOf, showReport } from '../output/show-run.ts';
import { namedStrategies } from './named-strategies.ts';
import type { SolveFlags } from './solve-flags.ts';

/** Which strategy would have been cheapest on these logs? No key, no model, no task file. */
export async function solveOutcomes(run: {
  readonly tasksPath: string | undefined;
  readonly flags: SolveFlags;
  readonly replay: string;
  readonly config: TollgateConfig | undefined;
}): Promise<number> {
  const { flags, config } = run;
  if (run.tasksPath !== undefined) {
    throw new InvalidOptionError(
      'tasks',
      `A table of outcomes has its own tasks and verdicts; leave out "${run.tasksPath}".`,
    );
  }
  if (flags.explain !== undefined) {
    throw new InvalidOptionError(
      'explain',
      'A replay of outcomes keeps figures and no traces; --explain is for runs of tasks, live or from a recording.',
    );
  }
  if (flags.out !== undefined) {
    throw new InvalidOptionError(
      'out',
      'A table of outcomes is replayed in one go; keep its figures with --json > FILE.',
    );
  }
  if (flags.skipInvalid === true) {
    throw new InvalidOptionError('skip-invalid', 'A table of outcomes is read whole; mend the lines that are named.');
  }
  const table = await readOutcomesFile(run.replay, config?.prices ?? {});
  const pool = { models: table.models, ...(config !== undefined && { config }) };
  const { report, draws, stopped } = replayOutcomes({
    table,
    strategies: namedStrategies(flags, pool),
    repeats: flags.repeats ?? 1,
    seed: flags.seed ?? 0,
    whenExhausted: flags.whenExhausted ?? 'error',
    ...(flags.budget !== undefined && { budgetUsd: flags.budget }),
  });
  process.stderr.write(`${draws} recorded samples drawn\n`);
  showReport(report, flags);
  return exitCodeOf({ ...(stopped !== undefined && { stopped }) });
}
