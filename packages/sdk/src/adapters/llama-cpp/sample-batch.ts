import type { LlamaContextSequence, Token } from 'node-llama-cpp';
import { closedModel } from '../../local/closed-model.ts';
import type { DraftCount, DraftLoan } from './drafter.ts';
import type { EngineShare } from './engine-meter.ts';
import type { Engine } from './load-engine.ts';
import { batchTokens } from './memory-need.ts';
import { sharePrompt } from './share-prompt.ts';

/** The samples of one attempt, each with the prompt in its memory but for the last token, which comes with its first step. */
export interface SampleBatch {
  readonly sequences: readonly LlamaContextSequence[];
  /** Prompt tokens that were in memory already. */
  readonly reusedTokens: number;
  /** Prompt tokens that were evaluated. */
  readonly evaluatedTokens: number;
  /** The signal fired before the prompt was evaluated. There is nothing to sample. */
  readonly wasAborted: boolean;
  /** Begins the share of a sample, which ends with it. */
  startSample(): EngineShare;
  /** Gives the sequences back. Gives what it all took. */
  close(): { readonly engineSeconds: number; readonly drafts: DraftCount | undefined };
}

const nothing: Omit<SampleBatch, 'startSample'> = {
  sequences: [],
  reusedTokens: 0,
  evaluatedTokens: 0,
  wasAborted: true,
  close: () => ({ engineSeconds: 0, drafts: undefined }),
};

/** What is wanted of a batch. */
export interface SampleBatchOptions {
  readonly prompt: readonly Token[];
  readonly samples: number;
  readonly sessionKey: string | undefined;
  readonly signal: AbortSignal | undefined;
  /** The answer is the same with drafts as without. */
  readonly mayDraft: boolean;
}

/** Waits for sequences and brings the prompt into them: from what they hold, from another one, or by evaluating it once. */
export async function openSampleBatch(engine: Engine, options: SampleBatchOptions): Promise<SampleBatch> {
  const { prompt, samples, sessionKey, signal, mayDraft } = options;
  const tokens = prompt.slice(0, -1);
  const shares: EngineShare[] = [];
  const startSample = (): EngineShare => {
    const share = engine.meter.start(1);
    shares.push(share);
    return share;
  };
  const taken = await engine.lanes.take({ count: samples, tokens, sessionKey, signal });
  if (taken === undefined) return { ...nothing, startSample };
  if (engine.model.disposed) {
    taken.release();
    throw closedModel(`llama-cpp/${engine.modelId}`);
  }
  const promptShare = engine.meter.start(Math.max(1, Math.min(tokens.length, batchTokens)));
  let seconds = 0;
  let loan: DraftLoan | undefined;
  try {
    const [root] = taken.lanes;
    const { reused, evaluated, isWhole } = await sharePrompt(taken, tokens, signal);
    seconds += promptShare.stop();
    if (isWhole && mayDraft && samples === 1 && root !== undefined) loan = engine.drafter?.lend(root, prompt);
    return {
      sequences: taken.lanes,
      reusedTokens: reused,
      evaluatedTokens: evaluated,
      wasAborted: !isWhole,
      startSample,
      close: () => {
        for (const share of shares) seconds += share.stop();
        const drafts = loan?.end();
        taken.release();
        return { engineSeconds: seconds, drafts };
      },
    };
  } catch (error) {
    promptShare.stop();
    taken.release();
    throw error;
  }
}
