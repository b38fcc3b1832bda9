import { AbortedError } from '../errors/aborted-error.ts';
import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import { ModelCallError } from '../errors/model-call-error.ts';
import { TollgateError } from '../errors/tollgate-error.ts';
import { refuseLate } from '../leaf/run-attempt.ts';
import type { CallContext } from '../spec/context.ts';
import type { Charge } from '../spec/result.ts';
import type { ScoredToken, TokenSession } from '../spec/token-model.ts';
import { checkMaxTokens, checkTokens } from './check-tokens.ts';
import { closedModel } from './closed-model.ts';
import type { SequenceMemory } from './sequence-memory.ts';
import { holdTokens, type TokenHold, type TokenSeller } from './token-hold.ts';

/** Runs work of the engine when it is its turn: one piece at a time. */
export type EngineTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** What all sessions of a model share. */
export interface SessionHost {
  readonly seller: TokenSeller;
  readonly turn: EngineTurn;
  readonly vocabularySize: number;
  /** Makes room for a sequence of up to `tokens` tokens. */
  readonly openMemory: (tokens: number) => Promise<SequenceMemory>;
}

/** How a session is opened. */
interface SessionOptions {
  readonly prefix: readonly number[];
  readonly maxTokens: number;
  readonly context: CallContext | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Prefix tokens between two looks at the signal. */
const prefixChunk = 256;

/**
 * A sequence of tokens in an engine's memory, with the money it may cost.
 *
 * The engine may be a token behind `length`: one that was only scored is evaluated with the next block. Tokens that
 * `truncate` forgot stay paid, and count against `maxTokens`. A session that is never closed keeps its hold and its memory.
 */
export class LocalTokenSession implements TokenSession {
  readonly #host: SessionHost;
  readonly #options: SessionOptions;
  readonly #hold: TokenHold;
  readonly #memory: SequenceMemory;
  #tokens: readonly number[];
  #inputTokens = 0;
  #outputTokens = 0;
  #engineMs = 0;
  #isClosed = false;
  #charge: Promise<Charge> | undefined;

  private constructor(parts: {
    readonly host: SessionHost;
    readonly options: SessionOptions;
    readonly hold: TokenHold;
    readonly memory: SequenceMemory;
  }) {
    this.#host = parts.host;
    this.#options = parts.options;
    this.#hold = parts.hold;
    this.#memory = parts.memory;
    this.#tokens = parts.options.prefix;
  }

  /** Holds the money, makes the room and evaluates the prefix. */
  static async open(host: SessionHost, options: SessionOptions): Promise<LocalTokenSession> {
    return LocalTokenSession.#start(host, options, undefined);
  }

