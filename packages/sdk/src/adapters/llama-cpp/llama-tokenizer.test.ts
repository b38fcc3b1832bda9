import { expect, it } from 'vitest';
import { llamaTokenizer } from './llama-tokenizer.ts';

/** The part of a loaded model that a tokenizer reads. Type 1 is a normal token, 5 fills the vocabulary up. */
function modelWith(tokens: readonly string[], types: readonly number[]): Parameters<typeof llamaTokenizer>[0] {
  const metadata = { tokenizer: { ggml: { tokens, token_type: types } } };
  return { fileInfo: { metadata }, isEogToken: (token: number) => token === 1 } as never;
}

it('pairs vocabularies that are padded differently, and no others', () => {
  const plain = llamaTokenizer(modelWith(['a', 'b'], [1, 1]));
  const padded = llamaTokenizer(modelWith(['a', 'b', '[PAD2]', '[PAD3]'], [1, 1, 5, 5]));
  const longer = llamaTokenizer(modelWith(['a', 'b', 'c'], [1, 1, 1]));
  const inside = llamaTokenizer(modelWith(['a', '[PAD1]', 'b'], [1, 5, 1]));
  const split = llamaTokenizer(modelWith(['ab', ''], [1, 1]));
  expect(padded.hash).toBe(plain.hash);
  expect(padded.vocabularySize).toBe(4);
  expect(new Set([plain, longer, inside, split].map(({ hash }) => hash)).size).toBe(4);
  expect(plain.endTokens).toEqual([1]);
});
