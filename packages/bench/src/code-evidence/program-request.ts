import type { GenerateRequest, Message } from '@tollgate/sdk';
import type { HumanEvalProblem } from './human-eval.ts';

/** Longer than the beginning of a prompt that a cassette keeps, so that no text of the data set is recorded. */
export const instruction =
  'Complete the Python function below. Reply with one fenced Python code block and nothing else. The block holds the ' +
  'whole function, with the imports and the other functions that it needs, without a docstring, without comments, and ' +
  'without calls or examples after it.';

/** Small models write the docstring again unless they see an answer without one. */
const example: readonly Message[] = [
  ask('def shout(words, mark="!"):\n    """ Upper case of all words, joined by blanks, and a mark at the end. """'),
  {
    role: 'assistant',
    content: '```python\ndef shout(words, mark="!"):\n    return " ".join(words).upper() + mark\n```',
  },
];

/** What a model is asked for a problem: the key of its samples on the cassette. */
export function programRequest({ prompt }: Pick<HumanEvalProblem, 'prompt'>): GenerateRequest {
  return {
    messages: [...example, ask(prompt.trimEnd())],
    temperature: 0.8,
    maxOutputTokens: 320,
    logprobs: { top: 0 },
  };
}

function ask(code: string): Message {
  return { role: 'user', content: `${instruction}\n\n\`\`\`python\n${code}\n\`\`\`` };
}
