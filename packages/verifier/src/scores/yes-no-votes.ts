import { type Candidate, type GenerateRequest, type Model, textOf } from '@tollgate/sdk';
import type { Told } from './ask-all.ts';

/** Replies by what they say. */
export interface YesNoVotes {
  readonly yes: number;
  readonly no: number;
}

/** Asks several times and counts. */
export async function yesNoVotes(model: Model, request: GenerateRequest): Promise<Told<YesNoVotes>> {
  const { candidates, charges } = await model.generate(request);
  return { told: countVotes(candidates), charges };
}

/**
 * Counts replies: by the word a reply begins with, else by the only one of both that it holds. Others, and replies that a
 * budget or an abort cut, are not counted.
 */
function countVotes(replies: readonly Candidate[]): YesNoVotes {
  let [yes, no] = [0, 0];
  for (const reply of replies) {
    if (reply.finish.by === 'budget' || reply.finish.by === 'aborted') continue;
    const words: readonly string[] =
      textOf(reply)
        .toLowerCase()
        .match(/\p{L}+/gu) ?? [];
    const isYes = words.includes('yes');
    const isNo = words.includes('no');
    if (words[0] === 'yes' || (isYes && !isNo)) yes += 1;
    else if (words[0] === 'no' || (isNo && !isYes)) no += 1;
  }
  return { yes, no };
}
