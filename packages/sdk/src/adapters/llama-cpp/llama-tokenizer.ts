import { createHash } from 'node:crypto';
import type { LlamaModel, Token } from 'node-llama-cpp';
import type { Tokenizer } from '../../spec/token-model.ts';

// The token type of GGUF for entries that only fill the vocabulary up to a round size.
const unusedTokenType = 5;

/** The tokenizer of a GGUF. Its hash is SHA-256 over the pieces in order, without the padding at the vocabulary's end. */
export function llamaTokenizer(model: LlamaModel): Tokenizer {
  const { tokens, token_type: types } = model.fileInfo.metadata.tokenizer.ggml;
  let shared = tokens.length;
  while (shared > 0 && Number(types[shared - 1]) === unusedTokenType) shared -= 1;
  const ids = Array.from(tokens, (_, id) => id as Token);
  return {
    hash: createHash('sha256')
      .update(JSON.stringify(tokens.slice(0, shared)))
      .digest('hex'),
    vocabularySize: tokens.length,
    endTokens: ids.filter((token) => model.isEogToken(token)),
    encode: (text) => model.tokenize(text),
    decode: (decoded) => model.detokenize(decoded as readonly Token[]),
  };
}
