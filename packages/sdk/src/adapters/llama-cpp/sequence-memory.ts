import type {
  ControlledEvaluateIndexOutput,
  ControlledEvaluateInputItem,
  LlamaContextSequence,
  Token,
} from 'node-llama-cpp';
import type { SequenceMemory } from '../../local/sequence-memory.ts';
import { copySequence } from './copy-sequence.ts';
import type { Engine } from './load-engine.ts';
import { normaliseLogits } from './normalise-logits.ts';
import { rankedTokens, type SampledToken } from './ranked-tokens.ts';
import { TokenRoom } from './token-room.ts';

/** What is wanted after a token. */
type Question = NonNullable<Exclude<ControlledEvaluateInputItem, Token>[1]['generateNext']>;

/** The engine's side of a session: a sequence that is brought to the tokens it is told, keeping what it has of them. */
export class LlamaSequenceMemory implements SequenceMemory {
  readonly #room: TokenRoom;
  readonly #vocabularySize: number;
  readonly #sequence: LlamaContextSequence;

  private constructor(room: TokenRoom, vocabularySize: number) {
    this.#room = room;
    this.#vocabularySize = vocabularySize;
    this.#sequence = room.take();
  }

  static async open(engine: Engine, tokens: number, vocabularySize: number): Promise<LlamaSequenceMemory> {
    return new LlamaSequenceMemory(await TokenRoom.open(engine, tokens), vocabularySize);
  }

  get isGone(): boolean {
    return this.#room.isGone;
  }

  async distributions(all: readonly number[], start: number, out: Float32Array): Promise<void> {
    await this.#feed(all, start, {
      ask: (position) => (position < start ? undefined : { logits: true }),
      read: (position, { next: { logits } }) => {
        if (logits === undefined) return;
        const row = (position - start) * this.#vocabularySize;
        normaliseLogits(logits, out.subarray(row, row + this.#vocabularySize));
        // The engine keeps the answers of a block until its end, and each is a whole vocabulary.
        logits.clear();
      },
    });
  }

  async best(all: readonly number[], start: number, k: number): Promise<readonly SampledToken[]> {
    const last = all.length - 1;
    let best: readonly SampledToken[] = [];
    await this.#feed(all, Math.min(start, last), {
      ask: (position) => (position === last ? bestLogits([], k) : undefined),
      read: (_, output) => {
        best = ranked(output).slice(0, k);
      },
    });
    return best;
  }

  async scores(all: readonly number[], start: number): Promise<readonly number[]> {
    const scores: number[] = [];
    await this.#feed(all.slice(0, -1), start - 1, {
      ask: (position) => (position < start - 1 ? undefined : bestLogits(all.slice(position + 1, position + 2), 1)),
      read: (position, output) => {
        const scored = ranked(output).find(({ token }) => token === all[position + 1]);
        scores.push(scored?.logprob ?? Number.NEGATIVE_INFINITY);
      },
    });
    return scores;
  }

  async rewind(tokens: readonly number[]): Promise<void> {
    await this.#sequence.adaptStateToTokens([...tokens] as Token[], false);
  }

  async append(tokens: readonly number[]): Promise<void> {
    await this.#sequence.evaluateWithoutGeneratingNewTokens([...tokens] as Token[]);
  }

  async sibling(): Promise<LlamaSequenceMemory> {
    return new LlamaSequenceMemory(this.#room, this.#vocabularySize);
  }

  async copy(other: LlamaSequenceMemory, tokens: readonly number[]): Promise<number> {
    const { firstDifferentIndex: shared } = other.#sequence.compareContextTokens([...tokens] as Token[]);
    return (await copySequence(other.#sequence, this.#sequence, shared)) ? shared : 0;
  }

  release(): Promise<void> {
    return this.#room.giveBack(this.#sequence);
  }

  /** Has the engine evaluate `all` from position `from` on, or from further back where it is behind. */
  async #feed(
    all: readonly number[],
    from: number,
    how: {
      readonly ask: (position: number) => Question | undefined;
      readonly read: (position: number, output: ControlledEvaluateIndexOutput) => void;
    },
  ): Promise<void> {
    await this.rewind(all.slice(0, from));
    const first = this.#sequence.nextTokenIndex;
    const items = (all.slice(first) as Token[]).map((token, i): ControlledEvaluateInputItem => {
      const generateNext = how.ask(first + i);
      return generateNext === undefined ? token : [token, { generateNext }];
    });
    await this.#sequence.controlledEvaluate(items, { onTokenResult: (i, output) => how.read(first + i, output) });
  }
}

/** Asks for the best tokens and for given ones, with what `rankedTokens` needs to make log-probabilities of them. */
function bestLogits(tokens: readonly number[], includeTop: number): Question {
  return { logits: { filter: { tokens: tokens as readonly Token[], includeTop } }, totalLogitWeight: true };
}

/** The answer to `bestLogits`, best first. */
function ranked({ next: { logits, totalLogitWeight } }: ControlledEvaluateIndexOutput): readonly SampledToken[] {
  return logits === undefined || totalLogitWeight === undefined ? [] : rankedTokens(logits, totalLogitWeight);
}
