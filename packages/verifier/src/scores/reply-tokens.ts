import type { Model } from '@tollgate/sdk';

/** Tokens that a reply of one word may have: few, and room for thoughts where the model has levels of effort. */
export function replyTokens(model: Model): number {
  // A hosted model may refuse to be asked for fewer than 16.
  return model.capabilitiesFor().efforts.length === 0 ? 16 : 1024;
}
