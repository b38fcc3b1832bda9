import { join } from 'node:path';
import { readRecords } from '../read-lines.ts';

/** A problem of `humaneval_codegen16b`: 100 samples, and what each did on each test. */
export interface CodegenProblem {
  /** Index of the program of each sample. */
  readonly samples: readonly number[];
  /** By program: 1 where it passes all gold tests. */
  readonly ok: readonly number[];
  /** By program, a mark for each gold test: `1` passed, `t` in time out, others failed. */
  readonly gold: readonly string[];
  /** By program, a mark for each generated test. */
  readonly gen: readonly string[];
  /** How often each generated test was generated. */
  readonly gen_mult: readonly number[];
}

/** The problems in `humaneval_codegen16b` of a folder of data. */
export function readCodegen(data: string): readonly CodegenProblem[] {
  return readRecords<CodegenProblem>(join(data, 'humaneval_codegen16b/matrix.jsonl.gz'));
}
