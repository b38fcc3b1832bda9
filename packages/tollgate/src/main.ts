#!/usr/bin/env node
import { TollgateError } from '@tollgate/sdk';
import { Command, CommanderError } from 'commander';
import { addCalibrate } from './commands/calibrate.ts';
import { addImport } from './commands/import.ts';
import { addOptimize } from './commands/optimize.ts';
import { addPrices } from './commands/prices.ts';
import { addQuickstart } from './commands/quickstart.ts';
import { addReport } from './commands/report.ts';
import { addSolve } from './commands/solve.ts';
import { addTasks } from './commands/tasks.ts';
import { exitCodes } from './exit-codes.ts';
import { endOnBrokenOutput } from './output/broken-output.ts';

endOnBrokenOutput();
const program = new Command('tollgate')
  .description('Work done by language models: bounded, cheap and measured.')
  .exitOverride()
  .showHelpAfterError('(tollgate --help shows what there is)')
  .addHelpText(
    'after',
    `
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 stopped by the budget, 130 interrupted.
Results go to stdout, progress to stderr.`,
  );
addSolve(program);
addTasks(program);
addImport(program);
addOptimize(program);
addCalibrate(program);
addReport(program);
addPrices(program);
addQuickstart(program);

try {
  await program.parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) {
    // Help and version are not mistakes.
    process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  } else if (TollgateError.isInstance(error)) {
    process.stderr.write(`tollgate: ${error.message}\n`);
    process.exitCode = error.code === 'invalid-option' ? exitCodes.usage : exitCodes.failed;
  } else {
    process.stderr.write(`tollgate: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = exitCodes.failed;
  }
}
