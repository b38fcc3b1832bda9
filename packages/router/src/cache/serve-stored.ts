import {
  askModel,
  defineModel,
  type GenerateRequest,
  type GenerateResult,
  type LeafPart,
  type Model,
  type Pricing,
  type Push,
  textCapabilities,
} from '@tollgate/sdk';
import type { StoredResponse } from './stored-response.ts';

/** A call that is to be answered. */
export interface CachedCall {
  /** The model behind the cache. */
  readonly model: Model;
  readonly request: GenerateRequest;
  readonly push: Push | undefined;
}

const nothing = { usd: 0, nanoUsd: '0' };

/** A hit costs nothing, and that is known. */
const free: Pricing = {
  priceOf: () => ({ amount: nothing, known: 'override' }),
  upperBound: () => ({ amount: nothing, known: 'override' }),
  declaration: { kind: 'response-cache', usd: 0 },
};

/** Gives a stored answer as an attempt of a leaf, so that it is admitted, charged and traced like any other. */
export async function serveStored(
  { candidates, decision, chosen }: StoredResponse,
  { model, request, push }: CachedCall,
): Promise<GenerateResult> {
  const { messages, output, signal, context } = request;
  const samples = candidates.length;
  const leaf = defineModel({
    provider: 'cache',
    modelId: model.modelId,
    // Nothing is read and nothing is generated, so that no limit on tokens has to make room for it.
    capabilities: textCapabilities({
      samples: { nativeMax: samples, promptBilledOnce: true, cancelOne: false },
      limits: { maxOutputTokens: 0 },
    }),
    pricing: free,
    countInputTokens: () => 0,
    call: async ({ emit }) => {
      if (emit !== undefined) for (const part of partsOf(candidates)) emit(part);
      return { candidates, usage: { inputUncached: 0, outputText: 0, outputReasoning: 0 } };
    },
  });
  const asked: GenerateRequest = {
    messages,
    samples,
    ...(output !== undefined && { output }),
    ...(signal !== undefined && { signal }),
    ...(context !== undefined && { context }),
  };
  const result = await askModel(leaf, asked, push);
  const id = chosen === undefined ? undefined : result.candidates[chosen]?.id;
  return {
    ...result,
    decision: {
      ...decision,
      reason: `answered from the cache: ${decision.reason}`,
      ...(id !== undefined && { chosen: id }),
    },
  };
}

function partsOf(candidates: StoredResponse['candidates']): readonly LeafPart[] {
  return candidates.flatMap(({ content }, sample) =>
    content.flatMap((part): LeafPart[] => {
      if (part.type === 'file') return [];
      if (part.type === 'tool-call') return [{ type: 'tool-call', sample, call: part }];
      const { text, metadata } = part;
      return [{ type: `${part.type}-delta`, sample, text, ...(metadata !== undefined && { metadata }) }];
    }),
  );
}
