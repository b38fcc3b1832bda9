/** Requests of traces that are remembered. */
const most = 10_000;

/**
 * Tells the samples of one request apart: where a request comes again from another place of the same trace, a strategy
 * wants another sample of it, and one answer given twice would look like two that agree. From another trace, or from the
 * same place, the same request wants the same answer.
 */
export class TraceSamples {
  /** Ids of the spans that asked, by the number of the sample; a request is named with its trace. */
  readonly #askers = new Map<string, (string | undefined)[]>();

  /** Number of the sample that a span wants of a request. The first is 0. */
  take(request: string, spanId: string): number {
    const name = nameOf(request, spanId);
    const askers = this.#askers.get(name) ?? [];
    // Set anew, so that those asked for longest ago come first.
    this.#askers.delete(name);
    this.#askers.set(name, askers);
    const known = askers.indexOf(spanId);
    if (known >= 0) return known;
    const free = askers.indexOf(undefined);
    const sample = free >= 0 ? free : askers.length;
    askers[sample] = spanId;
    const [oldest] = this.#askers.keys();
    if (this.#askers.size > most && oldest !== undefined) this.#askers.delete(oldest);
    return sample;
  }

  /** The span got no answer: its sample is for the next one. */
  release(request: string, spanId: string): void {
    const askers = this.#askers.get(nameOf(request, spanId)) ?? [];
    const sample = askers.indexOf(spanId);
    if (sample >= 0) askers[sample] = undefined;
  }
}

/** The id of a span begins with that of its trace. */
function nameOf(request: string, spanId: string): string {
  return `${request} ${spanId.split('.')[0]}`;
}
