import type { Capabilities, EffortLevel } from '../spec/capabilities.ts';

/**
 * What a composite of several models has, field by field: only what all of them have, and the tightest limit.
 *
 * A composite gives one answer a call (`samples.nativeMax` is 1) and has no token-level access, whatever its parts offer.
 */
export function combineCapabilities(parts: readonly Capabilities[]): Capabilities {
  const every = (has: (part: Capabilities) => boolean): boolean => parts.length > 0 && parts.every(has);
  const least = (limit: (part: Capabilities) => number | undefined): number | undefined => {
    const known = parts.map(limit).filter((value) => value !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  };
  const contextTokens = least((part) => part.limits.contextTokens);
  const maxOutputTokens = least((part) => part.limits.maxOutputTokens);
  const maxTopLogprobs = least((part) => part.maxTopLogprobs);
  const logprobs = weakest(
    ['none', 'chosen', 'top-k', 'full'],
    parts.map((part) => part.logprobs),
  );
  return {
    samples: { nativeMax: 1, promptBilledOnce: false, cancelOne: false },
    logprobs,
    ...(logprobs === 'top-k' && maxTopLogprobs !== undefined && { maxTopLogprobs }),
    continuation: weakest(
      ['none', 'prefill', 'exact'],
      parts.map((part) => part.continuation),
    ),
    tools: every((part) => part.tools),
    ...(parts.some((part) => part.toolChoiceKeepsCache === false) && { toolChoiceKeepsCache: false }),
    schema: every((part) => part.schema),
    sampling: {
      temperature: every((part) => part.sampling.temperature),
      topP: every((part) => part.sampling.topP),
      topK: every((part) => part.sampling.topK),
      seed: every((part) => part.sampling.seed),
    },
    stop: every((part) => part.stop),
    efforts: (parts[0]?.efforts ?? []).filter((level: EffortLevel) => every((part) => part.efforts.includes(level))),
    ...(every((part) => part.reasoningCap === true) && { reasoningCap: true }),
    limits: {
      ...(contextTokens !== undefined && { contextTokens }),
      ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    },
    files: (parts[0]?.files ?? []).filter((type) => every((part) => part.files.includes(type))),
    tokenLevel: false,
    rewardScores: false,
    hiddenStates: false,
    ...(parts.some((part) => part.known === 'assumed') && { known: 'assumed' }),
  };
}

/** The lowest of the values on a scale that rises from left to right. */
function weakest<T extends string>(scale: readonly [T, ...T[]], values: readonly T[]): T {
  if (values.length === 0) return scale[0];
  return values.reduce((low, value) => (scale.indexOf(value) < scale.indexOf(low) ? value : low));
}
