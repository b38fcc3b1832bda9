import { createRandom } from '@tollgate/stats';
import { AbortedError } from '../errors/aborted-error.ts';
import { TollgateError } from '../errors/tollgate-error.ts';
import { childContext } from '../leaf/call-context.ts';
import type { CallContext } from '../spec/context.ts';
import type { Model } from '../spec/model.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { GenerateResult } from '../spec/result.ts';
import type { StreamPart } from '../spec/stream.ts';
import { strategyOf } from './strategy-plan.ts';

/** What came of asking a source once. */
export interface Asked {
  readonly from: number;
  readonly outcome: { readonly result: GenerateResult } | { readonly error: unknown };
}

/** A call to a source, ready to be made. */
export interface PreparedCall {
  readonly from: number;
  readonly request: GenerateRequest;
  readonly context: CallContext;
}

/** What the calls of one run are made with. */
export interface SourceCallsOptions {
  readonly sources: readonly Model[];
  readonly request: GenerateRequest;
  readonly context: CallContext;
  readonly signal: AbortSignal | undefined;
}

/** The calls that one run of a strategy makes to its sources. None of them rejects: a failure is an outcome, too. */
export class SourceCalls {
  /** Fires when the caller aborts, and once the core has decided. */
  readonly signal: AbortSignal;
  readonly #options: SourceCallsOptions;
  readonly #decided = new AbortController();
  readonly #drawnFrom: number[];
  #calls = 0;

  constructor(options: SourceCallsOptions) {
    const { sources, signal } = options;
    this.#options = options;
    this.#drawnFrom = sources.map(() => 0);
    this.signal = signal === undefined ? this.#decided.signal : AbortSignal.any([signal, this.#decided.signal]);
  }

  source(index: number): Model {
    const source = this.#options.sources[index];
    if (source !== undefined) return source;
    const count = this.#options.sources.length;
    throw new TollgateError('internal', `The core asked source ${index}; there are ${count}.`);
  }

  /** The request of the next `count` samples of a source, with a span of its own. */
  prepare(from: number, count: number): PreparedCall {
    const { request } = this.#options;
    this.#calls += 1;
    const label = `${this.source(from).modelId} (draw ${this.#calls})`;
    const context = childContext(this.#options.context, { kind: 'draw', label });
    context.span.add({ values: { samples: count } });
    const first = this.#drawnFrom[from] ?? 0;
    this.#drawnFrom[from] = first + count;
    const { seed } = request;
    return {
      from,
      context,
      request: {
        ...request,
        samples: count,
        context,
        signal: this.signal,
        // Later draws from the same source must not repeat the samples of earlier ones.
        ...(seed !== undefined && { seed: createRandom(`${seed}/${from}/${first}`).int(2 ** 32) }),
      },
    };
  }

  async ask(call: PreparedCall): Promise<Asked> {
    return this.#outcome(call, () => this.source(call.from).generate(call.request));
  }

  /** One call of a leaf, which shares the prompt's evaluation among its samples; a run each of a strategy. */
  async askTogether(from: number, count: number): Promise<readonly Asked[]> {
    if (strategyOf(this.source(from)) === undefined) return [await this.ask(this.prepare(from, count))];
    return Promise.all(Array.from({ length: count }, () => this.ask(this.prepare(from, 1))));
  }

  /** Asks for one sample and passes its parts on as they come. */
  async stream(from: number, push: (part: StreamPart) => void): Promise<Asked> {
    const call = this.prepare(from, 1);
    return this.#outcome(call, async () => {
      const stream = this.source(from).stream(call.request);
      for await (const part of stream) if (part.type !== 'start' && part.type !== 'finish') push(part);
      return stream.result;
    });
  }

  /** Aborts what is in flight: the core has decided. */
  abort(): void {
    this.#decided.abort(new AbortedError('The strategy has decided.'));
  }

  async #outcome({ from, context }: PreparedCall, work: () => Promise<GenerateResult>): Promise<Asked> {
    try {
      const result = await work();
      context.span.end();
      return { from, outcome: { result } };
    } catch (error) {
      context.span.end(AbortedError.isInstance(error) ? 'aborted' : 'failed');
      return { from, outcome: { error } };
    }
  }
}
