import type { Meter, Tracer } from '@opentelemetry/api';
import { AbortedError } from '../errors/aborted-error.ts';
import { ModelCallError } from '../errors/model-call-error.ts';
import { TollgateError } from '../errors/tollgate-error.ts';
import { childContext, rootContext } from '../leaf/call-context.ts';
import { askModel, callsOf, isContent, type Push } from '../leaf/model-calls.ts';
import { wrapModel } from '../leaf/wrap-model.ts';
import type { Model } from '../spec/model.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { Charge, GenerateResult } from '../spec/result.ts';
import { strategyOf } from '../strategy/strategy-plan.ts';
import { callNames, chargeAttributes, requestAttributes, resultAttributes } from './call-attributes.ts';
import { inputContent, outputContent } from './content-attributes.ts';
import { createInstruments, type Instruments } from './instruments.ts';
import { loadApi, type OtelApi } from './load-api.ts';
import { telemetryLabel, writeTraceSpans } from './trace-spans.ts';

/** What is told to OpenTelemetry, and by whom. */
export interface TelemetryOptions {
  /** @defaultValue the global provider's tracer `@tollgate/sdk` */
  readonly tracer?: Tracer;
  /** @defaultValue the global provider's meter `@tollgate/sdk` */
  readonly meter?: Meter;
  /** Also tell prompts and answers, as attributes of the call's span; without the data of files. @defaultValue false */
  readonly content?: boolean;
}

/**
 * Tells OpenTelemetry about every call, by the conventions for generative AI: one span a call (`chat {model}`) with usage, finish
 * reasons, cost and decision; below it a span for every attempt, retry and strategy node of the trace; and metrics of tokens,
 * durations, the time to the first chunk and money. Prompts and answers are left out unless `content` is set; keys are never told.
 *
 * Needs the package `@opentelemetry/api`, which is loaded by the first call. Without an OpenTelemetry SDK set up, nothing is written.
 *
 * @example
 * const watched = withTelemetry(withRetry(model));
 */
export function withTelemetry(model: Model, options: TelemetryOptions = {}): Model {
  let ready: Promise<Tools> | undefined;
  return wrapModel(model, (inner) => {
    const answer = async (request: GenerateRequest, push: Push | undefined): Promise<GenerateResult> => {
      const tools = await (ready ??= loadTools(options).catch((error: unknown) => {
        ready = undefined;
        throw error;
      }));
      return tell(inner, request, { tools, push, content: options.content ?? false });
    };
    return callsOf(answer);
  });
}

interface Tools {
  readonly api: OtelApi;
  readonly tracer: Tracer;
  readonly instruments: Instruments;
}

async function loadTools({ tracer, meter }: TelemetryOptions): Promise<Tools> {
  const api = await loadApi();
  return {
    api,
    tracer: tracer ?? api.trace.getTracer('@tollgate/sdk'),
    instruments: createInstruments(meter ?? api.metrics.getMeter('@tollgate/sdk')),
  };
}

async function tell(
  model: Model,
  request: GenerateRequest,
  call: { readonly tools: Tools; readonly push: Push | undefined; readonly content: boolean },
): Promise<GenerateResult> {
  const { api, tracer, instruments } = call.tools;
  const names = callNames(model);
  const context = childContext(request.context ?? rootContext(), {
    kind: 'wrapper',
    label: `${telemetryLabel}${model.provider}/${model.modelId}`,
  });
  const { clock } = context;
  const active = api.context.active();
  const span = tracer.startSpan(
    `chat ${model.modelId}`,
    {
      kind: strategyOf(model) === undefined ? api.SpanKind.CLIENT : api.SpanKind.INTERNAL,
      startTime: new Date(clock.now()),
      attributes: { ...names, ...requestAttributes(request), ...(call.content && inputContent(request.messages)) },
    },
    active,
  );
  const within = api.trace.setSpan(active, span);
  const startedAtMs = clock.monotonic();
  const seconds = (): number => (clock.monotonic() - startedAtMs) / 1000;
  let began = false;
  const watched: Push = (part) => {
    if (!began && isContent(part)) {
      began = true;
      instruments.firstChunk(seconds(), names);
    }
    call.push?.(part);
  };
  const close = (charges: readonly Charge[], status: string): void => {
    context.span.end(status);
    for (const charge of charges) instruments.attempt(charge);
    span.setAttributes(chargeAttributes(charges));
    if (span.isRecording()) writeTraceSpans(context.span.toNode(), { api, tracer, parent: within, charges });
    span.end(new Date(clock.now()));
  };
  const shown = (result: Pick<GenerateResult, 'candidates' | 'decision'>): void => {
    span.setAttributes({ ...resultAttributes(result), ...(call.content && outputContent(result.candidates)) });
  };

  try {
    const result = await api.context.with(within, () =>
      askModel(model, { ...request, context }, call.push === undefined ? undefined : watched),
    );
    shown(result);
    instruments.duration(seconds(), names);
    close(result.charges, 'answered');
    return { ...result, trace: context.span.toNode() };
  } catch (error) {
    const type = errorType(error);
    if (AbortedError.isInstance(error) && error.partial !== undefined) shown(error.partial);
    span.setAttribute('error.type', type);
    // Messages may quote a prompt.
    span.setStatus({ code: api.SpanStatusCode.ERROR, message: call.content ? String(error) : type });
    instruments.duration(seconds(), { ...names, 'error.type': type });
    close(TollgateError.isInstance(error) ? error.charges : [], AbortedError.isInstance(error) ? 'aborted' : 'failed');
    throw error;
  }
}

function errorType(error: unknown): string {
  if (ModelCallError.isInstance(error)) return error.failure;
  if (TollgateError.isInstance(error)) return error.code;
  return error instanceof Error ? error.name : '_OTHER';
}
