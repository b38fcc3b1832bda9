import type { Attributes, Meter } from '@opentelemetry/api';
import type { Charge } from '../spec/result.ts';
import { callNames } from './call-attributes.ts';
import { tokensOf } from './usage-attributes.ts';

// Bucket boundaries as the conventions have them.
const secondBounds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const tokenBounds = Array.from({ length: 14 }, (_, i) => 4 ** i);

/** Where the figures of calls are counted. */
export interface Instruments {
  /** One call: seconds, and what it came to. */
  readonly duration: (seconds: number, attributes: Attributes) => void;
  readonly firstChunk: (seconds: number, attributes: Attributes) => void;
  /** One attempt: tokens and money, at the model that was asked. */
  readonly attempt: (charge: Charge) => void;
}

/** Makes the instruments of a meter. */
export function createInstruments(meter: Meter): Instruments {
  const duration = meter.createHistogram('gen_ai.client.operation.duration', {
    description: 'Duration of calls to models.',
    unit: 's',
    advice: { explicitBucketBoundaries: secondBounds },
  });
  const firstChunk = meter.createHistogram('gen_ai.client.operation.time_to_first_chunk', {
    description: 'Time to the first part of an answer.',
    unit: 's',
    advice: { explicitBucketBoundaries: secondBounds },
  });
  const tokenUsage = meter.createHistogram('gen_ai.client.token.usage', {
    description: 'Tokens of attempts.',
    unit: '{token}',
    advice: { explicitBucketBoundaries: tokenBounds },
  });
  const cost = meter.createCounter('tollgate.cost', { description: 'What attempts cost.', unit: 'USD' });
  return {
    duration: (seconds, attributes) => duration.record(seconds, attributes),
    firstChunk: (seconds, attributes) => firstChunk.record(seconds, attributes),
    attempt: (charge) => {
      const names = callNames(charge.model);
      const { input, output } = tokensOf(charge.usage);
      if (input !== undefined) tokenUsage.record(input, { ...names, 'gen_ai.token.type': 'input' });
      if (output !== undefined) tokenUsage.record(output, { ...names, 'gen_ai.token.type': 'output' });
      if (charge.cost !== undefined) cost.add(charge.cost.usd, names);
    },
  };
}
