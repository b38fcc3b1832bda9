import { type Candidate, type GenerateRequest, type Model, type ScoreInput, textOf } from '@tollgate/sdk';
import { finalChoice } from '../checks/choice.ts';
import { conversationText } from '../scores/conversation-text.ts';
import { createFence, type Fence } from '../scores/fence.ts';
import { replyTokens } from '../scores/reply-tokens.ts';
import type { PairJudge } from './pair-judge.ts';

/** How a model is asked to compare. */
export interface ModelPairJudgeOptions {
  readonly question: string;
  readonly maxOutputTokens: number | undefined;
}

const letters = finalChoice('ABC');

/** A model that is shown two answers as A and B and says which one is better. */
export function modelPairJudge(model: Model, { question, maxOutputTokens }: ModelPairJudgeOptions): PairJudge {
  const { sampling } = model.capabilitiesFor();
  const how: Partial<GenerateRequest> = {
    maxOutputTokens: maxOutputTokens ?? replyTokens(model),
    ...(sampling.temperature && { temperature: 0 }),
  };
  const asked = `${question} Answer with the letter alone: A or B. If neither is better, answer C.`;
  const fenceOf = fences();
  return {
    // The words are a part of it: a cache that outlives a change of them must not answer for it.
    name: `${model.provider}/${model.modelId}: ${asked}`,
    compare: async (first, second, input) => {
      const { request, context } = input;
      const { wrap, rule } = fenceOf(input);
      const shown = [
        wrap('question', conversationText(request.messages)),
        wrap('answer-a', textOf(first)),
        wrap('answer-b', textOf(second)),
      ];
      const { candidates, charges } = await model.generate({
        ...how,
        messages: [{ role: 'user', content: [rule, ...shown, asked].join('\n\n') }],
        context,
        ...(request.signal !== undefined && { signal: request.signal }),
      });
      const letter = candidates[0] === undefined ? undefined : letters.key(candidates[0]);
      return { prefers: letter === 'A' ? 'first' : letter === 'B' ? 'second' : 'neither', charges };
    },
  };
}

/** One fence for all comparisons of a set, so that their prompts begin alike and an engine evaluates that once. */
function fences(): (input: ScoreInput) => Fence {
  const drawn = new WeakMap<readonly Candidate[], Fence>();
  return ({ request, candidates, context }) => {
    const known = drawn.get(candidates);
    if (known !== undefined) return known;
    const texts = [conversationText(request.messages), ...candidates.map(textOf)];
    const fence = createFence(context.random.fork('fence'), texts);
    drawn.set(candidates, fence);
    return fence;
  };
}
