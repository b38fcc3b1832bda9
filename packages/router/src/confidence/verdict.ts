/** Confidence by the stage's own decision, as data. */
export interface VerdictConfidence {
  readonly kind: 'verdict';
}

/**
 * For stages that are strategies themselves: a stage is confident when its own decision is `accepted`. A bare model decides
 * nothing, so as a stage before the last it never ends the cascade.
 */
export function verdict(): VerdictConfidence {
  return { kind: 'verdict' };
}
