import { totalUsd } from '../leaf/total-usd.ts';
import type { JsonValue } from '../spec/json.ts';
import type { Candidate, GenerateResult } from '../spec/result.ts';
import type { Usage } from '../spec/usage.ts';
import { textOf } from '../strategy/whole-text.ts';

/** A result with its answers to hand. */
export interface TextResult extends GenerateResult {
  /** Text of the answer; empty where the model abstained. */
  readonly text: string;
  /** The answer as the schema of the request wants it, where one was asked for and met. */
  readonly object?: JsonValue;
  /** US dollars of every attempt, or undefined where one of them has no price. */
  readonly costUsd: number | undefined;
  /** What the attempt consumed, where there was exactly one; of several, each charge has its own. */
  readonly usage: Usage | undefined;
}

/** A result with its answers to hand. */
export function textResult(result: GenerateResult): TextResult {
  const chosen = chosenCandidate(result);
  const [only, ...others] = result.charges;
  return {
    ...result,
    text: chosen === undefined ? '' : textOf(chosen),
    ...(chosen?.object !== undefined && { object: chosen.object }),
    costUsd: totalUsd(result.charges),
    usage: others.length === 0 ? only?.usage : undefined,
  };
}

/** The candidate that is the answer. */
export function chosenCandidate({ candidates, decision }: GenerateResult): Candidate | undefined {
  return candidates.find(({ id }) => id === decision.chosen);
}
