import { AbortedError } from '../errors/aborted-error.ts';
import { ModelCallError } from '../errors/model-call-error.ts';
import { TollgateError } from '../errors/tollgate-error.ts';
import type { Model } from '../spec/model.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { Charge, GenerateResult } from '../spec/result.ts';
import type { Usage, UsageKnown } from '../spec/usage.ts';
import { unguardedContext } from './call-context.ts';
import { carriesContext, doesCarryContext } from './carries-context.ts';
import { defineModel } from './define-model.ts';
import type { LeafCall, LeafOutcome } from './leaf-call.ts';

/**
 * The model itself where guards reach its attempts; else a leaf around it, so that each of its calls is held as one
 * attempt at the place where it is wrapped. For models made by hand, outside `defineModel`. Without guards there is nothing to
 * hold, and the model is asked as it is.
 */
export function heldAsLeaf(model: Model): Model {
  if (doesCarryContext(model)) return model;
  const leaf = defineModel({
    provider: model.provider,
    modelId: model.modelId,
    capabilities: (request) => model.capabilitiesFor(request),
    ...(model.pricing !== undefined && { pricing: model.pricing }),
    call: async (call) => outcomeOf(await answer(model, call)),
    close: async () => model.close?.(),
  });
  const asked = ({ context }: GenerateRequest): Model => (context?.guards.length ? leaf : model);
  const held: Model & { readonly [carriesContext]: true } = {
    specVersion: 1,
    [carriesContext]: true,
    provider: model.provider,
    modelId: model.modelId,
    ...(model.pricing !== undefined && { pricing: model.pricing }),
    capabilitiesFor: (request) => model.capabilitiesFor(request),
    generate: async (request) => asked(request).generate(request),
    stream: (request) => asked(request).stream(request),
    close: async () => leaf.close?.(),
  };
  return held;
}

/** What the model gave, also where it was aborted. What it had paid for before it failed is charged, not released. */
async function answer(model: Model, call: LeafCall): Promise<GenerateResult> {
  try {
    return await ask(model, call);
  } catch (error) {
    if (AbortedError.isInstance(error) && error.partial !== undefined) return error.partial;
    if (!TollgateError.isInstance(error) || error.charges.length === 0) throw error;
    throw new ModelCallError(error.message, {
      failure: ModelCallError.isInstance(error) ? error.failure : 'engine',
      dispatch: 'unknown',
      partial: { candidates: [], ...usageOf(error.charges) },
      cause: error,
    });
  }
}

async function ask(model: Model, { request, signal, context, emit }: LeafCall): Promise<GenerateResult> {
  const own: GenerateRequest = {
    ...request,
    context: unguardedContext(context),
    ...(signal !== undefined && { signal }),
  };
  if (emit === undefined) return model.generate(own);
  const stream = model.stream(own);
  const samples = new Map<string, number>();
  for await (const part of stream) {
    if (part.type !== 'text-delta' && part.type !== 'reasoning-delta' && part.type !== 'tool-call') continue;
    const sample = samples.get(part.candidateId) ?? samples.size;
    samples.set(part.candidateId, sample);
    emit(
      part.type === 'tool-call'
        ? { type: part.type, sample, call: part.call }
        : { type: part.type, sample, text: part.text },
    );
  }
  return stream.result;
}

function outcomeOf(result: GenerateResult): LeafOutcome {
  return {
    candidates: result.candidates,
    ...usageOf(result.charges),
    warnings: result.warnings,
    ...(result.raw?.[0] !== undefined && { raw: result.raw[0].reply }),
  };
}

/** What several charges of one model consumed together, known as well as the least known of them. */
export function usageOf(charges: readonly Charge[]): Pick<LeafOutcome, 'usage' | 'usageKnown'> {
  const usages = charges.map((charge) => charge.usage);
  return {
    usage: usages.length === 1 ? (usages[0] ?? {}) : addUsages(usages),
    usageKnown: weakest(charges.map((charge) => charge.usageKnown)),
  };
}

/** Buckets that every attempt knows, added up; a bucket that one of them does not know stays unknown. */
function addUsages(usages: readonly Usage[]): Usage {
  const sum = (bucket: (usage: Usage) => number | undefined): number | undefined => {
    let total = 0;
    for (const usage of usages) {
      const value = bucket(usage);
      if (value === undefined) return undefined;
      total += value;
    }
    return usages.length === 0 ? undefined : total;
  };
  const inputUncached = sum((usage) => usage.inputUncached);
  const cacheRead = sum((usage) => usage.cacheRead);
  const cacheWrite = sum((usage) => usage.cacheWrite?.total);
  const outputText = sum((usage) => usage.outputText);
  const outputReasoning = sum((usage) => usage.outputReasoning);
  const engineSeconds = sum((usage) => usage.engineSeconds);
  return {
    ...(inputUncached !== undefined && { inputUncached }),
    ...(cacheRead !== undefined && { cacheRead }),
    ...(cacheWrite !== undefined && { cacheWrite: { total: cacheWrite } }),
    ...(outputText !== undefined && { outputText }),
    ...(outputReasoning !== undefined && { outputReasoning }),
    ...(engineSeconds !== undefined && { engineSeconds }),
  };
}

function weakest(known: readonly UsageKnown[]): UsageKnown {
  if (known.length === 0 || known.includes('upper-bound')) return 'upper-bound';
  return known.includes('estimated') ? 'estimated' : 'exact';
}
