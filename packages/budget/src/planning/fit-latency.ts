import { InvalidOptionError } from '@tollgate/sdk';
import { checkNotNegative, checkPositive } from '../prices/check-number.ts';
import { type GenerationSize, type LatencyModel, paddedTokens } from './latency-model.ts';
import { leastSquares, type NormalEquations, type Row, withRow } from './least-squares.ts';

/** One measured generation: both parts apart where the engine tells them, else the whole. */
export type LatencyMeasurement = GenerationSize &
  ({ readonly prefillSeconds: number; readonly decodeSeconds: number } | { readonly totalSeconds: number });

/** Everything measured so far, in constant space. Plain JSON. */
export interface LatencyFit {
  readonly paddingTokens: number;
  readonly measurements: number;
  readonly equations: NormalEquations;
}

/** Prompts of thousands of tokens squared beside single seconds: in these units all columns are of a size. */
const unitTokens = 1024;
/** Below this a clock is all noise. */
const shortestSeconds = 1e-3;
/** Columns b, c, a, n, m: of terms that cannot be told apart the first is kept. */
const scales = [unitTokens, 1, unitTokens ** 2, unitTokens, unitTokens ** 2] as const;

/**
 * An empty fit of a `LatencyModel` to one engine on one device.
 *
 * @throws InvalidOptionError when `paddingTokens` is not a whole number ≥ 1.
 * @example
 * let fit = emptyLatencyFit();
 * fit = observeLatency(fit, { inputTokens: 188, outputTokens: 37, prefillSeconds: 0.194, decodeSeconds: 1.474 });
 */
export function emptyLatencyFit({ paddingTokens = 1 }: { readonly paddingTokens?: number } = {}): LatencyFit {
  checkPositive('paddingTokens', paddingTokens);
  return { paddingTokens, measurements: 0, equations: { rows: 0, gram: Array.from({ length: 36 }, () => 0) } };
}

/**
 * The fit with one more measurement in it. What a prompt cache served was not evaluated: leave such tokens out of
 * `inputTokens`, or leave the measurement out.
 *
 * @throws InvalidOptionError when a number is negative.
 */
export function observeLatency(fit: LatencyFit, measurement: LatencyMeasurement): LatencyFit {
  const { inputTokens, outputTokens } = measurement;
  for (const [name, value] of Object.entries(measurement)) checkNotNegative(name, value);
  const padded = paddedTokens(fit.paddingTokens, inputTokens) / unitTokens;
  const lookedBack = (outputTokens * inputTokens + (outputTokens * (outputTokens - 1)) / 2) / unitTokens ** 2;
  const generated = outputTokens / unitTokens;
  const rows: readonly Row[] =
    'totalSeconds' in measurement
      ? [[padded, 1, padded ** 2, generated, lookedBack, measurement.totalSeconds]]
      : [
          [padded, 1, padded ** 2, 0, 0, measurement.prefillSeconds],
          [0, 0, 0, generated, lookedBack, measurement.decodeSeconds],
        ];
  return {
    ...fit,
    measurements: fit.measurements + 1,
    equations: rows.map(inShares).reduce(withRow, fit.equations),
  };
}

/**
 * A row in shares of what was measured: noise grows with the time, and a slow outlier or a long answer must not outweigh
 * the rest.
 */
function inShares(row: Row): Row {
  const [b, c, a, n, m, seconds] = row;
  const unit = Math.max(seconds, shortestSeconds);
  return [b / unit, c / unit, a / unit, n / unit, m / unit, seconds / unit];
}

/** A fitted model and how well it fits. */
export interface FittedLatency {
  readonly model: LatencyModel;
  readonly measurements: number;
  /** Root mean square of what is left unexplained, as a share of each measured time. */
  readonly residualShare: number;
}

/**
 * The latency model with the least squared relative error among those without negative terms: a device never gets faster with
 * more to do, and a fit that says so would be wild outside what was measured. Terms that the measurements cannot tell
 * apart (one prompt length only) are left at 0, the time per token is kept: trust it within the range of what was measured.
 *
 * @throws InvalidOptionError when nothing was measured.
 * @example
 * const { model } = fittedLatency(fit);
 * maxOutputTokensWithin(model, { inputTokens: 200, deadlineSeconds: 2 });
 */
// Source: the form of EdgeReasoning (arXiv 2511.01866), which is linear in its five constants.
export function fittedLatency(fit: LatencyFit): FittedLatency {
  if (fit.measurements === 0) {
    throw new InvalidOptionError(
      'fit',
      'fit must hold at least one measurement, received none. Call observeLatency first.',
    );
  }
  const { coefficients, squaredError } = leastSquares(fit.equations);
  const [b = 0, c = 0, a = 0, n = 0, m = 0] = coefficients.map((value, i) => value / (scales[i] ?? 1));
  return {
    model: {
      prefillQuadratic: a,
      prefillLinear: b,
      prefillConstant: c,
      decodePerContextToken: m,
      decodePerToken: n,
      paddingTokens: fit.paddingTokens,
    },
    measurements: fit.measurements,
    residualShare: Math.sqrt(squaredError / fit.equations.rows),
  };
}
