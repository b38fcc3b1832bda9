export { type TelemetryOptions, withTelemetry } from '@tollgate/sdk/otel';
