import { mean } from '@tollgate/stats';
import { passAtK } from '@tollgate/verifier';
import { readCodegen } from './codegen-matrix.ts';
import { orders, type Run, runsOf } from './codegen-runs.ts';
import { meanOver, printTable, shown } from './table.ts';

const sizes = [5, 10, 25, 50, 100];

/** Best of N by generated tests, with and without pruning by gold tests first, on recorded programs of CodeGen-16B. */
export function codegenPart(data: string): void {
  const problems = readCodegen(data);
  printTable(
    `CodeGen-16B, ${problems.length} problems x 100 samples: pass@k`,
    [1, 2, 5, 10, 50, 100].map((k) => {
      const solved = problems.map(({ samples, ok }) => {
        const correct = samples.filter((program) => ok[program] === 1).length;
        return passAtK({ samples: samples.length, correct }, k);
      });
      return [`${k}`, shown(meanOver(solved))];
    }),
  );
  printTable(`Best of N by generated tests, ${orders} random orders a problem`, [
    ['N', 'agreement: ties at random', 'pipeline', 'passed tests: ties at random', 'pipeline'],
    ...sizes.map((size) => [
      `${size}`,
      ...(['agreement', 'passed tests'] as const).flatMap((by) => {
        const runs = problems.map((problem) => runsOf(problem, { size, goldTests: 0, by }));
        return [
          shown(meanOver(runs.map((list) => mean(list.map(({ tied }) => tied))))),
          shown(meanOver(runs.map((list) => mean(list.map(({ solved }) => solved))))),
        ];
      }),
    ]),
  ]);
  printTable('N = 50: pruned by the first gold tests, then agreement (gold tests also grade: these are part of them)', [
    ['gold tests', 'ties at random', 'pipeline', 'survivors', 'tests run', 'equal programs once'],
    ...[0, 1, 2, 3].map((goldTests) => {
      const runs = problems.map((problem) => runsOf(problem, { size: 50, goldTests, by: 'agreement' }));
      const average = (figure: (run: Run) => number): string =>
        mean(runs.map((list) => mean(list.map(figure)))).toFixed(1);
      return [
        `${goldTests}`,
        shown(meanOver(runs.map((list) => mean(list.map(({ tied }) => tied))))),
        shown(meanOver(runs.map((list) => mean(list.map(({ solved }) => solved))))),
        average(({ survivors }) => survivors),
        average(({ testsRun }) => testsRun),
        average(({ testsRunOnce }) => testsRunOnce),
      ];
    }),
  ]);
}
