import type { CallLine, CallPart, SampleLine } from './cassette-lines.ts';

/** A sample and the prompt it answered. */
export interface TapedSample {
  readonly sample: SampleLine;
  readonly call: CallPart;
}

/** Everything recorded under one key, in the order of the file. */
export interface TapeEntry {
  readonly model: string;
  readonly key: string;
  readonly fields: { readonly [field: string]: string };
  readonly prompt: NonNullable<CallLine['prompt']>;
  readonly samples: TapedSample[];
  /** Seeds that were sent, so that none is sent twice. */
  readonly seeds: Set<number>;
}
