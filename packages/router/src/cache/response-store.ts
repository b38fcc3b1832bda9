import type { Candidate, Decision } from '@tollgate/sdk';

/** An answer that is kept. Plain JSON. */
export interface StoredResponse {
  readonly candidates: readonly Pick<Candidate, 'content' | 'finish' | 'logprobs'>[];
  readonly decision: Omit<Decision, 'chosen'>;
  /** Index of the candidate that is the answer. */
  readonly chosen?: number;
}

/** Where answers are kept. A store that fails fails the cache, never the call: what cannot be read is made. */
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
