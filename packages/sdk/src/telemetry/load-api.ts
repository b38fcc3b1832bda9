import type * as Otel from '@opentelemetry/api';
import { MissingLibraryError } from '../errors/missing-library-error.ts';

/** What is used of `@opentelemetry/api`. */
export type OtelApi = Pick<typeof Otel, 'context' | 'metrics' | 'SpanKind' | 'SpanStatusCode' | 'trace'>;

/** Loads the library when it is first needed. */
export async function loadApi(): Promise<OtelApi> {
  try {
    return await import('@opentelemetry/api');
  } catch (cause) {
    throw new MissingLibraryError('@opentelemetry/api', 'withTelemetry', { cause });
  }
}
