import { callsUnder } from '../leaf/model-calls.ts';
import { wrapModel } from '../leaf/wrap-model.ts';
import type { JsonObject } from '../spec/json.ts';
import type { Model } from '../spec/model.ts';
import type { GenerateRequest } from '../spec/request.ts';

/** What requests get where they do not say otherwise. */
export interface ModelDefaults
  extends Partial<Omit<GenerateRequest, 'messages' | 'firstSample' | 'evidence' | 'signal' | 'context'>> {
  /** System message, put first where a request has none. */
  readonly system?: string;
}

/**
 * Fills in what a request leaves open. Never overrides: a field that is set stays as it is, whole. `providerOptions` are
 * merged per provider, option by option, and the request's win.
 *
 * @example
 * const brief = withDefaults(model, { system: 'Answer in one sentence.', maxOutputTokens: 100, effort: 'low' });
 */
export function withDefaults(model: Model, defaults: ModelDefaults): Model {
  const filled = (request: GenerateRequest): GenerateRequest => fill(request, defaults);
  return wrapModel(model, (inner) => ({
    ...callsUnder(inner, filled),
    capabilitiesFor: (request) => inner.capabilitiesFor(request === undefined ? undefined : filled(request)),
    tokens: (tokens) => ({
      tokenizer: tokens.tokenizer,
      promptTokens: (request) => tokens.promptTokens(filled(request)),
      open: (options) => tokens.open(options),
    }),
  }));
}

function fill(request: GenerateRequest, { system, providerOptions, ...fields }: ModelDefaults): GenerateRequest {
  const given = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
  const messages =
    system === undefined || request.messages.some(({ role }) => role === 'system')
      ? request.messages
      : [{ role: 'system', content: system } as const, ...request.messages];
  return {
    ...fields,
    ...given,
    messages,
    ...(providerOptions !== undefined && {
      providerOptions: mergeOptions(providerOptions, request.providerOptions ?? {}),
    }),
  };
}

type ProviderOptions = { readonly [provider: string]: JsonObject };

function mergeOptions(defaults: ProviderOptions, given: ProviderOptions): ProviderOptions {
  const providers = new Set([...Object.keys(defaults), ...Object.keys(given)]);
  return Object.fromEntries([...providers].map((name) => [name, { ...defaults[name], ...given[name] }]));
}
