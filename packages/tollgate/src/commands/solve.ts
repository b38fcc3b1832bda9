import { type Command, Option } from 'commander';
import { loadConfig } from '@tollgate/policy/node';
import { fileToWrite } from './file-to-write.ts';
import { collected, dollars, wholeNumber } from './number-option.ts';
import { kindOfReplay } from './replay-kind.ts';
import type { SolveFlags } from './solve-flags.ts';
import { solveOutcomes } from './solve-outcomes.ts';
import { solveTasks } from './solve-tasks.ts';

/** `tollgate solve`: the main job. */
export function addSolve(program: Command): void {
  program
    .command('solve')
    .description('run tasks through strategies under a hard budget: live, from a recording, or on a table of outcomes')
    .argument('[tasks]', 'task file, JSON Lines (a table of outcomes has its own tasks)')
    .option(
      '--strategy <s>',
      'configured name or short form, several times if wanted (default: all configured, else each model alone)',
      collected,
    )
    .option('--profile <profile.json>', 'the policy that optimize wrote, beside any --strategy')
    .option('--explain <task>', 'show how each strategy came to its answer on this task')
    .option('--budget <usd>', 'hard cap of the whole run in US dollars', dollars)
    .option('--config <file>', 'configuration (default: tollgate.config.{ts,mts,js,mjs,json} of this folder)')
    .addOption(
      new Option('--record <file>', 'record what the models answer; an interrupted recording goes on').conflicts(
        'replay',
      ),
    )
    .option('--replay <file>', 'answer from a recording, or replay a table of outcomes')
    .option('--out <file>', 'results as JSON Lines; run again with the same file to go on')
    .option('--json', 'print only JSON on stdout')
    .option('--report <file.html>', 'write a page with plots', fileToWrite)
    .option('--concurrency <n>', 'tasks at once', wholeNumber(1), 4)
    .option('--seed <n>', 'seeds samples and orders', wholeNumber(0))
    .option('--repeats <n>', 'outcomes: put the samples in this many orders (default: 1)', wholeNumber(1))
    .addOption(
      new Option(
        '--when-exhausted <what>',
        'outcomes: a task whose samples run out is an error, or is dropped (default: error)',
      ).choices(['error', 'drop']),
    )
    .option('--skip-invalid', 'leave out task lines that have a problem')
    .addHelpText(
      'after',
      `
Short forms: single:M  vote:M:8  cascade:A,B:3@0.6  model-switch:A,B,C:5  mini-n:M:2x4[:oracle]`,
    )
    .action(async (tasksPath: string | undefined, flags: SolveFlags) => {
      const loaded = await loadConfig(flags.config);
      process.exitCode =
        flags.replay !== undefined && kindOfReplay(flags.replay) === 'outcomes'
          ? await solveOutcomes({ tasksPath, flags, replay: flags.replay, config: loaded?.config })
          : await solveTasks({ tasksPath, flags, config: loaded?.config });
    });
}
