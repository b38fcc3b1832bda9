import type {
  LanguageModelV4FinishReason,
  LanguageModelV4GenerateResult,
  LanguageModelV4Usage,
  SharedV4ProviderMetadata,
} from '@ai-sdk/provider';
import { TollgateError } from '../../errors/tollgate-error.ts';
import type { Candidate, GenerateResult, Warning } from '../../spec/result.ts';
import { writeFinish } from './finish.ts';
import { metadataOfResult } from './tollgate-metadata.ts';
import { writeUsage } from './usage.ts';
import { writeWarning } from './warnings.ts';
import { writeContent } from './write-content.ts';

/** What happens where no answer is given: the call ends without text, or fails. */
export type OnAbstain = 'finish' | 'throw';

/** How a result ended, whether it was streamed or not. */
export interface WrittenEnd {
  readonly finishReason: LanguageModelV4FinishReason;
  readonly usage: LanguageModelV4Usage;
  readonly providerMetadata: SharedV4ProviderMetadata;
}

/** Writes a whole result. `warnings` is what of the call was left out. */
export function writeResult(
  result: GenerateResult,
  { onAbstain, warnings }: { readonly onAbstain: OnAbstain; readonly warnings: readonly Warning[] },
): LanguageModelV4GenerateResult {
  const answer = answerOf(result, onAbstain);
  return {
    content: answer?.content.map((part) => writeContent(part, answer.producedBy)) ?? [],
    // Engines may put words around the JSON; the object is what was checked.
    ...(answer?.object !== undefined && { structuredOutputText: JSON.stringify(answer.object) }),
    ...writeEnd(result, answer),
    response: { id: result.trace.id, ...(answer !== undefined && { modelId: answer.producedBy.modelId }) },
    warnings: [...warnings, ...result.warnings].map(writeWarning),
  };
}

/**
 * The candidate that is the answer, or undefined where none is given.
 *
 * @throws TollgateError `abstained` with the charges, where the caller wants it so.
 */
export function answerOf(
  { candidates, decision, charges }: GenerateResult,
  onAbstain: OnAbstain,
): Candidate | undefined {
  const answer = candidates.find(({ id }) => id === decision.chosen);
  if (answer !== undefined || onAbstain === 'finish') return answer;
  const error = new TollgateError('abstained', `No answer is given: ${decision.reason}.`);
  error.charges = charges;
  throw error;
}

/** Writes how a result ended. Tokens are those of the attempt that answered: tokens of several models have no sum. */
export function writeEnd(result: GenerateResult, answer: Candidate | undefined): WrittenEnd {
  const charge = result.charges.find(({ attemptId }) => attemptId === answer?.attemptId);
  return {
    finishReason: answer === undefined ? { unified: 'other', raw: result.decision.status } : writeFinish(answer.finish),
    usage: writeUsage(charge?.usage ?? {}),
    providerMetadata: metadataOfResult(result, answer),
  };
}
