import {
  type Attributes,
  type Context,
  type Meter,
  type Span,
  type SpanOptions,
  type SpanStatus,
  trace,
  type Tracer,
} from '@opentelemetry/api';

/** A span as it was written. */
export interface WrittenSpan {
  readonly name: string;
  readonly kind: number | undefined;
  readonly parent: WrittenSpan | undefined;
  readonly startMs: number;
  readonly attributes: Attributes;
  status: SpanStatus | undefined;
  endMs: number | undefined;
}

/** One measurement. */
export interface Measurement {
  readonly instrument: string;
  readonly value: number;
  readonly attributes: Attributes;
}

/** A tracer and a meter that keep what they are told. The SDKs of OpenTelemetry need other versions of its API. */
export function memoryTelemetry(): {
  readonly tracer: Tracer;
  readonly meter: Meter;
  readonly spans: WrittenSpan[];
  readonly measured: Measurement[];
} {
  const spans: WrittenSpan[] = [];
  const measured: Measurement[] = [];
  const written = new Map<Span, WrittenSpan>();

  const startSpan = (name: string, options: SpanOptions = {}, context?: Context): Span => {
    const above = context === undefined ? undefined : trace.getSpan(context);
    const own: WrittenSpan = {
      name,
      kind: options.kind,
      parent: above === undefined ? undefined : written.get(above),
      startMs: millisecondsOf(options.startTime),
      attributes: { ...options.attributes },
      status: undefined,
      endMs: undefined,
    };
    spans.push(own);
    const span: Span = {
      spanContext: () => ({ traceId: '1'.repeat(32), spanId: String(spans.length).padStart(16, '0'), traceFlags: 1 }),
      setAttribute: (key, value) => {
        own.attributes[key] = value;
        return span;
      },
      setAttributes: (attributes) => {
        Object.assign(own.attributes, attributes);
        return span;
      },
      setStatus: (status) => {
        own.status = status;
        return span;
      },
      end: (time) => {
        own.endMs = millisecondsOf(time);
      },
      isRecording: () => true,
      addEvent: () => span,
      addLink: () => span,
      addLinks: () => span,
      updateName: () => span,
      recordException: () => undefined,
    };
    written.set(span, own);
    return span;
  };
  const instrument = (name: string) => {
    const keep = (value: number, attributes: Attributes = {}): void => {
      measured.push({ instrument: name, value, attributes });
    };
    return { record: keep, add: keep };
  };
  // Only what is used is there; whatever else were used would fail the tests.
  const meter = { createHistogram: instrument, createCounter: instrument } as Partial<Meter> as Meter;
  return { tracer: { startSpan } as Partial<Tracer> as Tracer, meter, spans, measured };
}

function millisecondsOf(time: unknown): number {
  if (!(time instanceof Date)) throw new Error(`expected a Date, received ${String(time)}`);
  return time.getTime();
}
