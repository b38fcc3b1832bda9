import { InvalidOptionError } from '@tollgate/sdk';
import { clopperPearsonUpperBound } from '@tollgate/stats';

/** What probes showed, and what is asked for. */
export interface FlipProbeOptions {
  /** For each edit that keeps the meaning: whether the answer still passes the original test. */
  readonly kept: readonly boolean[];
  /** For each edit that turns the meaning around (max to min, all to none): whether the answer passes the original test. */
  readonly flipped: readonly boolean[];
  /** Stability needed. Range (0, 1). @defaultValue 0.5 */
  readonly minStability?: number;
  /** Flip reaction needed. Range (0, 1). @defaultValue 0.5 */
  readonly minFlipReaction?: number;
  /** Confidence that both are what the verdict says. Range (0, 1). @defaultValue 0.95 */
  readonly confidence?: number;
}

/** Whether a model reads what it is asked. */
export interface FlipProbe {
  /** Share of meaning-preserving edits under which the answer stays right. Range [0, 1]. */
  readonly stability: number;
  /** Share of flips under which the answer changes, so that it fails the original test. Range [0, 1]. */
  readonly flipReaction: number;
  /** Stability + flip reaction − 1: 1 where the model follows the meaning, 0 where it does not look at it. Range [−1, 1]. */
  readonly differentialSensitivity: number;
  /**
   * Whether votes over paraphrases mean something: `valid` where both are shown to be what is needed, `invalid` where one is
   * shown not to be, `unknown` where there were too few probes to tell.
   */
  readonly paraphraseVote: 'valid' | 'invalid' | 'unknown';
}

// Source: small edits, big consequences, arXiv 2507.15868. Rules: stability = pass rate on the original tests under
// meaning-preserving edits, flip reaction = 1 − pass rate on the original tests under flips.
// Differs: the verdict. It needs exact one-sided bounds on both, each at half of 1 − confidence, against thresholds of ours.
/**
 * Tells whether voting over paraphrases is valid for a model: its answers must survive edits that keep the meaning, and must not
 * survive those that turn it around. A model that answers the problem it remembers agrees with itself whatever is asked.
 *
 * A probe is one edited task, its answer judged by the test of the task before the edit. Six flips that are all noticed and
 * six edits that all pass are the fewest that show `valid` at the defaults. A flip that is noticed need not be answered
 * right: that takes a test of its own.
 *
 * @throws InvalidOptionError when there are no kept or no flipped probes, or a share is outside (0, 1).
 * @example
 * const { paraphraseVote } = flipProbe({ kept: edits.map(passes), flipped: flips.map(passes) });
 */
export function flipProbe(options: FlipProbeOptions): FlipProbe {
  const { kept, flipped, minStability = 0.5, minFlipReaction = 0.5, confidence = 0.95 } = options;
  requireProbes('kept', kept);
  requireProbes('flipped', flipped);
  requireFraction('minStability', minStability);
  requireFraction('minFlipReaction', minFlipReaction);
  requireFraction('confidence', confidence);
  const each = 1 - (1 - confidence) / 2;
  const stable = compare(kept, { needed: minStability, confidence: each });
  const reacts = compare(
    flipped.map((passed) => !passed),
    { needed: minFlipReaction, confidence: each },
  );
  return {
    stability: stable.rate,
    flipReaction: reacts.rate,
    differentialSensitivity: stable.rate + reacts.rate - 1,
    paraphraseVote:
      stable.shown === 'below' || reacts.shown === 'below'
        ? 'invalid'
        : stable.shown === 'above' && reacts.shown === 'above'
          ? 'valid'
          : 'unknown',
  };
}

function compare(
  outcomes: readonly boolean[],
  { needed, confidence }: { readonly needed: number; readonly confidence: number },
): { readonly rate: number; readonly shown: 'above' | 'below' | 'neither' } {
  const trials = outcomes.length;
  const successes = outcomes.filter((outcome) => outcome).length;
  const lowest = 1 - clopperPearsonUpperBound(trials - successes, trials, confidence);
  const highest = clopperPearsonUpperBound(successes, trials, confidence);
  return { rate: successes / trials, shown: lowest >= needed ? 'above' : highest < needed ? 'below' : 'neither' };
}

function requireProbes(option: string, probes: readonly boolean[]): void {
  if (probes.length > 0) return;
  throw new InvalidOptionError(option, `${option} must hold at least one probe, received none.`);
}

function requireFraction(option: string, value: number): void {
  if (value > 0 && value < 1) return;
  throw new InvalidOptionError(option, `${option} must be in (0, 1), received ${value}.`);
}
