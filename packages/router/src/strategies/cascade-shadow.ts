import { type Action, type CandidateView, InvalidOptionError, type JsonValue } from '@tollgate/sdk';
import type { StageTest } from '../confidence/confidence.ts';
import type { MeasuredStage } from '../confidence/measure-stage.ts';
import { type CascadeRules, testOf } from './cascade-options.ts';
import type { CascadePosition, CascadeState } from './cascade-state.ts';

/** Accepts: in a shadowed run, what an earlier stage was confident enough of. */
export function decide(state: CascadeState, accept: Extract<Action, { type: 'accept' }>): CascadeState {
  if (state.accepted === undefined) return { ...state, action: accept };
  const { notAsked: _, ...earlier } = state.accepted;
  return { ...state, action: earlier };
}

/** Notes what a stage came to, where a memory learns thresholds. */
export function see(
  state: CascadeState,
  drawn: readonly CandidateView[],
  { candidate, confidence }: Pick<MeasuredStage, 'candidate' | 'confidence'>,
): CascadeState {
  if (state.seen === undefined) return state;
  const answer = drawn.find(({ id }) => id === candidate)?.answer;
  const seen = {
    from: state.stage,
    ids: drawn.map(({ id }) => id),
    ...(answer !== undefined && { answer }),
    ...(confidence !== undefined && { confidence }),
  };
  return { ...state, seen: [...state.seen, seen] };
}

/** A stage's test, with the threshold that a memory has set. */
export function testInForce(rules: CascadeRules, { stage, thresholds }: CascadePosition): StageTest | undefined {
  const test = testOf(rules, stage);
  const threshold = thresholds?.[stage];
  if (test === undefined || threshold === undefined) return test;
  return { ...test, accept: threshold ?? Number.POSITIVE_INFINITY };
}

/** What a memory of thresholds says for this run. */
export function watched(
  rules: CascadeRules,
  learned: JsonValue | undefined,
  stages: number,
): Pick<CascadePosition, 'shadow' | 'thresholds' | 'seen'> {
  if (typeof learned !== 'object' || learned === null || !('thresholds' in learned)) return {};
  const { thresholds = [], shadow = false } = learned as JsonValue & Pick<CascadeState, 'shadow' | 'thresholds'>;
  const isMeasured = thresholds.every((_, stage) => testOf(rules, stage)?.confidence.kind !== 'verdict');
  if (thresholds.length !== stages - 1 || !isMeasured) {
    throw new InvalidOptionError(
      'memory',
      `The memory sets ${thresholds.length} thresholds; a cascade of ${stages} models takes ${stages - 1}, and none for verdict().`,
    );
  }
  return { seen: [], thresholds, ...(shadow && { shadow }) };
}
