import type { AnswerKey } from '../spec/answer-key.ts';
import type { Candidate } from '../spec/result.ts';

/** Text of a candidate: its text parts, joined. */
export function textOf(candidate: Pick<Candidate, 'content'>): string {
  let text = '';
  for (const part of candidate.content) if (part.type === 'text') text += part.text;
  return text;
}

/** Two answers are the same when their text is, after trimming and folding white space. */
export function wholeText(): AnswerKey {
  return {
    name: 'whole-text',
    key: (candidate) => {
      const text = textOf(candidate).trim().replace(/\s+/g, ' ');
      return text === '' ? undefined : text;
    },
  };
}
