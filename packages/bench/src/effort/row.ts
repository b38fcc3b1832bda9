import type { EffortController } from '@tollgate/budget';

/** Prints what a controller measured at each fraction of its first model and class, beside the true average where it is known. */
export function printReport(name: string, controller: EffortController, trueTokens?: number): void {
  const [report] = controller.report();
  for (const { fraction, calls, measured, ratio, complied, graded, correct = 0, rewarded = 0 } of report?.fractions ??
    []) {
    const truth =
      trueTokens === undefined
        ? ''
        : `  of true average ${trueTokens.toFixed(0)}: ${((measured * (report?.baselineTokens ?? 0)) / trueTokens).toFixed(3)}`;
    const grades = graded === 0 ? '' : `  correct ${correct.toFixed(3)} and compliant ${rewarded.toFixed(3)}`;
    process.stdout.write(
      `${name.padEnd(34)} asked ${fraction.toFixed(2)}  measured ${measured.toFixed(3)}  ratio ${ratio.toFixed(3)}  complied ${complied.toFixed(2)}  calls ${calls}  average ${report?.baselineTokens.toFixed(1)}${truth}${grades}\n`,
    );
  }
}

/** Prints a heading. */
export function printHeading(text: string): void {
  process.stdout.write(`\n${text}\n`);
}
