import type { Token } from 'node-llama-cpp';
import type { TokenModel } from '../../spec/token-model.ts';
import { checkMaxTokens, checkTokens } from './check-tokens.ts';
import { llamaTokenizer } from './llama-tokenizer.ts';
import type { Engine } from './load-engine.ts';
import { renderPrompt } from './render-prompt.ts';
import type { TokenSeller } from './token-hold.ts';
import { type EngineTurn, LlamaTokenSession } from './token-session.ts';

/** The next-token distributions of a loaded GGUF. `turn` is what keeps calls to the engine apart. */
export function llamaTokenModel(engine: Engine, seller: TokenSeller, turn: EngineTurn): TokenModel {
  const tokenizer = llamaTokenizer(engine.model);
  const host = { engine, seller, turn, vocabularySize: tokenizer.vocabularySize };
  return {
    tokenizer,
    promptTokens: (request) => renderPrompt(engine.model, engine.chatWrapper, request).tokens,
    open: async ({ prefix, maxTokens, context, signal }) => {
      checkTokens('prefix', prefix, tokenizer.vocabularySize);
      checkMaxTokens(maxTokens);
      return LlamaTokenSession.open(host, { prefix: [...prefix] as Token[], maxTokens, context, signal });
    },
  };
}
