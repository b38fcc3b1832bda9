import {
  asTokenModel,
  type CallContext,
  type Candidate,
  type GenerateRequest,
  type Model,
  type Scorer,
  type ScoreInput,
  textOf,
} from '@tollgate/sdk';
import type { Told } from './ask-all.ts';
import { conversationText } from './conversation-text.ts';
import { exactYesNo } from './exact-yes-no.ts';
import { createFence } from './fence.ts';
import { replyTokens } from './reply-tokens.ts';
import { requireFinite, requireWhole } from './require-number.ts';
import { type Opinion, scoreEach } from './score-each.ts';
import { statusOf } from './status-of.ts';
import { yesNoLogprobs } from './yes-no-logprobs.ts';
import type { YesNoOptions } from './yes-no-options.ts';
import type { YesNoSides } from './yes-no-sides.ts';
import { type YesNoVotes, yesNoVotes } from './yes-no-votes.ts';

/**
 * Asks a model whether a candidate is correct and scores by `log P(Yes) − log P(No)` at the first word of its reply: a
 * reward model out of any model with log-probabilities, for one word a candidate.
 *
 * Spellings (`Yes`, ` yes`, `YES`) are added up. Where one side is not among the most likely words, its probability is
 * read from the engine's distribution (`asTokenModel`), and of a hosted model bounded by the least likely word that it
 * reported (`evidence.bounded`). A model that gives no log-probabilities is asked `samples` times instead, and the score is
 * `ln((yes + ½) / (no + ½))`: coarser and dearer, so `evidence.method` and the trace say `votes`.
 *
 * Evidence: `{ method, yes, no, probability }`, of which `probability` is P(Yes) / (P(Yes) + P(No)). Abstains where the
 * reply says neither, and out of money.
 *
 * @throws InvalidOptionError when an option is out of its range.
 *
 * @example
 * const judge = await llamaCpp({ modelPath: './qwen2.5-coder-1.5b.gguf' });
 * const model = bestOfMiniN(coder, { scorer: yesNo(judge, { accept: 0 }), miniN: 4, total: 16 });
 */
// Source: arXiv 2506.10056, training code: "is it correct, answer Yes or No", logit(Yes) − logit(No) at one token.
export function yesNo(model: Model, options: YesNoOptions = {}): Scorer {
  const { question = 'Is the proposed answer correct?', accept, samples = 5, concurrency = 8 } = options;
  requireFinite('accept', accept);
  requireWhole('samples', samples, [1, 100]);
  requireWhole('concurrency', concurrency, [1, 1000]);
  const maxOutputTokens = options.maxOutputTokens ?? replyTokens(model);
  requireWhole('maxOutputTokens', maxOutputTokens, [1, Number.MAX_SAFE_INTEGER]);

  const ask = async (request: GenerateRequest, { span }: CallContext): Promise<Told<Opinion>> => {
    const { logprobs } = model.capabilitiesFor(request);
    const tokens = asTokenModel(model);
    if (logprobs === 'top-k' || logprobs === 'full') return opined(await yesNoLogprobs(model, request), accept);
    if (tokens !== undefined) return opined(await exactYesNo(tokens, request), accept);
    span.add({ rule: 'votes of samples: the model gives no log-probabilities' });
    const { told, charges } = await yesNoVotes(model, { ...request, samples, maxOutputTokens });
    return { told: voted(told, accept), charges };
  };
  return {
    name: `yes-no ${model.modelId}`,
    score: async (input) => {
      const requestOf = questions(model, question, input);
      return scoreEach(input, {
        name: 'yes-no',
        model,
        atOnce: concurrency,
        ask: (candidate, context) => ask({ ...requestOf(candidate), context }, context),
      });
    },
  };
}

/** The question about each candidate. All begin alike, so that an engine evaluates the problem once. */
function questions(model: Model, question: string, input: ScoreInput): (candidate: Candidate) => GenerateRequest {
  const { request, candidates, context } = input;
  const problem = conversationText(request.messages);
  const { wrap, rule } = createFence(context.random.fork('fence'), [problem, ...candidates.map(textOf)]);
  const opening = `${rule}\n\n${wrap('question', problem)}\n\n`;
  return (candidate) => ({
    messages: [
      {
        role: 'user',
        content: `${opening}${wrap('proposed-answer', textOf(candidate))}\n\n${question} Answer Yes or No.`,
      },
    ],
    ...(request.signal !== undefined && { signal: request.signal }),
    // A thought would come before the word, and some models give log-probabilities without one only.
    ...(model.capabilitiesFor().efforts.includes('none') && { effort: 'none' }),
  });
}

function opined({ told: sides, charges }: Told<YesNoSides | undefined>, accept: number | undefined): Told<Opinion> {
  const score = sides === undefined ? Number.NaN : sides.yes - sides.no;
  if (sides === undefined || !Number.isFinite(score)) return { told: { status: 'abstain' }, charges };
  const evidence = { method: 'logprobs', ...sides, probability: 1 / (1 + Math.exp(-score)) };
  return { told: { status: statusOf(score, accept), score, evidence }, charges };
}

function voted({ yes, no }: YesNoVotes, accept: number | undefined): Opinion {
  if (yes + no === 0) return { status: 'abstain' };
  const score = Math.log((yes + 0.5) / (no + 0.5));
  return {
    status: statusOf(score, accept),
    score,
    evidence: { method: 'votes', yes, no, probability: yes / (yes + no) },
  };
}
