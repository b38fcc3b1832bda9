import { InvalidOptionError, type RandomSource } from '@tollgate/sdk';
import { requireWhole } from '../strategies/require-option.ts';

/** What was seen of experts, as plain JSON. */
export interface HedgeState {
  /** Rounds so far. */
  readonly rounds: number;
  /** Sum of each expert's losses. */
  readonly losses: readonly number[];
  /** Sum of the mixture's expected losses. */
  readonly mixtureLoss: number;
  /** How fast the mixture turns to the better ones. Range [0, ∞). */
  readonly rate: number;
}

/**
 * Hedge over `experts` (models, prompts, whole policies) where every round shows every expert's loss: a shadow run, a replay,
 * or a judge over all of them.
 *
 * After `horizon` rounds with losses in [0, 1] the mixture's expected loss is at most √(horizon · ln experts / 2) above the
 * best expert's, whatever the losses were. Meant for up to about a thousand experts.
 *
 * @param experts Range [1, ∞).
 * @param horizon Rounds to come, about. Range [1, ∞). Sets the rate √(8 · ln experts / horizon).
 * @throws InvalidOptionError when a number is outside its range.
 *
 * @example
 * let hedge = startHedge(policies.length, 1000);
 * const used = drawExpert(hedge, random);
 * hedge = learnLosses(hedge, [0, 1, 0.2]);
 */
// Source: Freund and Schapire 1997; rate and bound as in Cesa-Bianchi and Lugosi, Prediction, Learning and Games, theorem 2.2.
export function startHedge(experts: number, horizon: number): HedgeState {
  requireWhole('experts', experts);
  if (!(horizon >= 1 && horizon < Infinity)) {
    throw new InvalidOptionError('horizon', `horizon must be a number of at least 1, received ${horizon}.`);
  }
  const rate = Math.sqrt((8 * Math.log(experts)) / horizon);
  return { rounds: 0, losses: Array.from({ length: experts }, () => 0), mixtureLoss: 0, rate };
}

/** Share of each expert in the mixture, in proportion to e^(−rate · loss). They add up to 1. */
export function hedgeWeights({ losses, rate }: HedgeState): readonly number[] {
  const least = losses.reduce((a, b) => Math.min(a, b), Infinity);
  const weights = losses.map((loss) => Math.exp(-rate * (loss - least)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/**
 * The state after a round.
 *
 * @param losses One for each expert. Range [0, 1].
 * @throws InvalidOptionError unless there is one loss in [0, 1] for each expert.
 */
export function learnLosses(state: HedgeState, losses: readonly number[]): HedgeState {
  if (losses.length !== state.losses.length || !losses.every((loss) => loss >= 0 && loss <= 1)) {
    throw new InvalidOptionError(
      'losses',
      `losses must be ${state.losses.length} numbers in [0, 1], received [${losses.join(', ')}].`,
    );
  }
  const weights = hedgeWeights(state);
  return {
    ...state,
    rounds: state.rounds + 1,
    losses: state.losses.map((loss, i) => loss + (losses[i] ?? 0)),
    mixtureLoss: state.mixtureLoss + losses.reduce((sum, loss, i) => sum + loss * (weights[i] ?? 0), 0),
  };
}

/** Draws an expert out of the mixture, by its index. */
export function drawExpert(state: HedgeState, random: RandomSource): number {
  let left = random.next();
  const weights = hedgeWeights(state);
  for (const [expert, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return expert;
  }
  return weights.length - 1;
}
