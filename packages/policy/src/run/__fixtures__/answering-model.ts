import { defineModel, type GenerateRequest, type LeafCall, type LeafOutcome, type Model, type Pricing } from '@tollgate/sdk';
import { textCapabilities } from '@tollgate/sdk/testing';
import { perToken } from '@tollgate/budget';

/** A dollar a million tokens, so that a token costs 1,000 nano-dollars. */
export const microPrice: Pricing = perToken({ inputUsdPerMillion: 1, outputUsdPerMillion: 1 });

/** What an answering model says: texts for the samples of a call, after a while. May throw what an engine throws. */
export type Answering = (request: GenerateRequest, call: LeafCall) => string | Promise<string>;

/**
 * A model that answers by a function; every sample is 10 prompt tokens and 5 of answer, and an aborted one 10 and 1. A call
 * holds 60 tokens and needs 42.
 */
export function answeringModel(
  modelId: string,
  answer: Answering,
  options: { readonly pricing?: Pricing | undefined; readonly delayMs?: number } = {},
): Model & { readonly requests: GenerateRequest[] } {
  const { pricing = microPrice, delayMs } = options;
  const requests: GenerateRequest[] = [];
  const model = defineModel({
    provider: 'test',
    modelId,
    pricing,
    countInputTokens: () => 10,
    capabilities: textCapabilities({ limits: { maxOutputTokens: 50 } }),
    call: async (call): Promise<LeafOutcome> => {
      requests.push(call.request);
      if (delayMs !== undefined) {
        try {
          await call.context.clock.sleep(delayMs, call.signal);
        } catch {
          const cut = { content: [], finish: { unified: 'aborted', by: 'aborted' } } as const;
          return { candidates: [cut], usage: { inputUncached: 10, outputText: 1 } };
        }
      }
      const text = await answer(call.request, call);
      return {
        candidates: [{ content: [{ type: 'text', text }], finish: { unified: 'stop', by: 'eos' } }],
        usage: { inputUncached: 10, outputText: 5 },
      };
    },
  });
  return Object.assign(model, { requests });
}

/** The last user message of a request. */
export function promptOf(request: GenerateRequest): string {
  const content = request.messages.at(-1)?.content;
  return typeof content === 'string' ? content : '';
}
