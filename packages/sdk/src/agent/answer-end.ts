import type { ToolCallPart } from '../spec/content.ts';
import type { Candidate, Warning } from '../spec/result.ts';
import { textOf } from '../strategy/whole-text.ts';

/** An answer that is not over: it goes on when it is sent back as it is. The word is the only sign of it that providers give. */
export function isPaused({ finish }: Candidate): boolean {
  return finish.unified === 'other' && finish.raw === 'pause_turn';
}

/** What is to be said of a last answer that is not simply one. */
export function answerWarning(candidate: Candidate): Warning | undefined {
  const { finish, schemaIssue } = candidate;
  switch (finish.unified) {
    case 'length':
      return { code: 'short', option: 'maxOutputTokens', message: 'the last answer was cut at the output limit' };
    case 'refusal':
      return { code: 'other', message: 'the model refused' };
    case 'content-filter':
      return { code: 'other', message: 'a content filter ended the last answer' };
    case 'stop':
    case 'tool-calls':
    case 'other':
      if (schemaIssue !== undefined) {
        return { code: 'other', option: 'output', message: `the last answer misses the schema: ${schemaIssue}` };
      }
      return textOf(candidate).trim() === '' ? { code: 'other', message: 'the last answer is empty' } : undefined;
    case 'aborted':
    case 'error':
      return undefined;
    default:
      return finish.unified satisfies never;
  }
}

/** The calls as they are run. Where the output limit cut the arguments of one, the model is told what to do about it. */
export function callsToRun({ finish }: Candidate, calls: readonly ToolCallPart[]): readonly ToolCallPart[] {
  if (finish.unified !== 'length') return calls;
  return calls.map((call) =>
    call.invalid === undefined
      ? call
      : { ...call, invalid: `the answer was cut at the output limit (${call.invalid}). Write less at once` },
  );
}

/** Why the tools of an answer are not run, or undefined where they are. */
export function whyNotRun(
  { finish }: Candidate,
  { closing, isOutOfMoney }: { readonly closing: boolean; readonly isOutOfMoney: boolean },
): string | undefined {
  if (isOutOfMoney) return 'the budget is used up';
  if (closing) return 'this is the closing turn. Answer from what you have';
  switch (finish.unified) {
    case 'stop':
    case 'tool-calls':
    case 'length':
    case 'other':
      return undefined;
    case 'content-filter':
    case 'refusal':
    case 'aborted':
    case 'error':
      return `the answer that called it ended by "${finish.unified}"`;
    default:
      return finish.unified satisfies never;
  }
}
