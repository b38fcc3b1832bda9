import { checkMaxTokens, checkTokens } from '../../local/check-tokens.ts';
import type { TokenSeller } from '../../local/token-hold.ts';
import { type EngineTurn, LocalTokenSession } from '../../local/token-session.ts';
import type { TokenModel } from '../../spec/token-model.ts';
import { promptTokens } from './answer-plan.ts';
import { llamaTokenizer } from './llama-tokenizer.ts';
import type { Engine } from './load-engine.ts';
import { LlamaSequenceMemory } from './sequence-memory.ts';

/** The next-token distributions of a loaded GGUF. `turn` is what keeps calls to the engine apart. */
export function llamaTokenModel(engine: Engine, seller: TokenSeller, turn: EngineTurn): TokenModel {
  const tokenizer = llamaTokenizer(engine.model);
  const { vocabularySize } = tokenizer;
  const openMemory = (tokens: number): Promise<LlamaSequenceMemory> =>
    LlamaSequenceMemory.open(engine, tokens, vocabularySize);
  const host = { seller, turn, vocabularySize, openMemory };
  return {
    tokenizer,
    promptTokens: (request) => promptTokens(engine, request),
    open: async ({ prefix, maxTokens, context, signal }) => {
      checkTokens('prefix', prefix, vocabularySize);
      checkMaxTokens(maxTokens);
      return LocalTokenSession.open(host, { prefix: [...prefix], maxTokens, context, signal });
    },
  };
}
