import {
  askModel,
  callsOf,
  type Candidate,
  defineModel,
  type GenerateRequest,
  type GenerateResult,
  type Model,
  type Pricing,
  type Push,
  textCapabilities,
  totalUsd,
  wrapModel,
} from '@tollgate/sdk';
import type { CachePolicy } from './cache-policy.ts';
import { gdsfPolicy } from './gdsf-policy.ts';
import { lecPolicy } from './lec-policy.ts';
import { responseKey } from './response-key.ts';
import { memoryResponseStore, type ResponseStore, type StoredResponse } from './response-store.ts';

/** Options of `withResponseCache`. */
export interface ResponseCacheOptions {
  /**
   * What is kept when room is short: `gdsf` ages and takes everything new; `lec` keeps what is dearest to make again, by
   * requests seen. @defaultValue 'gdsf'
   */
  readonly policy?: 'gdsf' | 'lec' | CachePolicy;
  /** Room for answers, about, in bytes of their text. For a policy of your own it sets its own. Range (0, ∞). @defaultValue 64 MiB */
  readonly capacityBytes?: number;
  /** @defaultValue in this process */
  readonly store?: ResponseStore;
  /** What making an answer again would cost in US dollars. @defaultValue what it cost; without a price a millionth a token */
  readonly costOf?: (result: GenerateResult) => number;
}

/**
 * Answers a request that was answered before from memory. The key is the whole request, so nothing is ever taken for alike
 * that is not equal; two samples of one request are two answers.
 *
 * Only complete answers are kept: what was cut, aborted, rejected, abstained or ended by a budget is made again. A hit is an
 * attempt of provider `cache` at no cost, so it is a row of the ledger, counts as a call, and shows in the trace. Equal
 * requests at the same time are asked once. Around a strategy, the cost that decides what is kept is the cost after routing.
 *
 * @throws InvalidOptionError when `capacityBytes` is not above 0.
 *
 * @example
 * const model = withResponseCache(multiplex([small, big], { fallbackUsd: 0.02, memory }), { policy: 'lec' });
 */
// Source: arXiv 2306.02003: the cache weighs an answer by its cost after optimal routing.
export function withResponseCache(model: Model, options: ResponseCacheOptions = {}): Model {
  const cache = new ResponseCache(options);
  return wrapModel(model, (inner) => callsOf((request, push) => cache.answer(inner, request, push)));
}

class ResponseCache {
  readonly #policy: CachePolicy;
  readonly #store: ResponseStore;
  readonly #costOf: (result: GenerateResult) => number;
  readonly #making = new Map<string, Promise<unknown>>();

  constructor({ policy = 'gdsf', capacityBytes = 64 * 2 ** 20, store, costOf }: ResponseCacheOptions) {
    this.#policy = typeof policy === 'object' ? policy : (policy === 'lec' ? lecPolicy : gdsfPolicy)(capacityBytes);
    this.#store = store ?? memoryResponseStore();
    this.#costOf = costOf ?? usualCost;
  }

  async answer(model: Model, request: GenerateRequest, push: Push | undefined): Promise<GenerateResult> {
    const key = await responseKey(model, request);
    if (key === undefined) return askModel(model, request, push);
    this.#policy.request(key);
    // Somebody else's answer to the same request may be a moment away; if it comes to nothing, ours is made.
    await this.#making.get(key)?.catch(() => undefined);
    const stored = await this.#read(key);
    if (stored !== undefined) return serve(stored, { model, request, push });
    const making = askModel(model, request, push).then(async (result) => {
      await this.#keep(key, result);
      return result;
    });
    if (!this.#making.has(key)) {
      this.#making.set(key, making);
      const done = (): void => void this.#making.delete(key);
      making.then(done, done);
    }
    return making;
  }

  async #read(key: string): Promise<StoredResponse | undefined> {
    try {
      return await this.#store.get(key);
    } catch {
      return undefined;
    }
  }

  async #keep(key: string, result: GenerateResult): Promise<void> {
    const response = storable(result);
    if (response === undefined) return;
    const size = 2 * JSON.stringify(response).length;
    const { kept, evicted } = this.#policy.offer(key, { usd: this.#costOf(result), size });
    try {
      if (kept) await this.#store.set(key, response);
      for (const leaver of evicted) await this.#store.delete(leaver);
    } catch {
      this.#policy.drop(key);
    }
  }
}

/** What of a result may be kept; undefined where it is not whole. */
function storable({ candidates, decision, warnings }: GenerateResult): StoredResponse | undefined {
  if (decision.status !== 'accepted' && decision.status !== 'unverified') return undefined;
  if (warnings.some(({ code }) => code === 'fitted' || code === 'short')) return undefined;
  const { chosen, ...rest } = decision;
  const kept = decision.status === 'accepted' ? candidates.filter(({ id }) => id === chosen) : candidates;
  if (kept.length === 0 || !kept.every(isWhole)) return undefined;
  const index = kept.findIndex(({ id }) => id === chosen);
  return {
    candidates: kept.map(({ content, finish, logprobs }) => ({
      content,
      finish,
      ...(logprobs !== undefined && { logprobs }),
    })),
    decision: rest,
    ...(index >= 0 && { chosen: index }),
  };
}

function isWhole({ finish, schemaIssue }: Candidate): boolean {
  return (finish.by === 'eos' || finish.by === 'stop') && schemaIssue === undefined;
}

const nothing = { usd: 0, nanoUsd: '0' };

/** A hit costs nothing, and that is known. */
const free: Pricing = {
  priceOf: () => ({ amount: nothing, known: 'override' }),
  upperBound: () => ({ amount: nothing, known: 'override' }),
  declaration: { kind: 'response-cache', usd: 0 },
};

async function serve(
  { candidates, decision, chosen }: StoredResponse,
  {
    model,
    request,
    push,
  }: { readonly model: Model; readonly request: GenerateRequest; readonly push: Push | undefined },
): Promise<GenerateResult> {
  const many = candidates.length;
  const leaf = defineModel({
    provider: 'cache',
    modelId: model.modelId,
    capabilities: textCapabilities({
      ...model.capabilitiesFor(request),
      samples: { nativeMax: Math.max(many, request.samples ?? 1), promptBilledOnce: true, cancelOne: false },
    }),
    pricing: free,
    countInputTokens: () => 0,
    call: async ({ emit }) => {
      for (const [sample, { content }] of candidates.entries()) {
        for (const part of content) {
          if (part.type === 'tool-call') emit?.({ type: 'tool-call', sample, call: part });
          else if (part.type !== 'file') {
            emit?.({
              type: `${part.type}-delta`,
              sample,
              text: part.text,
              ...(part.metadata !== undefined && { metadata: part.metadata }),
            });
          }
        }
      }
      return { candidates, usage: { inputUncached: 0, outputText: 0, outputReasoning: 0 } };
    },
  });
  const result = await askModel(leaf, { ...request, samples: many }, push);
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

function usualCost({ charges }: GenerateResult): number {
  const usd = totalUsd(charges);
  if (usd !== undefined) return usd;
  const tokens = charges.reduce(
    (sum, { usage }) => sum + (usage.inputUncached ?? 0) + (usage.outputText ?? 0) + (usage.outputReasoning ?? 0),
    0,
  );
  return tokens * 1e-6;
}
