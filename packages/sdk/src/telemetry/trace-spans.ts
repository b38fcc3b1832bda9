import type { Attributes, Context, Tracer } from '@opentelemetry/api';
import type { Charge } from '../spec/result.ts';
import type { TraceNode } from '../spec/trace.ts';
import { callNames, isOneModel } from './call-attributes.ts';
import type { OtelApi } from './load-api.ts';
import { costUsdOf, usageAttributes } from './usage-attributes.ts';

/** Begins the names of nodes that were written by `withTelemetry` itself: what is below them has been told. */
export const telemetryLabel = 'telemetry ';

/** Writes the nodes below a call as spans, with the times they had: attempts, retries, decisions of strategies. */
export function writeTraceSpans(
  node: TraceNode,
  call: {
    readonly api: OtelApi;
    readonly tracer: Tracer;
    readonly parent: Context;
    readonly charges: readonly Charge[];
  },
): void {
  const { api, tracer, parent } = call;
  for (const child of node.children) {
    if (child.name.startsWith(telemetryLabel)) continue;
    const span = tracer.startSpan(
      `${child.kind} ${child.name}`,
      {
        kind: child.kind === 'leaf' ? api.SpanKind.CLIENT : api.SpanKind.INTERNAL,
        startTime: new Date(child.startedAtMs),
        attributes: nodeAttributes(child, call.charges),
      },
      parent,
    );
    if (child.status === 'failed') span.setStatus({ code: api.SpanStatusCode.ERROR });
    writeTraceSpans(child, { ...call, parent: api.trace.setSpan(parent, span) });
    span.end(new Date(child.endedAtMs ?? child.startedAtMs));
  }
}

function nodeAttributes(node: TraceNode, charges: readonly Charge[]): Attributes {
  const { kind, status, rule, values = {}, notAsked = [] } = node;
  const costUsd = costUsdOf(node.charges ?? []);
  const ids = new Set(node.charges?.map(({ attemptId }) => attemptId));
  const own = charges.filter(({ attemptId }) => ids.has(attemptId));
  const [first] = own;
  const measured = Object.entries(values).flatMap(([name, value]) =>
    value === null ? [] : [[`tollgate.value.${name}`, value] as const],
  );
  return {
    'tollgate.kind': kind,
    ...(status !== undefined && { 'tollgate.status': status }),
    ...(rule !== undefined && { 'tollgate.rule': rule }),
    ...Object.fromEntries(measured),
    ...(notAsked.length > 0 && { 'tollgate.not_asked': notAsked.map(({ name }) => name) }),
    ...(costUsd !== undefined && { 'tollgate.cost.usd': costUsd }),
    ...(first !== undefined && callNames(first.model)),
    // Tokens are told once: here where the call above has attempts of several models.
    ...(first !== undefined && own.length === 1 && !isOneModel(charges) && usageAttributes(first.usage)),
    ...(node.omitted !== undefined && { 'tollgate.omitted': node.omitted }),
  };
}