  static async #start(
    host: SessionHost,
    options: SessionOptions,
    parent: LocalTokenSession | undefined,
  ): Promise<LocalTokenSession> {
    const { prefix, maxTokens, context, signal } = options;
    const hold = await holdTokens(host.seller, { prefixTokens: prefix.length, maxTokens, context, signal });
    let session: LocalTokenSession | undefined;
    try {
      return await host.turn(async () => {
        refuseLate(host.seller, hold.context, signal);
        if (parent !== undefined) parent.#requireOpen();
        const memory = await (parent === undefined
          ? host.openMemory(prefix.length + hold.maxTokens)
          : parent.#memory.sibling());
        const opened = new LocalTokenSession({ host, options, hold, memory });
        session = opened;
        await opened.#timed(() => opened.#evaluatePrefix(parent));
        return opened;
      });
    } catch (error) {
      if (session === undefined) {
        await hold.release('nothing was evaluated');
        throw error;
      }
      const charge = await session.close();
      if (TollgateError.isInstance(error)) error.charges = [charge];
      throw error;
    }
  }

  get length(): number {
    return this.#tokens.length;
  }

  async evaluate(block: readonly number[], out: Float32Array): Promise<void> {
    const { vocabularySize } = this.#host;
    const wanted = block.length * vocabularySize;
    if (out.length < wanted) {
      throw new InvalidOptionError(
        'out',
        `out must hold ${block.length} × ${vocabularySize} = ${wanted} floats, received ${out.length}.`,
      );
    }
    await this.#extend(block, 0, (all, start) => this.#memory.distributions(all, start, out));
  }

  async topK(block: readonly number[], k: number): Promise<readonly ScoredToken[]> {
    const { vocabularySize } = this.#host;
    if (!(Number.isInteger(k) && k >= 1 && k <= vocabularySize)) {
      throw new InvalidOptionError('k', `k must be a whole number in [1, ${vocabularySize}], received ${k}.`);
    }
    return this.#extend(block, block.length === 0 ? 1 : 0, (all, start) => this.#memory.best(all, start, k));
  }

  async score(block: readonly number[]): Promise<readonly number[]> {
    if (block.length === 0) return [];
    return this.#extend(block, 1, (all, start) => this.#memory.scores(all, start));
  }

  async truncate(length: number): Promise<void> {
    await this.#work(async () => {
      if (!(Number.isInteger(length) && length >= 0 && length <= this.length)) {
        throw new InvalidOptionError(
          'length',
          `length must be a whole number in [0, ${this.length}], received ${length}.`,
        );
      }
      this.#tokens = this.#tokens.slice(0, length);
      await this.#memory.rewind(this.#tokens);
    });
  }

  /** A session with what is left of `maxTokens`, held and charged by itself. What it gets as a copy it does not pay again. */
  async fork(): Promise<TokenSession> {
    const rest = await this.#work(async () => ({
      prefix: this.#tokens,
      maxTokens: this.#hold.maxTokens - this.#outputTokens,
    }));
    checkMaxTokens(rest.maxTokens);
    return LocalTokenSession.#start(this.#host, { ...this.#options, ...rest }, this);
  }

  close(): Promise<Charge> {
    return (this.#charge ??= this.#end());
  }

  async #end(): Promise<Charge> {
    let charge: Charge;
    try {
      await this.#host.turn(async () => {
        this.#isClosed = true;
        await this.#memory.release();
      });
    } finally {
      charge = await this.#hold.settle({
        inputUncached: this.#inputTokens,
        outputText: this.#outputTokens,
        engineSeconds: this.#engineMs / 1000,
      });
    }
    return charge;
  }

  #work<T>(work: () => Promise<T>): Promise<T> {
    return this.#host.turn(() => this.#timed(work));
  }

  async #timed<T>(work: () => Promise<T>): Promise<T> {
    this.#requireOpen();
    this.#refuseAborted();
    const { clock } = this.#hold.context;
    const started = clock.monotonic();
    try {
      return await work();
    } catch (error) {
      if (TollgateError.isInstance(error)) throw error;
      throw new ModelCallError(`${this.#name} failed: ${error instanceof Error ? error.message : String(error)}`, {
        failure: 'engine',
        dispatch: 'unknown',
        cause: error,
      });
    } finally {
      this.#engineMs += clock.monotonic() - started;
    }
  }

  get #name(): string {
    return `${this.#host.seller.provider}/${this.#host.seller.modelId}`;
  }

  #requireOpen(): void {
    if (this.#isClosed) throw new TollgateError('closed', 'This token session is closed. Open a new one.');
    if (this.#memory.isGone) throw closedModel(this.#name);
  }

  #refuseAborted(): void {
    const { signal } = this.#options;
    if (signal?.aborted === true) throw new AbortedError('The token session was aborted.', { cause: signal.reason });
  }

  /**
   * Evaluates the prefix but for its last token: that one comes with the first block, which may want what follows it. What
   * a parent still has of the prefix is copied.
   */
  async #evaluatePrefix(parent: LocalTokenSession | undefined): Promise<void> {
    const copied = parent === undefined ? 0 : await this.#memory.copy(parent.#memory, this.#tokens);
    const tokens = this.#tokens.slice(0, -1);
    for (let at = copied; at < tokens.length; at += prefixChunk) {
      this.#refuseAborted();
      const chunk = tokens.slice(at, at + prefixChunk);
      await this.#memory.append(chunk);
      this.#inputTokens += chunk.length;
    }
    if (copied < tokens.length || copied === 0) this.#inputTokens = this.length - copied;
  }

  /** Adds a block to the sequence: refuses it, or counts it as evaluated and lets `work` evaluate it. */
  async #extend<T>(
    block: readonly number[],
    tokensBefore: number,
    work: (all: readonly number[], start: number) => Promise<T>,
  ): Promise<T> {
    checkTokens('block', block, this.#host.vocabularySize);
    return this.#work(async () => {
      const start = this.length;
      if (start < tokensBefore) {
        throw new InvalidOptionError(
          'block',
          'Nothing comes before this block, so its first token has no probability. Open the session on the prompt.',
        );
      }
      const { maxTokens } = this.#hold;
      if (this.#outputTokens + block.length > maxTokens) {
        throw new InvalidOptionError(
          'block',
          `The session may evaluate ${maxTokens} tokens after its prefix (maxTokens${maxTokens < this.#options.maxTokens ? `, lowered from ${this.#options.maxTokens} by a budget` : ''}), forgotten ones included: ${this.#outputTokens} are used and the block has ${block.length}. Open it with more.`,
        );
      }
      // Counted before it is evaluated: a block that fails half-way has been computed all the same.
      this.#outputTokens += block.length;
      const all = [...this.#tokens, ...block];
      const result = await work(all, start);
      this.#tokens = all;
      return result;
    });
  }
}
