import { textCapabilities } from '../../leaf/text-capabilities.ts';
import { maxTopLogprobs } from '../../local/token-choice.ts';
import type { Capabilities } from '../../spec/capabilities.ts';

/** What ONNX Runtime in process can do through this adapter. */
export function onnxCapabilities(limits: {
  readonly contextTokens: number;
  readonly parallelSamples: number;
}): Capabilities {
  return textCapabilities({
    samples: { nativeMax: limits.parallelSamples, promptBilledOnce: true, cancelOne: false },
    logprobs: 'top-k',
    maxTopLogprobs,
    continuation: 'exact',
    tokenLevel: true,
    limits: { contextTokens: limits.contextTokens },
  });
}
