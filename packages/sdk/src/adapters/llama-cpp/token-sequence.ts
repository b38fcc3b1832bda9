import type {
  ControlledEvaluateIndexOutput,
  ControlledEvaluateInputItem,
  LlamaContextSequence,
  Token,
} from 'node-llama-cpp';
import { copySequence } from './copy-sequence.ts';
import { rankedTokens, type SampledToken } from './sample-token.ts';

/** What is wanted after a token. */
type Question = NonNullable<Exclude<ControlledEvaluateInputItem, Token>[1]['generateNext']>;

/** The engine's side of a session: a sequence that is brought to the tokens it is told, keeping what it has of them. */
export class TokenSequence {
  readonly #sequence: LlamaContextSequence;

  constructor(sequence: LlamaContextSequence) {
    this.#sequence = sequence;
  }

  /** Has the engine evaluate `all` from position `from` on, or from further back where it is behind. */
  async feed(
    all: readonly Token[],
    from: number,
    how: {
      readonly ask: (position: number) => Question | undefined;
      readonly read: (position: number, output: ControlledEvaluateIndexOutput) => void;
    },
  ): Promise<void> {
    await this.rewind(all.slice(0, from));
    const first = this.#sequence.nextTokenIndex;
    const items = all.slice(first).map((token, i): ControlledEvaluateInputItem => {
      const generateNext = how.ask(first + i);
      return generateNext === undefined ? token : [token, { generateNext }];
    });
    await this.#sequence.controlledEvaluate(items, { onTokenResult: (i, output) => how.read(first + i, output) });
  }

  /** Makes the engine forget whatever differs from these tokens or comes after them. */
  async rewind(tokens: readonly Token[]): Promise<void> {
    await this.#sequence.adaptStateToTokens([...tokens], false);
  }

  /** Evaluates more tokens at the end and asks nothing. */
  async append(tokens: readonly Token[]): Promise<void> {
    await this.#sequence.evaluateWithoutGeneratingNewTokens([...tokens]);
  }

  /** Takes over what another one has of these tokens. Gives how many that are: none where memory cannot be copied. */
  async copy(other: TokenSequence, tokens: readonly Token[]): Promise<number> {
    const { firstDifferentIndex: shared } = other.#sequence.compareContextTokens([...tokens]);
    return (await copySequence(other.#sequence, this.#sequence, shared)) ? shared : 0;
  }
}

/** Asks for the best tokens and for given ones, with what `rankedTokens` needs to make log-probabilities of them. */
export function bestLogits(tokens: readonly Token[], includeTop: number): Question {
  return { logits: { filter: { tokens, includeTop } }, totalLogitWeight: true };
}

/** The answer to `bestLogits`, best first. */
export function ranked({ next: { logits, totalLogitWeight } }: ControlledEvaluateIndexOutput): readonly SampledToken[] {
  return logits === undefined || totalLogitWeight === undefined ? [] : rankedTokens(logits, totalLogitWeight);
}
