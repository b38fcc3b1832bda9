import type { CalibratedThreshold, ModelRef } from '@tollgate/sdk';

/** What a threshold is to be used for. */
export interface ThresholdUse {
  readonly model: ModelRef;
  /** Identity of the prompt, hashed as for `calibrate`. */
  readonly promptHash?: string;
  /** Milliseconds since the Unix epoch, of an injected clock. */
  readonly atMs: number;
}

/** One way in which a threshold does not fit its use. */
export interface ProvenanceIssue {
  readonly code: 'unknown' | 'expired' | 'other-model' | 'other-prompt';
  /** One sentence for people. */
  readonly message: string;
}

/**
 * Why the promise of a threshold does not hold for a use: it has expired, or another model or prompt was measured. Empty
 * where it holds.
 *
 * A threshold that does not say what it was measured on is `unknown`; one without a `promptHash` fits every prompt.
 */
export function checkProvenance({ provenance }: CalibratedThreshold, use: ThresholdUse): readonly ProvenanceIssue[] {
  if (provenance === undefined) {
    return [{ code: 'unknown', message: 'The threshold does not say what it was measured on: calibrate it anew.' }];
  }
  const { model, promptHash, expiresAt } = provenance;
  const issues: ProvenanceIssue[] = [];
  // Turned round, so that a date that cannot be read counts as past.
  if (!(use.atMs < Date.parse(expiresAt))) {
    issues.push({ code: 'expired', message: `The threshold expired at ${expiresAt}: calibrate it anew.` });
  }
  if (model.provider !== use.model.provider || model.modelId !== use.model.modelId) {
    const [made, wanted] = [model, use.model].map(({ provider, modelId }) => `${provider}/${modelId}`);
    issues.push({ code: 'other-model', message: `The threshold was measured on ${made}, not on ${wanted}.` });
  }
  if (promptHash !== undefined && promptHash !== use.promptHash) {
    const wanted = use.promptHash ?? 'a prompt without a hash';
    issues.push({
      code: 'other-prompt',
      message: `The threshold was measured with prompt ${promptHash}, not with ${wanted}.`,
    });
  }
  return issues;
}
