import {
  AbortedError,
  askModel,
  callsOf,
  type GenerateResult,
  knownTokens,
  type Model,
  totalUsd,
  wrapModel,
} from '@tollgate/sdk';
import type { CachePolicy } from './cache-policy.ts';
import { gdsfPolicy } from './gdsf-policy.ts';
import { lecPolicy } from './lec-policy.ts';
import { requireCapacity } from './require-capacity.ts';
import { responseKey } from './response-key.ts';
import { memoryResponseStore, type ResponseStore } from './response-store.ts';
import { type CachedCall, serveStored } from './serve-stored.ts';
import { storable, type StoredResponse } from './stored-response.ts';
import { TraceSamples } from './trace-samples.ts';

/** Options of `withResponseCache`. */
export interface ResponseCacheOptions {
  /**
   * What is kept when room is short: `gdsf` ages and takes everything new; `lec` keeps what is dearest to make again, by
   * the requests seen. @defaultValue 'gdsf'
   */
  readonly policy?: 'gdsf' | 'lec' | CachePolicy;
  /** Room for answers, about, in bytes of their JSON. A policy of your own sets its own. Range (0, ∞]. @defaultValue 64 MiB */
  readonly capacityBytes?: number;
  /** Belongs to this cache alone: wrappers of the model do not show in the keys. @defaultValue in this process */
  readonly store?: ResponseStore;
  /**
   * What making an answer again would cost in US dollars. Where it fails, or gives no number of 0 or more, the answer is not
   * kept. @defaultValue what it cost; where that is not known a millionth a token
   */
  readonly costOf?: (result: GenerateResult) => number;
}

/**
 * Answers a request that was answered before from memory. The key is the whole request, so nothing is taken for alike that
 * is not equal.
 *
 * Only whole answers are kept: what was cut, refused, aborted, not accepted, abstained or ended by a budget is made again. A hit
 * is an attempt of provider `cache` at no cost, so it is a row of the ledger, counts as a call, and shows in the trace.
 * Equal requests at the same time are asked once. Within one trace, the same request from another place is another sample
 * of it: a strategy over a cached model never counts one answer twice. Around a strategy, the cost that decides what is kept
 * is the cost after routing.
 *
 * @throws InvalidOptionError when `capacityBytes` is not above 0.
 *
 * @example
 * const model = withResponseCache(multiplex([small, big], { fallbackUsd: 0.02, memory }), { policy: 'lec' });
 */
// Source: arXiv 2306.02003: the cache weighs an answer by its cost after optimal routing.
export function withResponseCache(model: Model, options: ResponseCacheOptions = {}): Model {
  const cache = new ResponseCache(options);
  return wrapModel(model, (inner) => callsOf((request, push) => cache.answer({ model: inner, request, push })));
}

/** What came of making an answer, for those who wait for it: `left` where its caller gave up. */
type Made = StoredResponse | 'nothing' | 'left';

class ResponseCache {
  readonly #policy: CachePolicy;
  readonly #store: ResponseStore;
  readonly #costOf: (result: GenerateResult) => number;
  readonly #samples = new TraceSamples();
  /** Settles when every request so far has its name. */
  #named: Promise<unknown> = Promise.resolve();
  /** Answers that are being looked up or made. */
  readonly #pending = new Map<string, Promise<Made>>();

  constructor({ policy = 'gdsf', capacityBytes = 64 * 2 ** 20, store, costOf }: ResponseCacheOptions) {
    requireCapacity('capacityBytes', capacityBytes);
    this.#policy = typeof policy === 'object' ? policy : (policy === 'lec' ? lecPolicy : gdsfPolicy)(capacityBytes);
    this.#store = store ?? memoryResponseStore();
    this.#costOf = costOf ?? usualCost;
  }

  async answer(call: CachedCall): Promise<GenerateResult> {
    const { model, request, push } = call;
    const name = await this.#nameOf(call);
    if (name === undefined) return askModel(model, request, push);
    const spanId = request.context?.span.id;
    const sample = spanId === undefined ? 0 : this.#samples.take(name, spanId);
    try {
      return await this.#answerAs(sample === 0 ? name : `${name}.${sample}`, call);
    } catch (error) {
      if (spanId !== undefined) this.#samples.release(name, spanId);
      throw error;
    }
  }

  // Digests are made elsewhere, and end in any order; who asks first is to be first.
  #nameOf({ model, request }: CachedCall): Promise<string | undefined> {
    const named = Promise.all([responseKey(model, request), this.#named]).then(([name]) => name);
    this.#named = named.catch(() => undefined);
    return named;
  }

  async #answerAs(key: string, call: CachedCall): Promise<GenerateResult> {
    this.#policy.request(key);
    for (let pending = this.#pending.get(key); pending !== undefined; pending = this.#pending.get(key)) {
      const made = await orAborted(pending, call.request.signal);
      // What came to nothing once would be waited for in vain again.
      if (made === 'nothing') return this.#make(key, call);
      if (made === undefined) return askModel(call.model, call.request, call.push);
      if (made !== 'left') return serveStored(made, call);
    }
    return this.#find(key, call);
  }

  /** Looks an answer up or makes it, for itself and for all who ask for the same meanwhile. */
  async #find(key: string, call: CachedCall): Promise<GenerateResult> {
    let tell: (made: Made) => void = () => undefined;
    this.#pending.set(key, new Promise((resolve) => (tell = resolve)));
    try {
      const stored = await this.#read(key);
      if (stored === undefined) return await this.#make(key, call, tell);
      tell(stored);
      return await serveStored(stored, call);
    } catch (error) {
      tell(AbortedError.isInstance(error) ? 'left' : 'nothing');
      throw error;
    } finally {
      this.#pending.delete(key);
    }
  }

  async #make(key: string, { model, request, push }: CachedCall, tell?: (made: Made) => void): Promise<GenerateResult> {
    const result = await askModel(model, request, push);
    const response = storable(result);
    tell?.(response ?? 'nothing');
    if (response !== undefined) await this.#keep(key, response, result);
    return result;
  }

  async #read(key: string): Promise<StoredResponse | undefined> {
    try {
      return await this.#store.get(key);
    } catch {
      return undefined;
    }
  }

  // The answer is there and paid for: nothing that goes wrong here may lose it.
  async #keep(key: string, response: StoredResponse, result: GenerateResult): Promise<void> {
    try {
      const usd = this.#costOf(result);
      if (!(usd >= 0 && usd < Infinity)) return;
      const { kept, evicted } = this.#policy.offer(key, { usd, size: 2 * JSON.stringify(response).length });
      await Promise.allSettled(evicted.map(async (leaver) => this.#store.delete(leaver)));
      if (kept) await this.#store.set(key, response);
    } catch {
      this.#policy.drop(key);
    }
  }
}

/** What comes of the work, or undefined as soon as the signal fires. The work must not fail. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T | undefined> {
  if (signal === undefined) return work;
  return new Promise((resolve) => {
    const leave = (): void => resolve(undefined);
    signal.addEventListener('abort', leave, { once: true });
    if (signal.aborted) leave();
    void work.then((value) => {
      signal.removeEventListener('abort', leave);
      resolve(value);
    });
  });
}

function usualCost({ charges }: GenerateResult): number {
  return totalUsd(charges) ?? charges.reduce((tokens, { usage }) => tokens + knownTokens(usage), 0) * 1e-6;
}
