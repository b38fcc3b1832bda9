import { replayStrategy, type StrategyCore, type Verdict } from '@tollgate/sdk';
import { describe, expect, it } from 'vitest';
import type { PipelineState } from './pipeline-state.ts';
import { pruneThenRankCore } from './prune-then-rank-core.ts';
import { pipelineReport } from './stage-report.ts';

/** The state in which a pipeline of two stages ends that rejects what starts with `x` and then what ends with `y`. */
function ended(answers: readonly string[]): PipelineState {
  const core = pruneThenRankCore({
    samples: answers.length,
    stages: ['form', 'behaviour'],
    minSurvivors: 1,
    concurrency: 9,
  });
  let state: PipelineState | undefined;
  let next = 0;
  const watched: StrategyCore<PipelineState> = {
    ...core,
    observe: (before, event) => (state = core.observe(before, event)),
  };
  replayStrategy(watched, {
    sources: [
      {
        view: {
          name: 's',
          samples: { nativeMax: 1, promptBilledOnce: true, cancelOne: false },
          logprobs: 'none',
          continuation: 'none',
        },
        draw: (count) =>
          Array.from({ length: count }, () => ({
            id: answers[next] + `#${next}`,
            from: 0,
            finish: 'eos' as const,
            answer: answers[next++] ?? '',
          })),
      },
    ],
    scorers: ['lint', 'tests'],
    score: (scorer, ids) => ({
      verdicts: ids.map((candidateId): Verdict => {
        const [answer = ''] = candidateId.split('#');
        const bad = scorer === 0 ? answer.startsWith('x') : answer.endsWith('y');
        return { candidateId, status: bad ? 'reject' : 'accept' };
      }),
      cost: { seconds: scorer === 0 ? 1 : 4, usd: 0.25, tokens: 10 },
    }),
  });
  if (state === undefined) throw new Error('nothing was observed');
  return state;
}

const isCorrect = (id: string): boolean => id.startsWith('good') || id.startsWith('xgood');

describe('pipelineReport', () => {
  it('counts candidates through the stages, and what each cost', () => {
    const states = [ended(['cy', 'xb', 'xb', 'a', 'a']), ended(['xq', 'goody'])];
    const report = pipelineReport(states, { names: ['lint', 'tests'] });
    expect(report).toMatchObject({ runs: 2, drawn: 7, distinct: 5 });
    expect(report.stages).toMatchObject([
      { name: 'lint', in: 7, out: 4, judged: 5, seconds: 5, usd: 1.25, tokens: 50 },
      { name: 'tests', in: 4, out: 2, judged: 3, seconds: 12, usd: 0.75, tokens: 30 },
    ]);
    expect(report.stages[0]?.usdPerRemoved).toBeCloseTo((1.25 + 5 * 0.00003) / 2, 12);
    expect(report.candidatesPerSecond).toBeCloseTo(7 / 17, 12);
    expect(report).not.toHaveProperty('generationFailures');
  });

  it('says, with labels, what was lost where', () => {
    const states = [
      ended(['good', 'xb']),
      ended(['xgood', 'b']), // lint loses the only right one
      ended(['goody', 'b']), // the tests do
      ended(['goody', 'good']),
      ended(['b', 'c']), // there was none
    ];
    const report = pipelineReport(states, { names: ['lint', 'tests'], isCorrect });
    expect(report.generationFailures).toBe(1);
    expect(report.stages).toMatchObject([
      { correctIn: 5, correctOut: 4, selectionFailures: 1 },
      { correctIn: 4, correctOut: 2, selectionFailures: 1 },
    ]);
  });

  it('of nothing is empty', () => {
    expect(pipelineReport([], { names: ['lint'] })).toMatchObject({
      runs: 0,
      drawn: 0,
      stages: [{ in: 0, out: 0, judged: 0 }],
    });
  });
});
