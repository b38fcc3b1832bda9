import type { Model } from '../spec/model.ts';
import type { TokenModel } from '../spec/token-model.ts';

const tokenModelKey = Symbol.for('tollgate.token-model');

/**
 * The next-token distributions of a model, or undefined where its engine does not show them. Sees through `withRetry`,
 * `withBudget` and recordings: what a budgeted model opens is held by that budget.
 *
 * @example
 * const tokens = asTokenModel(await llamaCpp({ modelPath: './qwen2.5-coder-0.5b.gguf' }));
 * const session = await tokens?.open({ prefix: tokens.promptTokens(request), maxTokens: 64 });
 * const logprobs = await session?.score(tokens.tokenizer.encode('42'));
 * await session?.close();
 */
export function asTokenModel(model: Model): TokenModel | undefined {
  return (model as { readonly [tokenModelKey]?: TokenModel })[tokenModelKey];
}

/** Attaches what `asTokenModel` gives for a model. `make` runs when it is first asked for. */
export function withTokenModel<M extends Model>(model: M, make: () => TokenModel | undefined): M {
  let made: TokenModel | undefined;
  Object.defineProperty(model, tokenModelKey, { get: () => (made ??= make()) });
  return model;
}
