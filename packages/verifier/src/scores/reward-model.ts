import {
  type Candidate,
  childContext,
  type GenerateRequest,
  type Model,
  ModelCallError,
  type Pricing,
  type Scorer,
  type ScoreInput,
  textOf,
  type Verdict,
} from '@tollgate/sdk';
import { askAfter, askAll, type Outcome, type Told, type Untold } from './ask-all.ts';
import { conversationText } from './conversation-text.ts';
import { requireFinite } from './require-number.ts';
import { rewardLeaf } from './reward-leaf.ts';
import type { RewardSource, RewardText } from './reward-source.ts';
import { statusOf } from './status-of.ts';

/** Options of `rewardModel`. */
export interface RewardModelOptions {
  /**
   * Writes a candidate as the head was trained to read it. Cutting is the head's own business (`format` of
   * `onnxRewardHead`). @defaultValue `rewardText`
   */
  readonly text?: (request: GenerateRequest, candidate: Candidate) => RewardText;
  /**
   * The least score that is accepted, on the head's own scale; what is below is rejected. Scores of many heads cannot be
   * compared between problems: calibrate before you set it. @defaultValue none: a verdict is a `tie` with its score
   */
  readonly accept?: number;
  /** Declared price, for example `hardware({ usdPerHour })` of the budget package. Needed under a budget. @defaultValue none */
  readonly pricing?: Pricing;
}

/**
 * The layout that code reward models are trained on: the problem under one heading, the answer in a fence under another,
 * and nothing after it. The problem is the conversation without system messages.
 */
// Source: arXiv 2506.10056, training code. Differs: an answer that brings its own fence gets no second one.
export function rewardText(request: GenerateRequest, candidate: Candidate): RewardText {
  const problem = conversationText(request.messages.filter(({ role }) => role !== 'system'));
  const text = textOf(candidate);
  const solution = text.includes('```') ? text : `\`\`\`\n${text}\n\`\`\``;
  return { answer: `## Question\n\n${problem}\n\n## Proposed solution\n\n${solution}` };
}

/**
 * Scores candidates by a trained reward head, all of them in one call. The scale is the head's own, higher is better.
 *
 * A candidate that is too long for the head is an `error`, and the others are scored all the same. Out of money all verdicts
 * abstain.
 *
 * @throws InvalidOptionError when `accept` is not finite.
 *
 * @example
 * const head = await onnxRewardHead({ modelPath: './reward-model', batchSize: 8 });
 * const model = bestOfMiniN(coder, { scorer: rewardModel(head, { accept: 0.5 }), miniN: 4, total: 16 });
 */
export function rewardModel(source: RewardSource, options: RewardModelOptions = {}): Scorer {
  const { text = rewardText, accept, pricing } = options;
  requireFinite('accept', accept);
  const leaf = rewardLeaf(source, pricing);
  return {
    name: `reward ${source.modelId}`,
    score: async (input) => {
      const texts = input.candidates.map((candidate) => text(input.request, candidate));
      let calls = texts.length === 0 ? [] : [texts];
      let asked = await askHead(leaf, calls, input);
      if (texts.length > 1 && asked.told.some(isTooLong)) {
        // One by one, only what is too long fails.
        const singles = texts.map((each) => [each]);
        asked = await askAfter(asked.charges, () => askHead(leaf, singles, input));
        calls = singles;
      }
      const scores = asked.told.flatMap((outcome, i): readonly (number | Untold | undefined)[] =>
        'told' in outcome ? outcome.told : (calls[i] ?? []).map(() => outcome.untold),
      );
      const verdicts = input.candidates.map(({ id }, i) => verdictOf(id, scores[i] ?? 'error', accept));
      return { verdicts, charges: asked.charges };
    },
  };
}

type Scores = readonly (number | undefined)[];

function askHead(
  leaf: Model,
  calls: readonly (readonly RewardText[])[],
  { request, context }: ScoreInput,
): Promise<Told<readonly Outcome<Scores>[]>> {
  return askAll([...calls.entries()], {
    atOnce: 1,
    ask: async ([call, texts]): Promise<Told<Scores>> => {
      const own = childContext(context, { kind: 'score', label: `${leaf.modelId} ${calls.length}.${call + 1}` });
      const { candidates, charges } = await leaf.generate({
        messages: texts.map((each) => ({ role: 'user', content: JSON.stringify(each) })),
        maxOutputTokens: 1,
        context: own,
        ...(request.signal !== undefined && { signal: request.signal }),
      });
      own.span.end('scored');
      // A score that is no number is written as null.
      const scores = JSON.parse(candidates.map(textOf).join('')) as readonly (number | null)[];
      return { told: texts.map((_, i) => scores[i] ?? undefined), charges };
    },
  });
}

function isTooLong(outcome: Outcome<Scores>): boolean {
  return 'error' in outcome && ModelCallError.isInstance(outcome.error) && outcome.error.failure === 'context-length';
}

function verdictOf(candidateId: string, score: number | Untold, accept: number | undefined): Verdict {
  if (typeof score !== 'number') return { candidateId, status: score };
  return { candidateId, status: statusOf(score, accept), score };
}
