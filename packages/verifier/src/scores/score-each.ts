import {
  type CallContext,
  type Candidate,
  childContext,
  type Model,
  type ScoreInput,
  type ScoreResult,
  type Verdict,
} from '@tollgate/sdk';
import { askAll, type Told } from './ask-all.ts';

/** What a scorer says about a candidate, which it is told. */
export type Opinion = Omit<Verdict, 'candidateId'>;

/** How candidates are judged one by one. */
export interface EachOptions {
  /** Names the spans. */
  readonly name: string;
  /** Who is asked. */
  readonly model: Model;
  readonly atOnce: number;
  readonly ask: (candidate: Candidate, context: CallContext) => Promise<Told<Opinion>>;
}

/**
 * Judges each candidate by itself, several at a time, each in a span of its own. Out of money a verdict abstains; a call that
 * failed is `error` or `timeout`.
 *
 * @throws what is the caller's to mend, and AbortedError: with the charges of all candidates.
 */
export async function scoreEach(input: ScoreInput, { name, model, atOnce, ask }: EachOptions): Promise<ScoreResult> {
  const { told, charges } = await askAll(input.candidates, {
    atOnce,
    firstAlone: model.capabilitiesFor().tokenLevel,
    ask: async (candidate) => {
      const context = childContext(input.context, { kind: 'score', label: `${name} ${candidate.id}` });
      try {
        const opinion = await ask(candidate, context);
        context.span.end(opinion.told.status);
        return opinion;
      } catch (error) {
        context.span.end('failed');
        throw error;
      }
    },
  });
  const verdicts = told.map((outcome, i): Verdict => {
    const candidateId = input.candidates[i]?.id ?? '';
    return 'told' in outcome ? { candidateId, ...outcome.told } : { candidateId, status: outcome.untold };
  });
  return { verdicts, charges };
}
