import { InvalidOptionError, type RandomSource } from '@tollgate/sdk';

/** Weights over experts, as plain JSON. */
export interface HedgeState {
  readonly rounds: number;
  /** Sum of each expert's losses. */
  readonly losses: readonly number[];
  /** Sum of the mixture's expected losses. */
  readonly mixtureLoss: number;
  readonly rate: number;
}

/**
 * Hedge over `experts` (models, prompts, whole policies) where every round shows every expert's loss: a shadow run, a replay,
 * or a judge over all of them.
 *
 * After `horizon` rounds with losses in [0, 1] the mixture's expected loss is at most √(horizon · ln experts / 2) above the
 * best expert's. Meant for up to about a thousand experts.
 *
 * @param experts Range [1, ∞).
 * @param horizon Rounds to come, about. Range [1, ∞). Sets the rate √(8 · ln experts / horizon).
 */
// Source: Freund and Schapire 1997; rate and bound as in Cesa-Bianchi and Lugosi, Prediction, Learning and Games, theorem 2.2.
export function startHedge(experts: number, horizon: number): HedgeState {
  if (!(Number.isSafeInteger(experts) && experts >= 1)) {
    throw new InvalidOptionError('experts', `experts must be a whole number of at least 1, received ${experts}.`);
  }
  if (!(horizon >= 1)) throw new InvalidOptionError('horizon', `horizon must be at least 1, received ${horizon}.`);
  const rate = Math.sqrt((8 * Math.log(experts)) / horizon);
  return { rounds: 0, losses: Array.from({ length: experts }, () => 0), mixtureLoss: 0, rate };
}

/** Share of each expert in the mixture. Adds up to 1. */
export function hedgeWeights({ losses, rate }: HedgeState): readonly number[] {
  const least = Math.min(...losses);
  const weights = losses.map((loss) => Math.exp(-rate * (loss - least)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** The state after a round. @throws InvalidOptionError unless there is one loss in [0, 1] for each expert. */
export function learnLosses(state: HedgeState, losses: readonly number[]): HedgeState {
  if (losses.length !== state.losses.length || losses.some((loss) => !(loss >= 0 && loss <= 1))) {
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

/** Draws an expert out of the mixture. */
export function drawExpert(state: HedgeState, random: RandomSource): number {
  let left = random.next();
  const weights = hedgeWeights(state);
  for (const [expert, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return expert;
  }
  return weights.length - 1;
}
