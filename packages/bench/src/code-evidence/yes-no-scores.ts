import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readRecords } from '../read-lines.ts';
import { recordings } from './recorded-programs.ts';

/** What a judge said about the samples of a problem, in their order. Equal texts were judged once. */
export interface YesNoLine {
  readonly task: string;
  /** log P(Yes) − log P(No); null where it abstained. */
  readonly scores: readonly (number | null)[];
  /** Engine time of each verdict. */
  readonly seconds: readonly number[];
}

/** The file of a judge's scores. */
export function yesNoFile(judge: string): string {
  return join(recordings, `yes-no-${judge}.jsonl`);
}

/** A judge's recorded scores by task; none where there is no recording. */
export function yesNoScores(judge: string): ReadonlyMap<string, YesNoLine> {
  const file = yesNoFile(judge);
  return new Map(existsSync(file) ? readRecords<YesNoLine>(file).map((line) => [line.task, line]) : []);
}
