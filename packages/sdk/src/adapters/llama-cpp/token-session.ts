import type { LlamaContextSequence, Token } from 'node-llama-cpp';
import { AbortedError } from '../../errors/aborted-error.ts';
import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import { ModelCallError } from '../../errors/model-call-error.ts';
import { TollgateError } from '../../errors/tollgate-error.ts';
import { refuseLate } from '../../leaf/run-attempt.ts';
import type { CallContext } from '../../spec/context.ts';
import type { Charge } from '../../spec/result.ts';
import type { ScoredToken, TokenSession } from '../../spec/token-model.ts';
import { checkMaxTokens, checkTokens } from './check-tokens.ts';
import type { Engine } from './load-engine.ts';
import { normaliseLogits } from './normalise-logits.ts';
import { holdTokens, type TokenHold, type TokenSeller } from './token-hold.ts';
import { closedModel, TokenRoom } from './token-room.ts';
import { bestLogits, ranked, TokenSequence } from './token-sequence.ts';

/** Runs work of the engine when it is its turn: one piece at a time. */
export type EngineTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** What all sessions of a model share. */
interface SessionHost {
  readonly engine: Engine;
  readonly seller: TokenSeller;
  readonly turn: EngineTurn;
  readonly vocabularySize: number;
}

/** How a session is opened. */
interface SessionOptions {
  readonly prefix: readonly Token[];
  readonly maxTokens: number;
  readonly context: CallContext | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Prefix tokens between two looks at the signal. */
const prefixChunk = 256;

/**
 * A sequence of a GGUF in memory of its own.
 *
 * The engine may be a token behind `length`: one that was only scored is evaluated with the next block. Tokens that
 * `truncate` forgot stay paid, and count against `maxTokens`. A session that is never closed keeps its hold and its memory.
 */
export class LlamaTokenSession implements TokenSession {
  readonly #host: SessionHost;
  readonly #options: SessionOptions;
  readonly #hold: TokenHold;
  readonly #room: TokenRoom;
  readonly #memory: LlamaContextSequence;
  readonly #sequence: TokenSequence;
  #tokens: readonly Token[];
  #inputTokens = 0;
  #outputTokens = 0;
  #engineMs = 0;
  #isClosed = false;
  #charge: Promise<Charge> | undefined;

  private constructor(parts: {
    readonly host: SessionHost;
    readonly options: SessionOptions;
    readonly hold: TokenHold;
    readonly room: TokenRoom;
  }) {
    this.#host = parts.host;
    this.#options = parts.options;
    this.#hold = parts.hold;
    this.#room = parts.room;
    this.#memory = parts.room.take();
    this.#sequence = new TokenSequence(this.#memory);
    this.#tokens = parts.options.prefix;
  }

  /** Holds the money, makes the room and evaluates the prefix. */
  static async open(host: SessionHost, options: SessionOptions): Promise<LlamaTokenSession> {
    return LlamaTokenSession.#start(host, options, undefined);
  }

  static async #start(
    host: SessionHost,
    options: SessionOptions,
    parent: LlamaTokenSession | undefined,
  ): Promise<LlamaTokenSession> {
    const { prefix, maxTokens, context, signal } = options;
    const hold = await holdTokens(host.seller, { prefixTokens: prefix.length, maxTokens, context, signal });
    let session: LlamaTokenSession | undefined;
    try {
      return await host.turn(async () => {
        refuseLate(host.seller, hold.context, signal);
        if (parent !== undefined) parent.#requireOpen();
        const room =
          parent === undefined ? await TokenRoom.open(host.engine, prefix.length + hold.maxTokens) : parent.#room;
        const opened = new LlamaTokenSession({ host, options, hold, room });
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
    await this.#extend(block, 0, (all, start) =>
      this.#sequence.feed(all, start, {
        ask: (position) => (position < start ? undefined : { logits: true }),
        read: (position, { next: { logits } }) => {
          if (logits === undefined) return;
          const row = (position - start) * vocabularySize;
          normaliseLogits(logits, out.subarray(row, row + vocabularySize));
          // The engine keeps the answers of a block until its end, and each is a whole vocabulary.
          logits.clear();
        },
      }),
    );
  }

