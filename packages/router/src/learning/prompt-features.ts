import type { GenerateRequest } from '@tollgate/sdk';

/**
 * Numbers about a prompt that a router can learn from, each about 0 to 1: length, lines, digits, operators, code,
 * questions, multiple choice, words that ask for reasoning. Cheap and the same for everybody; no model is asked.
 */
export function promptFeatures(prompt: string): { readonly [name: string]: number } {
  const characters = Math.max(prompt.length, 1);
  const count = (pattern: RegExp): number => prompt.match(pattern)?.length ?? 0;
  return {
    length: Math.log10(1 + prompt.length) / 5,
    lines: Math.log10(1 + count(/\n/g)) / 3,
    digits: count(/\d/g) / characters,
    numbers: Math.min(1, count(/\d+/g) / 20),
    operators: Math.min(1, count(/[+\-*/=<>^%]/g) / 20),
    code: count(/```|[{};]|\bdef\b|\bfunction\b|\breturn\b/g) > 2 ? 1 : 0,
    choices: count(/^\s*\(?[A-E][).:]\s/gm) >= 2 ? 1 : 0,
    questions: Math.min(1, count(/\?/g) / 3),
    reasoning: count(/\b(?:why|prove|derive|explain|show that|step by step)\b/gi) > 0 ? 1 : 0,
  };
}

/** The features of the last thing a user says in a request. */
export function requestFeatures({ messages }: GenerateRequest): { readonly [name: string]: number } {
  const last = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  if (typeof last === 'string') return promptFeatures(last);
  return promptFeatures(last.map((part) => (part.type === 'text' ? part.text : '')).join('\n'));
}
