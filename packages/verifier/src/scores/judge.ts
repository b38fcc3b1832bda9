import {
  type Candidate,
  type GenerateRequest,
  type Model,
  type OutputSchema,
  type Scorer,
  type ScoreInput,
  textOf,
} from '@tollgate/sdk';
import { mean, quantile } from '@tollgate/stats';
import { conversationText } from './conversation-text.ts';
import { createFence } from './fence.ts';
import type { JudgeOptions } from './judge-options.ts';
import { readGrade, type Scale } from './read-grade.ts';
import { requireFraction, requireScale, requireWhole } from './require-number.ts';
import { type Opinion, scoreEach } from './score-each.ts';
import { statusOf } from './status-of.ts';

/**
 * A model that grades each candidate by a rubric, several times. The score is the combined grade as a share of the scale,
 * in [0, 1].
 *
 * A candidate's text stands between tags with a word that is drawn when it is judged, and the judge is told that nothing in
 * there is an instruction. A model that holds answers to schemas gives `{ reason, grade }`; any other ends its reply with a
 * line "Grade: n". What was cut, what has no grade and what is off the scale is unreadable.
 *
 * Evidence: `{ grades, unreadable, spread }`. Abstains where the grades are further apart than `maxSpread`, where none could
 * be read, and out of money. A judge that agrees with itself may still be wrong: measure it on labelled answers.
 *
 * @throws InvalidOptionError when an option is out of its range.
 *
 * @example
 * const scorer = judge(large, { rubric: '10: right and complete. 5: right idea, wrong result. 0: wrong.', accept: 0.7 });
 */
export function judge(model: Model, options: JudgeOptions): Scorer {
  const { rubric, scale = [0, 10], samples = 3, concurrency = 8, maxOutputTokens = 1024 } = options;
  const { combine = 'median', maxSpread = 0.4, accept } = options;
  requireScale('scale', scale);
  requireWhole('samples', samples, [1, 100]);
  requireWhole('concurrency', concurrency, [1, 1000]);
  requireWhole('maxOutputTokens', maxOutputTokens, [1, Number.MAX_SAFE_INTEGER]);
  requireFraction('maxSpread', maxSpread);
  if (accept !== undefined) requireFraction('accept', accept);

  return {
    name: `judge ${model.modelId}`,
    score: async (input) => {
      const isHeld = model.capabilitiesFor().schema;
      const requestOf = gradings(input, `${rubric}\n\n${replyRule(scale, isHeld)}`);
      return scoreEach(input, {
        name: 'judge',
        model,
        atOnce: concurrency,
        ask: async (candidate, context) => {
          const { candidates: replies, charges } = await model.generate({
            ...requestOf(candidate),
            samples,
            maxOutputTokens,
            context,
            ...(isHeld && { output: gradeSchema(scale) }),
          });
          const grades = replies.flatMap((reply) => readGrade(reply, scale) ?? []);
          const unreadable = Math.max(samples, replies.length) - grades.length;
          return { told: opinionOf(grades, { scale, combine, maxSpread, accept, unreadable }), charges };
        },
      });
    },
  };
}

/** The request that grades a candidate. All begin alike, so that an engine evaluates rubric and question once. */
function gradings(input: ScoreInput, rules: string): (candidate: Candidate) => GenerateRequest {
  const { request, candidates, context } = input;
  const question = conversationText(request.messages);
  const { wrap, rule } = createFence(context.random.fork('fence'), [question, ...candidates.map(textOf)]);
  return (candidate) => ({
    messages: [
      { role: 'system', content: `You grade answers to questions.\n\n${rules}\n\n${rule}` },
      {
        role: 'user',
        content: `${wrap('question', question)}\n\n${wrap('answer', textOf(candidate))}\n\nGrade this answer.`,
      },
    ],
    ...(request.signal !== undefined && { signal: request.signal }),
  });
}

function replyRule([lowest, highest]: Scale, isHeld: boolean): string {
  const grade = `a whole number from ${lowest} to ${highest}`;
  return isHeld
    ? `Reply with JSON: the reason in one or two sentences, then the grade, ${grade}.`
    : `Give the reason in one or two sentences, then end with a line "Grade: " and ${grade}.`;
}

// The reason comes first, so that the grade can follow from it.
function gradeSchema([minimum, maximum]: Scale): OutputSchema {
  return {
    name: 'grading',
    json: {
      type: 'object',
      properties: { reason: { type: 'string', maxLength: 500 }, grade: { type: 'integer', minimum, maximum } },
      required: ['reason', 'grade'],
      additionalProperties: false,
    },
  };
}

interface Rules extends Required<Pick<JudgeOptions, 'scale' | 'combine' | 'maxSpread'>> {
  readonly accept: number | undefined;
  readonly unreadable: number;
}

function opinionOf(grades: readonly number[], rules: Rules): Opinion {
  const { scale, combine, maxSpread, accept, unreadable } = rules;
  if (grades.length === 0) return { status: 'abstain', evidence: { grades: [], unreadable } };
  const [lowest, highest] = scale;
  const width = highest - lowest;
  const spread = (Math.max(...grades) - Math.min(...grades)) / width;
  const evidence = { grades, unreadable, spread };
  if (spread > maxSpread) return { status: 'abstain', evidence };
  const grade = combine === 'mean' ? mean(grades) : quantile(grades, 0.5);
  const score = (grade - lowest) / width;
  return { status: statusOf(score, accept), score, evidence };
}