  async topK(block: readonly number[], k: number): Promise<readonly ScoredToken[]> {
    const { vocabularySize } = this.#host;
    if (!(Number.isInteger(k) && k >= 1 && k <= vocabularySize)) {
      throw new InvalidOptionError('k', `k must be a whole number in [1, ${vocabularySize}], received ${k}.`);
    }
    return this.#extend(block, block.length === 0 ? 1 : 0, async (all, start) => {
      const last = all.length - 1;
      let best: readonly ScoredToken[] = [];
      await this.#sequence.feed(all, Math.min(start, last), {
        ask: (position) => (position === last ? bestLogits([], k) : undefined),
        read: (_, output) => {
          best = ranked(output).slice(0, k);
        },
      });
      return best;
    });
  }

  async score(block: readonly number[]): Promise<readonly number[]> {
    if (block.length === 0) return [];
    return this.#extend(block, 1, async (all, start) => {
      const scores: number[] = [];
      await this.#sequence.feed(all.slice(0, -1), start - 1, {
        ask: (position) => (position < start - 1 ? undefined : bestLogits(all.slice(position + 1, position + 2), 1)),
        read: (position, output) => {
          const scored = ranked(output).find(({ token }) => token === all[position + 1]);
          scores.push(scored?.logprob ?? Number.NEGATIVE_INFINITY);
        },
      });
      return scores;
    });
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
      await this.#sequence.rewind(this.#tokens);
    });
  }

  /** A session with what is left of `maxTokens`, held and charged by itself. What it gets as a copy it does not pay again. */
  async fork(): Promise<TokenSession> {
    const rest = await this.#work(async () => ({
      prefix: this.#tokens,
      maxTokens: this.#hold.maxTokens - this.#outputTokens,
    }));
    checkMaxTokens(rest.maxTokens);
    return LlamaTokenSession.#start(this.#host, { ...this.#options, ...rest }, this);
  }

  close(): Promise<Charge> {
    return (this.#charge ??= this.#end());
  }

  async #end(): Promise<Charge> {
    let charge: Charge;
    try {
      await this.#host.turn(async () => {
        this.#isClosed = true;
        await this.#room.giveBack(this.#memory);
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
      throw new ModelCallError(
        `llama-cpp/${this.#host.engine.modelId} failed: ${error instanceof Error ? error.message : String(error)}`,
        { failure: 'engine', dispatch: 'unknown', cause: error },
      );
    } finally {
      this.#engineMs += clock.monotonic() - started;
    }
  }

  #requireOpen(): void {
    if (this.#isClosed) throw new TollgateError('closed', 'This token session is closed. Open a new one.');
    if (this.#room.isGone) throw closedModel(this.#host.engine.modelId);
  }

  #refuseAborted(): void {
    const { signal } = this.#options;
    if (signal?.aborted === true) throw new AbortedError('The token session was aborted.', { cause: signal.reason });
  }

  /**
   * Evaluates the prefix but for its last token: that one comes with the first block, which may want what follows it. What
   * a parent still has of the prefix is copied.
   */
  async #evaluatePrefix(parent: LlamaTokenSession | undefined): Promise<void> {
    const copied = parent === undefined ? 0 : await this.#sequence.copy(parent.#sequence, this.#tokens);
    const tokens = this.#tokens.slice(0, -1);
    for (let at = copied; at < tokens.length; at += prefixChunk) {
      this.#refuseAborted();
      const chunk = tokens.slice(at, at + prefixChunk);
      await this.#sequence.append(chunk);
      this.#inputTokens += chunk.length;
    }
    if (copied < tokens.length || copied === 0) this.#inputTokens = this.length - copied;
  }

  /** Adds a block to the sequence: refuses it, or counts it as evaluated and lets `work` evaluate it. */
  async #extend<T>(
    block: readonly number[],
    tokensBefore: number,
    work: (all: readonly Token[], start: number) => Promise<T>,
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
      const all = [...this.#tokens, ...(block as readonly Token[])];
      const result = await work(all, start);
      this.#tokens = all;
      return result;
    });
  }
}
