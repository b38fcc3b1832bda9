import { checkMaxTokens, checkTokens } from '../../local/check-tokens.ts';
import type { TokenSeller } from '../../local/token-hold.ts';
import { type EngineTurn, LocalTokenSession } from '../../local/token-session.ts';
import type { TokenModel } from '../../spec/token-model.ts';
import type { Engine } from './load-engine.ts';
import { OnnxSequenceMemory } from './sequence-memory.ts';

/** The next-token distributions of a loaded model. `turn` is what keeps calls to the engine apart. */
export function onnxTokenModel(engine: Engine, seller: TokenSeller, turn: EngineTurn): TokenModel {
  const { vocabularySize } = engine.graph;
  const host = {
    seller,
    turn,
    vocabularySize,
    openMemory: (tokens: number): Promise<OnnxSequenceMemory> => OnnxSequenceMemory.open(engine, tokens),
  };
  return {
    tokenizer: {
      hash: engine.tokenizer.hash,
      vocabularySize,
      endTokens: [...engine.endTokens],
      encode: (text) => engine.tokenizer.encode(text),
      decode: (tokens) => engine.tokenizer.decode(tokens),
    },
    promptTokens: (request) => engine.template.render(request),
    open: async ({ prefix, maxTokens, context, signal }) => {
      checkTokens('prefix', prefix, vocabularySize);
      checkMaxTokens(maxTokens);
      return LocalTokenSession.open(host, { prefix: [...prefix], maxTokens, context, signal });
    },
  };
}
