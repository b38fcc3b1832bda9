import { type EffortLevel, InvalidOptionError } from '@tollgate/sdk';
import { risingLevels } from './effort-gains.ts';
import type { EffortState } from './effort-state.ts';

/** Options of `effortController`. */
export interface EffortControllerOptions {
  /** What an earlier controller had learned: its `state()`. @defaultValue nothing */
  readonly state?: EffortState;
  /**
   * The level that fraction 1 stands for. Name one where the model does not think unless told to.
   * @defaultValue what the model does when nothing is said
   */
  readonly reference?: EffortLevel;
  /**
   * Calls that first run as the model would by itself, for each model and class, to learn its average. Whole number in
   * [0, ∞). @defaultValue 10
   */
  readonly referenceCalls?: number;
  /**
   * Reasoning tokens of an average call, which then counts like five calls. Range [1, ∞).
   * @defaultValue the mean of the class over other models, else of the model over other classes (these count like five calls too), else 2,000 until a call is seen
   */
  readonly priorTokens?: number;
  /** Weight of the newest call in the averages, which then follow a model or a load that changes. Range [0, 1). @defaultValue 0: all calls weigh alike */
  readonly alpha?: number;
  /**
   * Output tokens that an answer gets beside its reasoning, where the output cap is all that can be set. Whole number in
   * [1, ∞). @defaultValue 4096
   */
  readonly answerAllowance?: number;
}

/** @throws InvalidOptionError for an option that cannot be meant. */
export function checkEffortOptions(options: EffortControllerOptions): void {
  const { state, reference, referenceCalls = 0, priorTokens = 1, alpha = 0, answerAllowance = 1 } = options;
  if (
    state !== undefined &&
    (state.kind !== 'tollgate-effort' || state.version !== 1 || !Array.isArray(state.records))
  ) {
    throw new InvalidOptionError(
      'state',
      `state must be what state() of an effort controller gave (kind "tollgate-effort", version 1), received kind ${JSON.stringify(state.kind)}, version ${JSON.stringify(state.version)}.`,
    );
  }
  if (reference !== undefined && (reference === 'none' || !risingLevels.includes(reference))) {
    throw new InvalidOptionError(
      'reference',
      `reference must be a level that thinks (${risingLevels.slice(1).join(', ')}), received ${JSON.stringify(reference)}.`,
    );
  }
  const isCount = (value: number, least: number): boolean => Number.isSafeInteger(value) && value >= least;
  check('referenceCalls', referenceCalls, {
    isMeant: isCount(referenceCalls, 0),
    expected: 'a whole number of at least 0',
  });
  check('priorTokens', priorTokens, {
    isMeant: priorTokens >= 1 && priorTokens < Infinity,
    expected: 'a number of at least 1',
  });
  check('alpha', alpha, { isMeant: alpha >= 0 && alpha < 1, expected: 'in [0, 1)' });
  check('answerAllowance', answerAllowance, {
    isMeant: isCount(answerAllowance, 1),
    expected: 'a whole number of at least 1',
  });
}

interface Expectation {
  readonly isMeant: boolean;
  readonly expected: string;
}

/** @throws InvalidOptionError for a fraction outside [0.01, 2]. */
export function checkFraction(fraction: number): void {
  check('fraction', fraction, {
    isMeant: fraction >= 0.01 && fraction <= 2,
    expected: 'in [0.01, 2]: the share of the reasoning that the model does on average, 0.5 for half of it',
  });
}

function check(option: string, value: number, { isMeant, expected }: Expectation): void {
  if (!isMeant) throw new InvalidOptionError(option, `${option} must be ${expected}, received ${value}.`);
}
