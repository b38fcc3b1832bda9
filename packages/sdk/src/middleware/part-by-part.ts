import pLimit from 'p-limit';
import { childContext, rootContext } from '../leaf/call-context.ts';
import { resultOfParts } from '../leaf/result-of-parts.ts';
import { unverified } from '../leaf/unverified.ts';
import type { Model } from '../spec/model.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { GenerateResult } from '../spec/result.ts';
import type { TraceKind } from '../spec/trace.ts';
import { strategyOf } from '../strategy/strategy-plan.ts';

/** As many parts at once as a leaf makes attempts of one request. */
const partsAtOnce = 8;

/**
 * Asks for the samples of a request in as many parts as the model would make attempts of it, so that each is an attempt of
 * its own for the wrapper that asks. A strategy takes its request whole.
 */
export function partByPart(
  model: Model,
  request: GenerateRequest,
  { kind, ask }: { readonly kind: TraceKind; readonly ask: (part: GenerateRequest) => Promise<GenerateResult> },
): Promise<GenerateResult> {
  try {
    const { samples = 1 } = request;
    const perPart = model.capabilitiesFor(request).samples.nativeMax;
    if (samples <= perPart || strategyOf(model) !== undefined) return ask(request);
    return severalParts(model, request, { kind, ask, perPart, samples });
  } catch (error) {
    return Promise.reject(error);
  }
}

async function severalParts(
  model: Model,
  request: GenerateRequest,
  {
    kind,
    ask,
    perPart,
    samples,
  }: {
    readonly kind: TraceKind;
    readonly ask: (part: GenerateRequest) => Promise<GenerateResult>;
    readonly perPart: number;
    readonly samples: number;
  },
): Promise<GenerateResult> {
  const { firstSample = 0, signal } = request;
  const name = `${model.provider}/${model.modelId}`;
  const context = childContext(request.context ?? rootContext(), { kind, label: `${name} x${samples}` });
  const limit = pLimit(partsAtOnce);
  const offsets = Array.from({ length: Math.ceil(samples / perPart) }, (_, i) => i * perPart);
  const parts = offsets.map((offset) => {
    const count = Math.min(perPart, samples - offset);
    return limit(() => ask({ ...request, context, samples: count, firstSample: firstSample + offset }));
  });
  return resultOfParts(await Promise.allSettled(parts), {
    name,
    samples,
    signal,
    span: context.span,
    decide: unverified,
  });
}
