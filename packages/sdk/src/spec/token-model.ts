import type { CallContext } from './context.ts';
import type { GenerateRequest } from './request.ts';
import type { Charge } from './result.ts';

/** A tokenizer that can be compared: two models pair when `hash` agrees on the shared vocabulary. */
export interface Tokenizer {
  /** Hash of the shared vocabulary's pieces in order, without padding at its end. */
  readonly hash: string;
  readonly vocabularySize: number;
  /** Tokens that end an answer. */
  readonly endTokens: readonly number[];
  encode(text: string): readonly number[];
  decode(tokens: readonly number[]): string;
}

/** A probability of a token. */
export interface ScoredToken {
  readonly token: number;
  /** Natural logarithm, over the full vocabulary. */
  readonly logprob: number;
}

/** A sequence being evaluated. What is asked for is what is paid: a full vector, the best k, or given tokens only. */
export interface TokenSession {
  /** Tokens evaluated so far, prefix included. */
  readonly length: number;
  /** Evaluates `block` and writes the log-probabilities after each of its tokens: `block.length × vocabularySize` floats. */
  evaluate(block: readonly number[], out: Float32Array): Promise<void>;
  /** Evaluates `block` and gives the best `k` next tokens after its last one. */
  topK(block: readonly number[], k: number): Promise<readonly ScoredToken[]>;
  /** Log-probability of each token of `block` given all before it. */
  score(block: readonly number[]): Promise<readonly number[]>;
  /** Forgets everything after `length` tokens. What was evaluated stays paid and counts against `maxTokens`. */
  truncate(length: number): Promise<void>;
  /** A session that shares what was evaluated so far, with a hold and a charge of its own for what is left of `maxTokens`. */
  fork(): Promise<TokenSession>;
  /** Ends the session and settles its hold. Closing again gives the same charge. */
  close(): Promise<Charge>;
}

/**
 * An engine that shows next-token distributions. `open` holds money for `maxTokens`, `close` settles. A session that is
 * never closed keeps its hold.
 *
 * The distribution after a token is had by evaluating that token: open a prompt on all but its last one.
 */
export interface TokenModel {
  readonly tokenizer: Tokenizer;
  /** The messages and tools of a request in this model's chat template, up to where the answer begins. */
  promptTokens(request: GenerateRequest): readonly number[];
  open(options: {
    readonly prefix: readonly number[];
    /** Tokens that may be evaluated after the prefix, forgotten ones included; more are refused. A budget may lower it. */
    readonly maxTokens: number;
    readonly context?: CallContext;
    readonly signal?: AbortSignal;
  }): Promise<TokenSession>;
}
