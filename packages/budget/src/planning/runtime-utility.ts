import { InvalidOptionError } from '@tollgate/sdk';
import { checkPositive } from '../prices/check-number.ts';
import { complementaryErrorFunction } from './error-function.ts';

/**
 * What is believed about the time (or money, or turns) after which a result is worth nothing. `scale` is in the unit of
 * the times that are judged. Plain JSON.
 *
 * Choose by what is known: a hard latest time, `uniform`; only a mean, `exponential`; only an order of magnitude,
 * `pareto`, `log-laplace` or `log-normal`; the deadline itself, `step`.
 */
export type RuntimeBelief =
  | { readonly kind: 'uniform' | 'exponential' | 'step'; readonly scale: number }
  | { readonly kind: 'pareto' | 'log-laplace' | 'polynomial'; readonly scale: number; readonly exponent: number }
  | {
      readonly kind: 'general-log-laplace';
      readonly scale: number;
      /** Decay after `scale`. */
      readonly late: number;
      /** Sharpness before `scale`. */
      readonly early: number;
    }
  | { readonly kind: 'log-normal'; readonly scale: number; readonly sigma: number }
  | {
      /** Loses `drop` evenly until `knee`, and the rest until `scale`. */
      readonly kind: 'piecewise';
      readonly scale: number;
      /** Range (0, scale). */
      readonly knee: number;
      /** Range [0, 1]. */
      readonly drop: number;
    }
  /** Whole until `from`, then down evenly to nothing at `scale`. */
  | { readonly kind: 'ramp'; readonly scale: number; readonly from: number };

/** A utility over runtimes: the chance that a result at `time` still counts. */
export interface RuntimeUtility {
  readonly belief: RuntimeBelief;
  /** Falls from 1 to 0 over [0, ∞]. A run that never ends has time `Infinity` and utility 0. */
  readonly utilityAt: (time: number) => number;
  /**
   * The last time at which `utility` is left; of 0 the time from when nothing is. Range of `utility` [0, 1].
   *
   * @throws InvalidOptionError when `utility` is outside [0, 1].
   */
  readonly timeOf: (utility: number) => number;
}

/**
 * The utility of a runtime under an unknown deadline: `u(t) = Pr[deadline > t]`.
 *
 * @throws InvalidOptionError when a parameter is outside its range.
 * @example
 * const patience = runtimeUtility({ kind: 'exponential', scale: 20 });
 * patience.utilityAt(10); // 0.6065
 * patience.timeOf(0.5); // 13.86
 */
// Source: "Formalizing Preferences over Runtime Distributions" (arXiv 2205.13028): maximum-entropy survival functions;
// step and ramp come from later code of the authors.
export function runtimeUtility(belief: RuntimeBelief): RuntimeUtility {
  checkBelief(belief);
  const { utility, inverse } = curveOf(belief);
  return {
    belief,
    utilityAt: (time) => {
      if (!(time >= 0)) throw new InvalidOptionError('time', `time must be in [0, ∞], received ${time}.`);
      return time === Infinity ? 0 : Math.min(1, Math.max(0, utility(time)));
    },
    timeOf: (value) => {
      if (!(value >= 0 && value <= 1)) {
        throw new InvalidOptionError('utility', `utility must be in [0, 1], received ${value}.`);
      }
      return inverse(value);
    },
  };
}

interface Curve {
  readonly utility: (time: number) => number;
  readonly inverse: (utility: number) => number;
}

function curveOf(belief: RuntimeBelief): Curve {
  const { scale } = belief;
  switch (belief.kind) {
    case 'uniform':
      return { utility: (t) => 1 - t / scale, inverse: (u) => scale * (1 - u) };
    case 'exponential':
      return { utility: (t) => Math.exp(-t / scale), inverse: (u) => (u === 1 ? 0 : -scale * Math.log(u)) };
    case 'step':
      return { utility: (t) => (t < scale ? 1 : 0), inverse: () => scale };
    case 'pareto': {
      const { exponent } = belief;
      return {
        utility: (t) => (t < scale ? 1 : (scale / t) ** exponent),
        inverse: (u) => scale * u ** (-1 / exponent),
      };
    }
    case 'polynomial': {
      const { exponent } = belief;
      return { utility: (t) => 1 - (t / scale) ** exponent, inverse: (u) => scale * (1 - u) ** (1 / exponent) };
    }
    case 'log-laplace':
      return logLaplace(scale, belief.exponent, belief.exponent);
    case 'general-log-laplace':
      return logLaplace(scale, belief.late, belief.early);
    case 'log-normal':
      return logNormal(scale, belief.sigma);
    case 'piecewise': {
      const { knee, drop } = belief;
      const rest = 1 - drop;
      return {
        utility: (t) => (t < knee ? 1 - (drop * t) / knee : rest * (1 - (t - knee) / (scale - knee))),
        inverse: (u) => (u > rest ? (knee * (1 - u)) / drop : rest === 0 ? knee : scale - (u / rest) * (scale - knee)),
      };
    }
    case 'ramp': {
      const { from } = belief;
      return {
        utility: (t) => (t < scale ? Math.min(1, (scale - t) / (scale - from)) : 0),
        inverse: (u) => scale - u * (scale - from),
      };
    }
    default:
      return belief satisfies never;
  }
}

function logLaplace(scale: number, late: number, early: number): Curve {
  const atScale = early / (late + early);
  return {
    utility: (t) => (t < scale ? 1 - (1 - atScale) * (t / scale) ** early : atScale * (scale / t) ** late),
    inverse: (u) =>
      u > atScale ? scale * ((1 - u) / (1 - atScale)) ** (1 / early) : scale * (atScale / u) ** (1 / late),
  };
}

function logNormal(scale: number, sigma: number): Curve {
  const utility = (t: number): number =>
    t === 0 ? 1 : complementaryErrorFunction(Math.log(t / scale) / (sigma * Math.SQRT2)) / 2;
  return {
    utility,
    inverse: (u) => {
      if (u === 0) return Infinity;
      if (u === 1) return 0;
      let low = -40;
      let high = 40;
      // In standard deviations of the logarithm: halve until no number lies between.
      for (;;) {
        const middle = (low + high) / 2;
        if (middle <= low || middle >= high) return scale * Math.exp(sigma * middle);
        if (complementaryErrorFunction(middle / Math.SQRT2) / 2 > u) low = middle;
        else high = middle;
      }
    },
  };
}

function checkBelief(belief: RuntimeBelief): void {
  for (const [name, value] of Object.entries(belief)) {
    if (typeof value !== 'number' || name === 'drop' || name === 'from') continue;
    checkPositive(name, value);
  }
  if (belief.kind === 'piecewise') {
    const { knee, scale, drop } = belief;
    if (!(knee < scale)) throw new InvalidOptionError('knee', `knee must be in (0, ${scale}), received ${knee}.`);
    if (!(drop >= 0 && drop <= 1)) throw new InvalidOptionError('drop', `drop must be in [0, 1], received ${drop}.`);
  }
  if (belief.kind === 'ramp' && !(belief.from >= 0 && belief.from < belief.scale)) {
    throw new InvalidOptionError('from', `from must be in [0, ${belief.scale}), received ${belief.from}.`);
  }
}
