import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLedger, memoryStore } from '@tollgate/budget';
import { openCassette } from '@tollgate/sdk/cassettes';
import { answerKeyFor, checkAnswer } from '@tollgate/verifier';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveStrategies } from '../config/strategy-spec.ts';
import type { OutcomeLine } from '../outcomes/outcome-line.ts';
import { parseOutcomes } from '../outcomes/parse-outcomes.ts';
import type { Task } from '../tasks/task.ts';
import { answeringModel, promptOf } from './__fixtures__/answering-model.ts';
import { replayPool } from './model-pool.ts';
import { replayOutcomes } from './replay-outcomes.ts';
import { runTasks } from './run-tasks.ts';

const samplesEach = 12;
const strategies = [
  'single:small',
  'vote:small:5',
  'vote:big:1',
  'cascade:small,big:3@0.6',
  'cascade:small,big:4@1',
  'model-switch:small,big:4',
  'model-switch:big,small:1',
  'mini-n:small:2x4',
  'mini-n:big:1x3',
  'mini-n:small:2x3:oracle',
];

/** What each model says to each task, sample by sample: 0 stands for a text without an answer. */
interface Logs {
  readonly tasks: readonly {
    readonly gold: number;
    readonly verify: number | undefined;
    readonly small: readonly number[];
    readonly big: readonly number[];
  }[];
}

const answers = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: samplesEach, maxLength: samplesEach });
const logs: fc.Arbitrary<Logs> = fc.record({
  tasks: fc.array(
    fc.record({
      gold: fc.integer({ min: 1, max: 3 }),
      verify: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
      small: answers,
      big: answers,
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

const wordsFor = (answer: number): string => (answer === 0 ? 'I cannot say.' : `The answer is ${answer}.`);

let folder: string;
let files = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-agreement-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function tasksOf({ tasks }: Logs): readonly Task[] {
  return tasks.map(({ gold, verify }, i) => ({
    id: `t${i}`,
    prompt: `Question ${i}?`,
    check: { kind: 'number', answer: gold },
    ...(verify !== undefined && { verify: { kind: 'number', answer: verify } }),
  }));
}

/** Records every answer, as `solve --record` does. */
async function record(from: Logs): Promise<string> {
  const path = join(folder, `recording-${(files += 1)}.jsonl`);
  const cassette = await openCassette(path, { mode: 'record' });
  for (const name of ['small', 'big'] as const) {
    const asked = new Map<string, number>();
    const model = answeringModel(`${name}-1`, (request) => {
      const prompt = promptOf(request);
      const sample = asked.get(prompt) ?? 0;
      asked.set(prompt, sample + 1);
      return wordsFor(from.tasks[Number(/\d+/.exec(prompt)?.[0])]?.[name][sample] ?? 0);
    });
    const recording = cassette.record(name, model);
    for (const { prompt } of tasksOf(from)) {
      await recording.generate({ messages: [{ role: 'user', content: prompt }], samples: samplesEach });
    }
  }
  await cassette.close();
  return path;
}

/** The same answers as the table that somebody's evaluation would have logged. */
function logged(from: Logs): readonly string[] {
  return tasksOf(from).flatMap((task, i) =>
    (['small', 'big'] as const).flatMap((model) =>
      (from.tasks[i]?.[model] ?? []).map((answer, sample) => {
        const text = wordsFor(answer);
        const key = answerKeyFor(task.check).key({
          id: 'x',
          attemptId: 'x',
          producedBy: { provider: 'test', modelId: model },
          content: [{ type: 'text', text }],
          finish: { unified: 'stop', by: 'eos' },
        });
        const line: OutcomeLine = {
          task: task.id,
          model,
          sample,
          answer: key ?? null,
          correct: checkAnswer(task.check, text).passed,
          inputTokens: 10,
          outputTokens: 5,
          costUsd: 0.000015,
          ...(task.verify !== undefined && { signals: { verify: checkAnswer(task.verify, text).passed ? 1 : 0 } }),
        };
        return JSON.stringify(line);
      }),
    ),
  );
}

describe('a recording and the table of its outcomes', () => {
  it('give every strategy the same accuracy, draws, tokens and cost', async () => {
    await fc.assert(
      fc.asyncProperty(logs, async (from) => {
        const cassette = await openCassette(await record(from), { mode: 'replay' });
        const pool = replayPool(cassette);
        const live = await runTasks({
          tasks: tasksOf(from),
          strategies: resolveStrategies(strategies, { models: pool.names }),
          pool,
          ledger: await createLedger({ store: memoryStore() }),
          runId: 'agreement',
          budgetUsd: 1,
        });
        expect(live.stopped).toBeUndefined();
        const table = parseOutcomes(logged(from), { source: 'logs' });
        const replayed = replayOutcomes({ table, strategies: resolveStrategies(strategies, { models: table.models }) });
        const figures = ({ report }: Pick<typeof live, 'report'>): unknown =>
          report.strategies.map(({ name, accuracy, attempts, tokens, answered, costUsd, oracleVerifier }) => ({
            name,
            accuracy,
            attempts,
            tokens,
            answered,
            costUsd,
            oracleVerifier,
          }));
        expect(figures(replayed)).toEqual(figures(live));
        expect(replayed.report.ledger.spentUsd).toBe(live.report.ledger.spentUsd);
        expect(replayed.draws).toBe(live.report.ledger.rows);
      }),
      { seed: 8, numRuns: 25 },
    );
  });
});
