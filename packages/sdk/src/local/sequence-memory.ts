import type { ScoredToken } from '../spec/token-model.ts';

/**
 * What an engine keeps of one sequence of tokens. It may be behind the sequence: `all` is always the whole of it, and an
 * engine evaluates what it lacks.
 */
export interface SequenceMemory {
  /** The model was closed, and all memory went with it. */
  readonly isGone: boolean;
  /** Evaluates more tokens at the end and asks nothing. */
  append(tokens: readonly number[]): Promise<void>;
  /** Forgets whatever differs from these tokens or comes after them. */
  rewind(tokens: readonly number[]): Promise<void>;
  /** Writes the log-probabilities after each token from position `start` on, one row of the vocabulary each. */
  distributions(all: readonly number[], start: number, out: Float32Array): Promise<void>;
  /** The best `k` tokens after the last one, best first. Tokens before `start` may have been evaluated already. */
  best(all: readonly number[], start: number, k: number): Promise<readonly ScoredToken[]>;
  /** Log-probabilities of the tokens from position `start` on, each given all before it. `start` is 1 or more. */
  scores(all: readonly number[], start: number): Promise<readonly number[]>;
  /** Empty memory beside this one, for a fork. */
  sibling(): Promise<SequenceMemory>;
  /** Takes over what another one of this engine has of these tokens. Gives how many that are: none where it cannot be copied. */
  copy(other: SequenceMemory, tokens: readonly number[]): Promise<number>;
  /** Gives the memory back. */
  release(): Promise<void>;
}
