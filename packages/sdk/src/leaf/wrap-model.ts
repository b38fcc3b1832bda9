import { strategyOf, withPlan } from '../strategy/strategy-plan.ts';
import type { Capabilities } from '../spec/capabilities.ts';
import type { Model } from '../spec/model.ts';
import type { Pricing } from '../spec/pricing.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { GenerateResult } from '../spec/result.ts';
import type { ModelStream } from '../spec/stream.ts';
import type { SpendGuard } from '../spec/spend-guard.ts';
import type { TokenModel } from '../spec/token-model.ts';
import { asTokenModel, withTokenModel } from './as-token-model.ts';
import { carriesContext } from './carries-context.ts';
import { guardsOf, withGuards } from './guards-of.ts';
import { heldAsLeaf } from './held-as-leaf.ts';
import type { ModelCalls } from './model-calls.ts';

/** What a wrapper does in its own way. What is left out is done by the wrapped model. */
export interface ModelWrapping extends ModelCalls {
  readonly capabilitiesFor?: Model['capabilitiesFor'];
  /** @defaultValue the wrapped model's */
  readonly pricing?: Pricing | undefined;
  /** Put around every call. @defaultValue none but those of the wrapped model */
  readonly guard?: SpendGuard;
  /** Changes what `asTokenModel` gives for the wrapped model. */
  readonly tokens?: (tokens: TokenModel) => TokenModel;
  readonly close?: () => Promise<void>;
}

/**
 * A model around another one. It has the other's name and all that is attached to it: price, strategy plan, token model.
 *
 * `wrap` gets the model to ask: the other one, in a form in which guards of a request's context reach every attempt, also where it was made
 * by hand.
 *
 * @example
 * const loud = wrapModel(model, (inner) => callsUnder(inner, (request) => ({ ...request, temperature: 1 })));
 */
export function wrapModel(model: Model, wrap: (inner: Model) => ModelWrapping): Model {
  const inner = heldAsLeaf(model);
  const wrapping = wrap(inner);
  const wrapped = new WrappedModel(inner, wrapping);
  withTokenModel(wrapped, () => {
    const tokens = asTokenModel(model);
    return tokens === undefined ? undefined : (wrapping.tokens?.(tokens) ?? tokens);
  });
  withGuards(wrapped, [...guardsOf(model), ...(wrapping.guard === undefined ? [] : [wrapping.guard])]);
  const plan = strategyOf(model);
  return plan === undefined ? wrapped : withPlan<Model>(wrapped, plan);
}

class WrappedModel implements Model {
  readonly specVersion = 1;
  readonly [carriesContext] = true;
  readonly provider: string;
  readonly modelId: string;
  readonly pricing?: Pricing;
  readonly close?: () => Promise<void>;
  readonly #model: Model;
  readonly #wrapping: ModelWrapping;

  constructor(model: Model, wrapping: ModelWrapping) {
    const pricing = 'pricing' in wrapping ? wrapping.pricing : model.pricing;
    this.#model = model;
    this.#wrapping = wrapping;
    this.provider = model.provider;
    this.modelId = model.modelId;
    if (pricing !== undefined) this.pricing = pricing;
    if (wrapping.close !== undefined) this.close = wrapping.close;
    else if (model.close !== undefined) this.close = async () => model.close?.();
  }

  capabilitiesFor(request?: GenerateRequest): Capabilities {
    return this.#wrapping.capabilitiesFor?.(request) ?? this.#model.capabilitiesFor(request);
  }

  generate(request: GenerateRequest): Promise<GenerateResult> {
    try {
      return this.#wrapping.generate(request);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  stream(request: GenerateRequest): ModelStream {
    return this.#wrapping.stream(request);
  }
}
