import { meanLogprob, type Signal, textOf } from '@tollgate/sdk';

/** Confidence by a number on the candidate itself, as data. */
export interface SignalConfidence {
  readonly kind: 'signal';
  /** The name cores and recorded tables know it by. */
  readonly signal: string;
  /** Reads it off a candidate; absent for what the engine or the table has measured. */
  readonly read?: Signal['read'];
  /** Log-probabilities have to be asked for. */
  readonly needsLogprobs: boolean;
}

/**
 * A stage is as confident as a number says that comes with its one sample: recorded in a table of outcomes under `name`, or
 * read off the candidate by `read`. `accept` is on the number's own scale.
 *
 * @example
 * cascade([small, big], { confidence: bySignal('length', (candidate) => -textOf(candidate).length), accept: -400 });
 */
export function bySignal(name: string, read?: Signal['read']): SignalConfidence {
  return { kind: 'signal', signal: name, needsLogprobs: false, ...(read !== undefined && { read }) };
}

/**
 * A stage is as confident as its sample was likely: the geometric mean of its tokens' probabilities. Range (0, 1]. Needs an
 * engine that gives log-probabilities (`capabilities.logprobs`); where it gives none, no stage before the last is accepted.
 *
 * @example
 * cascade([small, big], { confidence: meanProbability(), accept: 0.9 });
 */
export function meanProbability(): SignalConfidence {
  const read: Signal['read'] = (candidate) => {
    const mean = meanLogprob(candidate);
    return mean === undefined ? undefined : Math.exp(mean);
  };
  return { kind: 'signal', signal: 'meanProbability', read, needsLogprobs: true };
}

/**
 * A stage is as confident as its answer says in words: the last `Confidence: 85 %` (or `0.85`) in the text. Range [0, 1].
 * The prompt has to ask for it. Models are mostly too sure of themselves, so choose `accept` on labelled answers.
 *
 * @example
 * const asked = withDefaults(small, { system: 'End with a line "Confidence: N %".' });
 * cascade([asked, big], { confidence: statedConfidence(), accept: 0.95 });
 */
export function statedConfidence(): SignalConfidence {
  return {
    kind: 'signal',
    signal: 'statedConfidence',
    read: (candidate) => lastStated(textOf(candidate)),
    needsLogprobs: false,
  };
}

const stated = /confidence\W{0,8}(\d{1,3}(?:\.\d{1,9})?)\s?(%?)/giu;

function lastStated(text: string): number | undefined {
  let last: number | undefined;
  for (const [, digits = '', percent] of text.matchAll(stated)) {
    const number = Number(digits);
    // `Confidence: 85` is meant as 85 %, `Confidence: 1` as certainty.
    const share = percent === '%' || number > 1 ? number / 100 : number;
    if (share <= 1) last = share;
  }
  return last;
}
