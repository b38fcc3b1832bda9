import {
  type Candidate,
  type GenerateRequest,
  type Scorer,
  type ScoreInput,
  textOf,
  type Verdict,
} from '@tollgate/sdk';
import type { CodeLanguage } from '../sandbox/sandbox.ts';
import { extractCode } from './extract-code.ts';

/** Where the program of a candidate comes from. */
export interface SourceOptions {
  /**
   * The program of a candidate, or undefined where it has none. For answers that continue the prompt, join the two here.
   * @defaultValue the code of its text, by `extractCode`
   */
  readonly source?: (candidate: Candidate, request: GenerateRequest) => string | undefined;
}

/** A verdict without the candidate's id, and what it took. */
export interface SourceVerdict extends Omit<Verdict, 'candidateId'> {
  readonly seconds?: number;
}

/** A free scorer of programs. An answer without one is rejected; it abstains on all where `judge` gives nothing. The trace gets the seconds of all candidates together. */
export function sourceScorer(
  {
    name,
    basis,
    language,
    source = codeOf(language),
  }: SourceOptions & Pick<Scorer, 'name' | 'basis'> & { readonly language: CodeLanguage },
  judge: (sources: readonly string[], input: ScoreInput) => Promise<readonly SourceVerdict[] | undefined>,
): Scorer {
  return {
    name,
    ...(basis !== undefined && { basis }),
    score: async (input) => {
      const sources = input.candidates.map((candidate) => source(candidate, input.request));
      const judged = await judge(
        sources.filter((each) => each !== undefined),
        input,
      );
      if (judged === undefined) {
        return { verdicts: input.candidates.map(({ id }) => ({ candidateId: id, status: 'abstain' })), charges: [] };
      }
      let next = 0;
      let total = 0;
      const verdicts = input.candidates.map(({ id }, i): Verdict => {
        if (sources[i] === undefined) return { candidateId: id, status: 'reject', evidence: { error: 'no code' } };
        const { seconds = 0, ...verdict } = judged[next] ?? { status: 'error' as const };
        next += 1;
        total += seconds;
        return { candidateId: id, ...verdict };
      });
      if (total > 0) input.context.span.add({ values: { sandboxSeconds: total } });
      return { verdicts, charges: [] };
    },
  };
}

function codeOf(language: CodeLanguage): (candidate: Candidate) => string | undefined {
  return (candidate) => extractCode(textOf(candidate), language);
}
