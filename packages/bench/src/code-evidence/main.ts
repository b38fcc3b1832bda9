/**
 * What filters and rankers are worth on programs: accuracy, throughput and dollars, with 95 % intervals over problems.
 *
 *   node --conditions=@tollgate/source packages/bench/src/code-evidence/main.ts [--only codegen16b|live|orm|gsm8k] \
 *     [--data ../shared/data] [--tasks ../shared/data/tasks/humaneval.jsonl.gz] \
 *     [--model qwen2.5-coder-0.5b] [--sandbox pyodide|bubblewrap]
 *
 * `live` runs the recorded programs of a local model in a sandbox; no weights are needed (record.ts, record-scores.ts).
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bubblewrapSandbox, pyodideSandbox } from '@tollgate/verifier/sandbox';
import { codegenPart } from './codegen-part.ts';
import { gsm8kPart } from './gsm8k-part.ts';
import { livePart } from './live-part.ts';
import { ormPart } from './orm-part.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    data: { type: 'string', default: '../shared/data' },
    tasks: { type: 'string' },
    model: { type: 'string', default: 'qwen2.5-coder-0.5b' },
    sandbox: { type: 'string', default: 'pyodide' },
  },
});
const { data, tasks = join(data, 'tasks/humaneval.jsonl.gz'), model } = values;
const wanted = (part: string): boolean => values.only === undefined || values.only === part;
if (wanted('codegen16b')) codegenPart(data);
if (wanted('orm')) ormPart(data);
if (wanted('gsm8k')) gsm8kPart(data);
if (wanted('live')) {
  await using sandbox =
    values.sandbox === 'bubblewrap' ? bubblewrapSandbox({ concurrency: 1 }) : pyodideSandbox({ concurrency: 1 });
  await livePart({ tasks, model, judges: ['qwen2.5-coder-0.5b', 'qwen2.5-coder-1.5b'], sandbox });
}
