import { AbortedError } from '../errors/aborted-error.ts';
import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import { ModelCallError } from '../errors/model-call-error.ts';
import { TollgateError } from '../errors/tollgate-error.ts';
import { afterEarlier } from '../leaf/after-earlier.ts';
import { childContext, rootContext } from '../leaf/call-context.ts';
import { carriesContext } from '../leaf/carries-context.ts';
import { heldAsLeaf } from '../leaf/held-as-leaf.ts';
import { askModel, callsOf, isContent, type Push } from '../leaf/model-calls.ts';
import { withOneStart } from '../leaf/one-start.ts';
import { messageOf } from '../leaf/result-of-parts.ts';
import type { Model } from '../spec/model.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { Charge, GenerateResult, Warning } from '../spec/result.ts';
import { combineCapabilities } from '../strategy/combine-capabilities.ts';
import { mayFallBack } from './may-fall-back.ts';

/** When another model is asked. */
export interface FallbackOptions {
  /** Whether the next model is asked after this failure. Replaces the rule. @defaultValue `mayFallBack` */
  readonly when?: (error: TollgateError) => boolean;
}

/**
 * Asks the next model when one fails, after its own retries. Nothing that was delivered is taken back: once a part of an answer
 * has left the stream, a failure is a failure. An abort ends everything.
 *
 * The result has the charges of all attempts, those of the models that failed included, and a `fallback` warning that says which model
 * answered and why. When all fail, the last error is thrown, with the charges of all.
 *
 * It can do what all of the models can do. An answer that is no good is not a failure: that is what strategies are for.
 *
 * @throws InvalidOptionError when there is nothing to fall back to.
 * @example
 * const steady = withFallback(withTimeout(sol, { firstTokenMs: 5000 }), [claude, local]);
 */
export function withFallback(model: Model, others: readonly Model[], options: FallbackOptions = {}): Model {
  if (others.length === 0) {
    throw new InvalidOptionError('others', 'withFallback needs at least one other model to ask, received none.');
  }
  const { when = mayFallBack } = options;
  const models = [model, ...others].map(heldAsLeaf);
  const { provider, modelId } = model;
  const answer = async (request: GenerateRequest, push: Push | undefined): Promise<GenerateResult> => {
    const label = `fallback ${provider}/${modelId}`;
    const context = childContext(request.context ?? rootContext(), { kind: 'wrapper', label });
    const { span } = context;
    const delivery = new Delivery(push);
    const charges: Charge[] = [];
    const warnings: Warning[] = [];
    for (const [i, current] of models.entries()) {
      try {
        const result = await askModel(current, { ...request, context }, delivery.push);
        span.add({ values: { answered: nameOf(current) } });
        span.end('answered');
        return {
          ...result,
          charges: [...charges, ...result.charges],
          warnings: [...warnings, ...result.warnings],
          trace: span.toNode(),
        };
      } catch (thrown) {
        const error = failureOf(thrown, current);
        const next = models[i + 1];
        const stays = delivery.began || request.signal?.aborted === true || next === undefined;
        if (stays || AbortedError.isInstance(error) || !when(error)) {
          span.end(AbortedError.isInstance(error) ? 'aborted' : 'failed');
          throw afterEarlier(error, charges);
        }
        charges.push(...error.charges);
        span.add({ values: { [nameOf(current)]: reasonOf(error) } });
        warnings.push({
          code: 'fallback',
          message: `${nameOf(current)} failed (${reasonOf(error)}), so ${nameOf(next)} was asked. ${error.message}`,
        });
      }
    }
    throw new TollgateError('internal', 'A fallback ran out of models without a failure.');
  };
  const fallback: Model & { readonly [carriesContext]: true } = {
    specVersion: 1,
    [carriesContext]: true,
    provider,
    modelId,
    capabilitiesFor: (request) => combineCapabilities(models.map((each) => each.capabilitiesFor(request))),
    ...callsOf(answer),
    close: async () => {
      await Promise.all(models.map(async (each) => each.close?.()));
    },
  };
  return fallback;
}

/** Passes parts on, and knows whether any was an answer. */
class Delivery {
  began = false;
  readonly push: Push | undefined;

  constructor(push: Push | undefined) {
    if (push === undefined) return;
    const pushOnce = withOneStart(push);
    this.push = (part) => {
      this.began ||= isContent(part);
      pushOnce(part);
    };
  }
}

/** What a model made by hand throws may be anything. */
function failureOf(thrown: unknown, model: Model): TollgateError {
  if (TollgateError.isInstance(thrown)) return thrown;
  return new ModelCallError(`${nameOf(model)} failed: ${messageOf(thrown)}`, {
    failure: 'engine',
    dispatch: 'unknown',
    cause: thrown,
  });
}

function nameOf({ provider, modelId }: Model): string {
  return `${provider}/${modelId}`;
}

function reasonOf(error: TollgateError): string {
  return ModelCallError.isInstance(error) ? `${error.failure}, ${error.dispatch}` : error.code;
}
