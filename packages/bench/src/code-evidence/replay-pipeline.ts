import { type CandidateView, type ReplayVerdicts, replayStrategy, type StrategyCore } from '@tollgate/sdk';
import { type PipelineState, pruneThenRankCore, type PruneThenRankCoreOptions } from '@tollgate/verifier';

/** Samples of one problem, and what scorers said about them. */
export interface RecordedSamples {
  readonly candidates: readonly CandidateView[];
  readonly score: (scorer: number, candidateIds: readonly string[]) => ReplayVerdicts;
  /** A scorer that ranks comes after the stages. */
  readonly ranks: boolean;
}

/** The pipeline's own core on recorded samples: the candidate that it chose, and what it has seen. */
export function replayPipeline(
  rules: PruneThenRankCoreOptions,
  { candidates, score, ranks }: RecordedSamples,
): { readonly chosen: string | undefined; readonly state: PipelineState | undefined } {
  const core = pruneThenRankCore({ ...rules, samples: candidates.length });
  let state: PipelineState | undefined;
  const watched: StrategyCore<PipelineState> = {
    ...core,
    observe: (before, event) => (state = core.observe(before, event)),
  };
  const { chosen } = replayStrategy(watched, {
    sources: [{ view, draw: () => candidates }],
    scorers: [...rules.stages.map((_, stage) => `stage ${stage + 1}`), ...(ranks ? ['rank'] : [])],
    score,
  });
  return { chosen: chosen?.id, state };
}

const view = {
  name: 'recorded',
  samples: { nativeMax: 10_000, promptBilledOnce: true, cancelOne: false },
  logprobs: 'none',
  continuation: 'none',
} as const;
