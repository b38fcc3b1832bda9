import type { LimitOptions } from '@tollgate/budget';
import type { AnswerKey, JsonObject, Model, Pricing } from '@tollgate/sdk';
import type { ModelFactory } from '@tollgate/sdk/registry';

export type { ModelFactory };

/** What a strategy may use that depends on the task: which answers count as the same. */
export interface StrategyHelp {
  readonly answer: AnswerKey;
}

/** Builds a strategy out of the pool. Only the models it touches are loaded. */
export type StrategyBuilder<Name extends string = string> = (
  models: { readonly [Key in Name]: Model },
  help: StrategyHelp,
) => Model;

/** What every request of a run has, unless the task says otherwise. */
export interface RequestDefaults {
  /** System message. */
  readonly system?: string;
  /** Worked examples, put between the system message and the task as turns of a conversation. @defaultValue none */
  readonly examples?: readonly { readonly user: string; readonly assistant: string }[];
  readonly temperature?: number;
  readonly topP?: number;
  readonly maxOutputTokens?: number;
  /** Keep log-probabilities of the generated tokens, where the engine has them. @defaultValue false */
  readonly logprobs?: boolean;
  readonly stop?: readonly string[];
}

/** One place for names: models, prices, limits and strategies, for every command and for an app. */
export interface TollgateConfig<Name extends string = string> {
  /** Factories, or references such as `openai:gpt-6-luna`. A reference may also be another name of this list. */
  readonly models: { readonly [Key in Name]: ModelFactory | string };
  /**
   * Prices that win over what a model declares itself, by its name here. Those named `provider/modelId` price models that
   * declare none, before the built-in list prices: `loadPriceFile` reads such from a file.
   */
  readonly prices?: { readonly [name: string]: Pricing };
  /** A builder, or a short form such as `cascade:small,big`. */
  readonly strategies?: { readonly [name: string]: StrategyBuilder<Name> | string };
  /** Caps in dollars, tokens, calls or seconds, for all time or a window. Kinds of scopes that a run names: `run`, `strategy`, `task`, `model`. */
  readonly limits?: readonly LimitOptions[];
  readonly defaults?: RequestDefaults;
}

/**
 * A configuration, checked by the type system and returned as it is: strategies may use the models it names, and no others.
 *
 * @example
 * export default defineConfig({
 *   models: { small: () => llamaCpp({ modelPath: './small.gguf' }), large: 'openai:gpt-6-sol' },
 *   strategies: { frugal: ({ small }) => vote(small, { samples: 5 }) },
 * });
 */
export function defineConfig<Name extends string>(config: TollgateConfig<Name>): TollgateConfig {
  return config;
}

/** The defaults as plain data, for the header of a recording. */
export function defaultsAsJson(defaults: RequestDefaults): JsonObject {
  return JSON.parse(JSON.stringify(defaults)) as JsonObject;
}
