import {
  type CalibratedThreshold,
  type CalibrationClaim,
  type Clock,
  InvalidOptionError,
  type ModelRef,
} from '@tollgate/sdk';
import { conformalThresholds } from './conformal-thresholds.ts';
import { controlAcceptance } from './control-acceptance.ts';
import { controlDiscovery } from './control-discovery.ts';
import { independentLabels } from './independent-labels.ts';
import type { LabelledScore } from './labelled-score.ts';
import { requireFraction } from './require-fraction.ts';
import type { CalibrationRefusal, Selection } from './selection.ts';
import { thresholdAbove } from './threshold-above.ts';

/** What is to be promised, and how it is shown. */
export type RiskPromise =
  | {
      /** Exact binomial bounds: the promise holds for the labels at hand, up to bad luck of `delta`. @defaultValue 'clopper-pearson' */
      readonly method?: 'clopper-pearson';
      /**
       * `falseDiscoveryRate`: how many of the accepted answers are wrong, what a user sees. `falseAcceptRate`: how many of
       * the wrong answers are accepted; it does not change with how many answers are right.
       *
       * @defaultValue 'falseDiscoveryRate'
       */
      readonly controls?: 'falseDiscoveryRate' | 'falseAcceptRate';
      /** The chance that the promise itself fails, for bad luck with the labels. Range (0, 1). @defaultValue 0.05 */
      readonly delta?: number;
    }
  | {
      /** `falseAcceptRate` on the average over all the labels one might have drawn: fewer labels, a weaker promise. */
      readonly method: 'split-conformal';
    };

/** Options of `calibrate`. */
export type CalibrateOptions = RiskPromise & {
  /** The error rate to be promised. Range (0, 1). */
  readonly risk: number;
  /** What the scores are, for example `vote-share`. */
  readonly signal: string;
  /** Whose answers were labelled. */
  readonly model: ModelRef;
  /** Identity of the prompt, any hash of the caller's. */
  readonly promptHash?: string;
  /** Days until it has to be measured again. Range (0, ∞). @defaultValue 30 */
  readonly validDays?: number;
  readonly clock: Clock;
};

/** What a calibration comes to. Plain JSON. */
export type Calibration = CalibratedScore | (CalibrationRefusal & { readonly promised: false });

/** A threshold with what it promises. */
export interface CalibratedScore {
  readonly promised: true;
  /** Goes into a `CalibrationProfile` as it is. */
  readonly threshold: CalibratedThreshold;
  /** Labels at or above the threshold, of the `sampleSize` that count. */
  readonly accepted: number;
  /** Those of them that are wrong. Fewer than the risk allows, because bad luck is allowed for. */
  readonly acceptedWrong: number;
}

/**
 * The lowest threshold on a score that keeps a promise about errors, chosen on labelled answers; or why nothing can be
 * promised, and how many more labels it takes.
 *
 * The promise is about answers like the labelled ones: the same kind of tasks, model and prompt. It is no promise about any
 * one answer, and none after a change; see `checkProvenance` and `startDriftWatch`. Labels count once for each `group`.
 * Calibrate once: who tries several scores on the same labels and keeps the best has `delta` times as many chances to fail.
 *
 * @throws InvalidOptionError when an option is outside its range or a score is not finite.
 * @example
 * const result = calibrate(labelled, { risk: 0.05, signal: 'vote-share', model, clock });
 * if (result.promised) profile.thresholds.push(result.threshold);
 * else console.log(result.reason, result.moreLabels);
 */
export function calibrate(labelled: readonly LabelledScore[], options: CalibrateOptions): Calibration {
  const { risk, signal, model, promptHash, validDays = 30, clock } = options;
  requireFraction('risk', risk);
  if (!(validDays > 0 && validDays < Infinity)) {
    throw new InvalidOptionError('validDays', `validDays must be a number in (0, ∞), received ${validDays}.`);
  }
  const labels = independentLabels(labelled);
  const { selection, claim } = select(labels, options);
  if (!('threshold' in selection)) return { promised: false, ...selection };
  const accepted = labels.filter(({ score }) => score >= selection.threshold);
  const now = clock.now();
  return {
    promised: true,
    threshold: {
      signal,
      source: `${model.provider}/${model.modelId}`,
      threshold: selection.threshold,
      claim: { ...claim, sampleSize: labels.length, risk },
      provenance: {
        model: { provider: model.provider, modelId: model.modelId },
        ...(promptHash !== undefined && { promptHash }),
        createdAt: new Date(now).toISOString(),
        expiresAt: new Date(now + validDays * 86_400_000).toISOString(),
      },
    },
    accepted: accepted.length,
    acceptedWrong: accepted.filter(({ correct }) => !correct).length,
  };
}

interface Selected {
  readonly selection: Selection;
  readonly claim: Pick<CalibrationClaim, 'method' | 'controls' | 'delta'>;
}

function select(labels: readonly LabelledScore[], options: CalibrateOptions): Selected {
  const { risk } = options;
  if (options.method === 'split-conformal') {
    const { wrongAtMost } = conformalThresholds(labels, risk);
    const least = Math.ceil((1 - risk) / risk - 1e-9);
    const selection = thresholdAbove(wrongAtMost, labels, least);
    return { selection, claim: { method: 'split-conformal', controls: 'falseAcceptRate' } };
  }
  const { controls = 'falseDiscoveryRate', delta = 0.05 } = options;
  requireFraction('delta', delta);
  const control = controls === 'falseDiscoveryRate' ? controlDiscovery : controlAcceptance;
  return { selection: control(labels, { risk, delta }), claim: { method: 'clopper-pearson', controls, delta } };
}
