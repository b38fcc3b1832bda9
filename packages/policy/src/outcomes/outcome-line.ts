import { nearestName, type FinishedBy } from '@tollgate/sdk';
import { showValue } from '../tasks/show-value.ts';

/** One line of an outcomes table: one sample of one model for one task. */
export interface OutcomeLine {
  readonly task: string;
  readonly model: string;
  /** Number of the sample, from 0. With `task` and `model` it names the line. */
  readonly sample: number;
  /** The answer that was found, already in the form in which equal answers are equal texts; null where there is none. */
  readonly answer: string | number | null;
  /** Graded afterwards; 1 and 0 will do. No strategy sees it. */
  readonly correct: boolean | 0 | 1;
  /** All tokens of the prompt. May be left out, as `outputTokens` may, where `costUsd` is there. */
  readonly inputTokens?: number | null;
  /** All generated tokens, reasoning included. */
  readonly outputTokens?: number | null;
  /** The part of `outputTokens` that was reasoning. */
  readonly reasoningTokens?: number | null;
  /** What the sample cost. Without it the tokens are priced. */
  readonly costUsd?: number | null;
  readonly latencyMs?: number | null;
  /** Measured confidences, by name, with their own price where they have one. */
  readonly signals?: { readonly [name: string]: OutcomeSignal } | null;
  /** @defaultValue 'eos' */
  readonly finish?: FinishedBy | null;
  readonly prompt?: string | null;
  /** Numbers about the task. */
  readonly features?: { readonly [name: string]: number } | null;
  /** Kind of task. */
  readonly class?: string | null;
  /** Tasks of one group are held out together (one source document, one user). */
  readonly group?: string | null;
}

/** A measured confidence, and what measuring it cost. */
export type OutcomeSignal = number | { readonly value: number; readonly costUsd?: number };

/** The ways a sample may have ended, in the order of their codes in the table. */
export const finishes = ['eos', 'stop', 'length', 'budget', 'aborted'] as const satisfies readonly FinishedBy[];

const mostUsd = 1_000_000;

interface FieldRule {
  readonly expected: string;
  readonly holds: (value: unknown) => boolean;
  readonly required?: true;
}

const text: FieldRule = {
  expected: 'text that is not empty',
  holds: (value) => typeof value === 'string' && value !== '',
};
const wholeNumber: FieldRule = { expected: 'a whole number of at least 0', holds: isWhole };

const rules: { readonly [Field in keyof OutcomeLine]-?: FieldRule } = {
  task: { ...text, required: true },
  model: { ...text, required: true },
  sample: { ...wholeNumber, required: true },
  answer: { expected: 'text, a number or null', holds: isAnswer, required: true },
  correct: { expected: 'true or false', holds: isTruth, required: true },
  inputTokens: wholeNumber,
  outputTokens: wholeNumber,
  reasoningTokens: wholeNumber,
  costUsd: { expected: `US dollars from 0 to ${mostUsd}`, holds: isUsd },
  latencyMs: { expected: 'milliseconds of at least 0', holds: (value) => isFinite(value) && value >= 0 },
  signals: { expected: 'an object of numbers or {"value", "costUsd"}', holds: (value) => isRecordOf(value, isSignal) },
  finish: {
    expected: `one of ${finishes.join(', ')}`,
    holds: (value) => (finishes as readonly unknown[]).includes(value),
  },
  prompt: text,
  features: { expected: 'an object of numbers', holds: (value) => isRecordOf(value, isFinite) },
  class: text,
  group: text,
};

const ruleOf = new Map<string, FieldRule>(Object.entries(rules));
const required = [...ruleOf].flatMap(([field, rule]) => (rule.required ? [field] : []));

/**
 * Adds to `problems` what is wrong with a parsed line, one sentence each; none means that it is an `OutcomeLine`.
 *
 * Checked by hand: a table may have millions of lines. An optional field that is null counts as left out, and a field
 * that is not of ours is ignored unless it looks like a misspelt one.
 */
export function checkOutcomeLine(value: unknown, problems: string[]): value is OutcomeLine {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.push(`the line must be an object, received ${showValue(value)}.`);
    return false;
  }
  const line = value as { readonly [field: string]: unknown };
  const before = problems.length;
  let found = 0;
  for (const field in line) {
    const rule = ruleOf.get(field);
    if (rule === undefined) {
      const meant = fieldMeant(field);
      if (meant !== undefined && line[meant] === undefined)
        problems.push(`"${field}" is unknown; did you mean "${meant}"?`);
      continue;
    }
    if (rule.required) found += 1;
    else if (line[field] === null) continue;
    if (!rule.holds(line[field]))
      problems.push(`"${field}" must be ${rule.expected}, received ${showValue(line[field])}.`);
  }
  if (found < required.length) {
    for (const field of required)
      if (line[field] === undefined) problems.push(`"${field}" is missing; it must be ${ruleOf.get(field)?.expected}.`);
  }
  if (problems.length === before) checkTokens(value as OutcomeLine, problems);
  return problems.length === before;
}

function checkTokens({ inputTokens, outputTokens, reasoningTokens, costUsd }: OutcomeLine, problems: string[]): void {
  const tokensMissing =
    inputTokens == null ? '"inputTokens" is' : outputTokens == null ? '"outputTokens" is' : undefined;
  if (costUsd == null && tokensMissing !== undefined)
    problems.push(`${tokensMissing} missing, and so is "costUsd": one of them must tell what the sample cost.`);
  if (reasoningTokens != null && outputTokens != null && reasoningTokens > outputTokens) {
    problems.push(
      `"reasoningTokens" (${reasoningTokens}) must be a part of "outputTokens" (${outputTokens}), which counts all generated tokens.`,
    );
  }
}

// Tables repeat their fields in every line; the edit distance is taken once. Emptied before odd input could fill it.
const meanings = new Map<string, string | undefined>();

function fieldMeant(field: string): string | undefined {
  if (meanings.has(field)) return meanings.get(field);
  if (meanings.size >= 1000) meanings.clear();
  const meant = nearestName(field, ruleOf.keys());
  meanings.set(field, meant);
  return meant;
}

function isWhole(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isFinite(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isUsd(value: unknown): boolean {
  return isFinite(value) && value >= 0 && value <= mostUsd;
}

function isAnswer(value: unknown): boolean {
  return value === null || typeof value === 'string' || isFinite(value);
}

function isTruth(value: unknown): boolean {
  return typeof value === 'boolean' || value === 0 || value === 1;
}

function isSignal(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return isFinite(value);
  const { value: measured, costUsd = 0 } = value as { readonly value?: unknown; readonly costUsd?: unknown };
  return isFinite(measured) && isUsd(costUsd);
}

function isRecordOf(value: unknown, holds: (part: unknown) => boolean): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(holds);
}
