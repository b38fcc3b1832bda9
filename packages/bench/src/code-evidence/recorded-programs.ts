import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Candidate } from '@tollgate/sdk';
import { openCassette } from '@tollgate/sdk/cassettes';
import { type HumanEvalProblem, readHumanEval } from './human-eval.ts';
import { programRequest } from './program-request.ts';

/** Where recordings are kept. */
export const recordings = join(import.meta.dirname, '../../recordings');

/** A problem and the answers that a model gave to it. */
export interface ProblemSamples {
  readonly problem: HumanEvalProblem;
  readonly candidates: readonly Candidate[];
  /** Engine time of the prompt, which all samples share. */
  readonly promptSeconds: number;
}

/** The answers of a model that were recorded for problems of this file of tasks. */
export async function recordedPrograms(model: string, tasks: string): Promise<readonly ProblemSamples[]> {
  const plain = join(recordings, `humaneval-${model}.jsonl`);
  const cassette = await openCassette(existsSync(plain) ? plain : `${plain}.gz`, { mode: 'replay' });
  const [name = ''] = cassette.models;
  const replayed = cassette.replay(name);
  const all: ProblemSamples[] = [];
  for (const problem of readHumanEval(tasks, 64)) {
    const request = programRequest(problem);
    const samples = cassette.recordedSamples(name, request);
    if (samples === 0) continue;
    const { candidates, charges } = await replayed.generate({ ...request, samples });
    const seconds = charges.reduce((sum, { usage }) => sum + (usage.engineSeconds ?? 0), 0);
    const own = candidates.reduce((sum, { engineSeconds = 0 }) => sum + engineSeconds, 0);
    all.push({ problem, candidates, promptSeconds: seconds - own });
  }
  return all;
}
