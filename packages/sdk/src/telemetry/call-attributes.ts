import type { Attributes } from '@opentelemetry/api';
import { usageOf } from '../leaf/held-as-leaf.ts';
import type { Model } from '../spec/model.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { Charge, GenerateResult } from '../spec/result.ts';
import { costUsdOf, usageAttributes } from './usage-attributes.ts';

/** What names a call, in spans and metrics alike. */
export function callNames(model: Pick<Model, 'provider' | 'modelId'>): Attributes {
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': model.provider,
    'gen_ai.request.model': model.modelId,
  };
}

/** What was asked, but for content. */
export function requestAttributes(request: GenerateRequest): Attributes {
  const fields = {
    'gen_ai.request.max_tokens': request.maxOutputTokens,
    'gen_ai.request.temperature': request.temperature,
    'gen_ai.request.top_p': request.topP,
    'gen_ai.request.top_k': request.topK,
    'gen_ai.request.seed': request.seed,
    'gen_ai.request.stop_sequences': request.stop === undefined ? undefined : [...request.stop],
    'gen_ai.request.choice.count': request.samples === 1 ? undefined : request.samples,
    'gen_ai.output.type': request.output === undefined ? undefined : 'json',
    'gen_ai.conversation.id': request.sessionKey,
    'tollgate.request.effort': request.effort,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** What was answered and decided, but for content. */
export function resultAttributes({
  candidates,
  decision,
}: Pick<GenerateResult, 'candidates' | 'decision'>): Attributes {
  const answer = candidates.find(({ id }) => id === decision.chosen) ?? candidates[0];
  return {
    ...(answer !== undefined && { 'gen_ai.response.model': answer.producedBy.modelId }),
    'gen_ai.response.finish_reasons': candidates.map(({ finish }) => finish.unified),
    'tollgate.decision.status': decision.status,
    ...(decision.signal !== undefined && { 'tollgate.decision.signal': decision.signal }),
    ...(decision.confidence !== undefined && { 'tollgate.decision.confidence': decision.confidence }),
  };
}

/**
 * What a call consumed. Tokens are on the call's own span only where all attempts were of one model: tokens of different
 * models are not added.
 */
export function chargeAttributes(charges: readonly Charge[]): Attributes {
  const costUsd = costUsdOf(charges);
  return {
    'tollgate.attempts': charges.length,
    ...(costUsd !== undefined && { 'tollgate.cost.usd': costUsd }),
    ...(isOneModel(charges) && usageAttributes(usageOf(charges).usage)),
  };
}

/** Whether all attempts were of one model. */
export function isOneModel(charges: readonly Charge[]): boolean {
  return new Set(charges.map(({ model }) => `${model.provider}/${model.modelId}`)).size === 1;
}
