/** The runtime's own `fetch`, looked up at every call: what is installed as the global one later is used all the same. */
export const defaultFetch: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init);
