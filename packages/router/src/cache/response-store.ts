import type { StoredResponse } from './stored-response.ts';

/**
 * Where answers are kept, for one cached model. A store that fails fails the cache, never the call: what cannot be read
 * is made.
 *
 * What is evicted is known to one process. A store that outlives it, or that several share, needs an expiry of its own.
 */
export interface ResponseStore {
  get(key: string): Promise<StoredResponse | undefined>;
  set(key: string, response: StoredResponse): Promise<void>;
  delete(key: string): Promise<void>;
}

/** Keeps answers in this process. */
export function memoryResponseStore(): ResponseStore {
  const responses = new Map<string, StoredResponse>();
  return {
    get: async (key) => responses.get(key),
    set: async (key, response) => void responses.set(key, response),
    delete: async (key) => void responses.delete(key),
  };
}
