import { type AnswerCheck, InvalidOptionError } from '@tollgate/sdk';
import { validateCheck } from '@tollgate/verifier';
import { z } from 'zod';
import { showValue } from './show-value.ts';

/** One question of a run. */
export interface Task {
  /** Unique in its file. */
  readonly id: string;
  /** What is asked. Instructions that all tasks share belong to the configuration. */
  readonly prompt: string;
  /** Grades the answer afterwards. No strategy can see it. */
  readonly check: AnswerCheck;
  /** What a strategy may use at run time. */
  readonly verify?: AnswerCheck;
  /** Kind of task, for figures by kind. */
  readonly class?: string;
}

/** Kinds of checks a task may have. */
export const checkKinds = [
  'number',
  'exact',
  'regex',
  'choice',
  'set',
  'expression',
  'text',
] as const satisfies readonly AnswerCheck['kind'][];

const anyText = z.string(expected('text'));
const text = anyText.min(1, expected('text that is not empty'));
const numberOrText = z.union([z.number(), z.string()], expected('a number, as a number or as text'));

const answerCheck = z
  .discriminatedUnion(
    'kind',
    [
      z.strictObject({
        kind: z.literal('number'),
        answer: numberOrText,
        tolerance: z.number(expected('a number')).exactOptional(),
        unit: anyText.exactOptional(),
      }),
      z.strictObject({
        kind: z.literal('exact'),
        answer: anyText,
        ignoreCase: z.boolean(expected('true or false')).exactOptional(),
      }),
      z.strictObject({ kind: z.literal('regex'), answer: anyText, flags: anyText.exactOptional() }),
      z.strictObject({ kind: z.literal('choice'), answer: anyText, options: anyText.exactOptional() }),
      z.strictObject({ kind: z.literal(['set', 'expression', 'text']), answer: anyText }),
    ],
    { error: ({ input }) => (isRecord(input) ? undefined : expected('an object').error({ input })) },
  )
  .superRefine((check, context) => {
    try {
      validateCheck(check);
    } catch (error) {
      if (!(error instanceof InvalidOptionError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
    }
  });

/** The shape of one line of a task file. Fields it does not name are left out of what it gives. */
export const taskSchema: z.ZodType<Task> = z.object(
  { id: text, prompt: text, check: answerCheck, verify: answerCheck.exactOptional(), class: text.exactOptional() },
  expected('an object'),
);

function expected(what: string): { error: (issue: { readonly input?: unknown }) => string } {
  return {
    error: ({ input }) =>
      input === undefined ? `is missing; it must be ${what}` : `must be ${what}, received ${showValue(input)}`,
  };
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
