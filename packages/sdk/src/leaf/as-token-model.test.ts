import { expect, it } from 'vitest';
import type { TokenModel } from '../spec/token-model.ts';
import { withRetry } from '../middleware/with-retry.ts';
import { asTokenModel } from './as-token-model.ts';
import { defineModel } from './define-model.ts';
import { textCapabilities } from './text-capabilities.ts';

const tokens: TokenModel = {
  tokenizer: { hash: 'h', vocabularySize: 1, endTokens: [], encode: () => [], decode: () => '' },
  promptTokens: () => [],
  open: () => Promise.reject(new Error('not opened here')),
};
const parts = {
  provider: 'test',
  modelId: 'm',
  capabilities: textCapabilities(),
  call: () => Promise.reject(new Error('not called here')),
};

it('gives nothing for a model that shows no distributions, wrapped or not', () => {
  const model = defineModel(parts);
  expect(asTokenModel(model)).toBeUndefined();
  expect(asTokenModel(withRetry(model))).toBeUndefined();
});

it('is made once, when it is first asked for, and seen through wrappers', () => {
  let made = 0;
  const model = defineModel({
    ...parts,
    tokenModel: () => {
      made += 1;
      return tokens;
    },
  });
  const wrapped = withRetry(withRetry(model));
  expect(made).toBe(0);
  expect([asTokenModel(wrapped), asTokenModel(model)]).toEqual([tokens, tokens]);
  expect(made).toBe(1);
});
