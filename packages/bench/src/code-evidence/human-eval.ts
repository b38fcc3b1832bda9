import { readRecords } from '../read-lines.ts';

/** A problem of HumanEval, as the data set has it. */
export interface HumanEvalProblem {
  readonly task_id: string;
  /** Imports, helpers, the signature and a docstring. */
  readonly prompt: string;
  readonly entry_point: string;
  readonly canonical_solution: string;
  /** Source text that defines `check(candidate)`. */
  readonly test: string;
}

/** `count` problems of a file of HumanEval (JSON lines, gzipped or plain), evenly spread over it. */
export function readHumanEval(file: string, count: number): readonly HumanEvalProblem[] {
  const all = readRecords<HumanEvalProblem>(file);
  return Array.from(
    { length: Math.min(count, all.length) },
    (_, i) => all[Math.floor((i * all.length) / count)],
  ).filter((problem) => problem !== undefined);
}
