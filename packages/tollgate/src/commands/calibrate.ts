import { calibrateOutcomes, textTable } from '@tollgate/policy';
import { loadConfig, readOutcomesFile } from '@tollgate/policy/node';
import { systemClock } from '@tollgate/sdk';
import type { Command } from 'commander';
import { writeFile } from '../output/write-file.ts';
import { fileToWrite } from './file-to-write.ts';
import { dollars, fraction } from './number-option.ts';

interface CalibrateFlags {
  readonly risk: number;
  readonly delta?: number;
  readonly fallbackUsd?: number;
  readonly promptHash?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly config?: string;
}

/** `tollgate calibrate`: thresholds that promise something, from labelled logs. */
export function addCalibrate(program: Command): void {
  program
    .command('calibrate')
    .description('choose thresholds on labelled outcomes that keep the share of wrong accepted answers below a risk')
    .argument('<logs>', 'table of outcomes, JSON Lines, gzipped or not')
    .option('--risk <share>', 'share of accepted answers that may be wrong', fraction, 0.05)
    .option('--delta <share>', 'chance that a promise fails for bad luck with the labels (default: 0.05)', fraction)
    .option('--fallback-usd <usd>', 'what a wrong answer costs, for the table of difficulties', dollars)
    .option('--prompt-hash <hash>', 'identity of the prompt the answers were made with')
    .option('--out <profile.json>', 'write the profile', fileToWrite)
    .option('--json', 'print only JSON on stdout')
    .option(
      '--config <file>',
      'configuration with prices (default: tollgate.config.{ts,mts,js,mjs,json} of this folder)',
    )
    .action(async (logs: string, flags: CalibrateFlags) => {
      const loaded = await loadConfig(flags.config);
      const table = await readOutcomesFile(logs, loaded?.config.prices ?? {});
      const { profile, refused } = calibrateOutcomes({
        table,
        risk: flags.risk,
        clock: systemClock,
        ...(flags.delta !== undefined && { delta: flags.delta }),
        ...(flags.fallbackUsd !== undefined && { fallbackUsd: flags.fallbackUsd }),
        ...(flags.promptHash !== undefined && { promptHash: flags.promptHash }),
      });
      if (flags.json === true) process.stdout.write(`${JSON.stringify({ profile, refused }, null, 2)}\n`);
      else process.stdout.write(`${[...promised(profile.thresholds), ...refusals(refused)].join('\n')}\n`);
      if (flags.out === undefined) return;
      writeFile(flags.out, `${JSON.stringify(profile, null, 2)}\n`);
      process.stderr.write(`wrote ${flags.out}\n`);
    });
}

function promised(thresholds: ReturnType<typeof calibrateOutcomes>['profile']['thresholds']): readonly string[] {
  if (thresholds.length === 0) return ['No threshold can be promised on these labels.'];
  return textTable([
    { head: 'model', cells: thresholds.map(({ source }) => source) },
    { head: 'signal', cells: thresholds.map(({ signal }) => signal) },
    {
      head: 'accept at',
      cells: thresholds.map(({ threshold }) => String(Number(threshold.toPrecision(4)))),
      align: 'right',
    },
    {
      head: 'wrong at most',
      cells: thresholds.map(({ claim }) => `${Number((100 * claim.risk).toPrecision(3))} %`),
      align: 'right',
    },
    { head: 'labels', cells: thresholds.map(({ claim }) => String(claim.sampleSize)), align: 'right' },
    { head: 'method', cells: thresholds.map(({ claim }) => claim.method) },
  ]);
}

function refusals(refused: ReturnType<typeof calibrateOutcomes>['refused']): readonly string[] {
  return refused.map(
    ({ model, signal, reason, moreLabels }) =>
      `not promised: ${model}, ${signal}: ${reason}${moreLabels === undefined ? '' : ` About ${moreLabels} more labels are needed.`}`,
  );
}
