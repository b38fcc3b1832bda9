import { z } from 'zod';
import type { AssistantPart } from '../spec/content.ts';
import type { JsonValue } from '../spec/json.ts';
import { keyFieldNames } from './request-key.ts';

const count = z.number().int().nonnegative();
const seconds = z.number().nonnegative();
const jsonObject = z.record(z.string(), z.custom<JsonValue>()).readonly();

/** The first line: what kind of file this is and which request fields make a key. */
export const headerLine = z.object({
  kind: z.literal('tollgate-cassette'),
  version: z.literal(1),
  keyFields: z.array(z.enum(keyFieldNames)).min(1).readonly(),
  /** Request defaults of the run that recorded, so that a replay can ask the same. */
  defaults: jsonObject.exactOptional(),
});
export type HeaderLine = z.infer<typeof headerLine>;

const capabilities = z.object({
  samples: z.object({ nativeMax: z.number().int().min(1), promptBilledOnce: z.boolean(), cancelOne: z.boolean() }),
  logprobs: z.enum(['none', 'chosen', 'top-k', 'full']),
  maxTopLogprobs: count.exactOptional(),
  continuation: z.enum(['exact', 'prefill', 'none']),
  tools: z.boolean(),
  schema: z.boolean(),
  sampling: z.object({ temperature: z.boolean(), topP: z.boolean(), topK: z.boolean(), seed: z.boolean() }),
  stop: z.boolean(),
  efforts: z.array(z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'])).readonly(),
  reasoningCap: z.boolean().exactOptional(),
  limits: z.object({ contextTokens: count.exactOptional(), maxOutputTokens: count.exactOptional() }),
  files: z.array(z.string()).readonly(),
  tokenLevel: z.boolean(),
  rewardScores: z.boolean(),
  hiddenStates: z.boolean(),
  known: z.enum(['declared', 'assumed']).exactOptional(),
});

/** A model that was recorded. A later line of the same name replaces the earlier one. */
export const modelLine = z.object({
  kind: z.literal('model'),
  name: z.string().min(1),
  provider: z.string(),
  modelId: z.string(),
  capabilities,
  /** The declared price, as data. */
  pricing: jsonObject.exactOptional(),
});
export type ModelLine = z.infer<typeof modelLine>;

const finish = z.object({
  unified: z.enum(['stop', 'length', 'tool-calls', 'content-filter', 'refusal', 'aborted', 'error', 'other']),
  raw: z.string().exactOptional(),
  by: z.enum(['eos', 'stop', 'length', 'budget', 'aborted']),
  stopString: z.string().exactOptional(),
});

/** A token, its log-probability, and the alternatives where they were asked for. */
export type LogprobLine =
  | readonly [text: string, logprob: number]
  | readonly [text: string, logprob: number, top: readonly (readonly [text: string, logprob: number])[]];

const sampleLine = z.object({
  /** The text alone where the answer is a single text part. */
  content: z.union([
    z.string(),
    z.array(z.custom<AssistantPart>(isAssistantPart, 'expected a part of an assistant message')).readonly(),
  ]),
  finish,
  /** Generated tokens, reasoning included. */
  outputTokens: count.exactOptional(),
  reasoningTokens: count.exactOptional(),
  /** This sample's own share, without the prompt's. */
  engineSeconds: seconds.exactOptional(),
  logprobs: z
    .custom<readonly LogprobLine[]>(
      isLogprobs,
      'expected a list of [text, logprob] or [text, logprob, [[text, logprob], …]]',
    )
    .exactOptional(),
});
export type SampleLine = z.infer<typeof sampleLine>;

const callPart = z.object({
  /** Prompt tokens of one prompt, cached ones included. */
  inputTokens: count.exactOptional(),
  cacheRead: count.exactOptional(),
  cacheWrite: z.object({ total: count, byTtl: z.record(z.string(), count).exactOptional() }).exactOptional(),
  units: z.record(z.string(), z.number()).exactOptional(),
  billed: z
    .object({ tier: z.string().exactOptional(), speed: z.string().exactOptional(), region: z.string().exactOptional() })
    .exactOptional(),
  /** Seconds of a local engine that belong to the prompt and to no sample. */
  engineSeconds: seconds.exactOptional(),
  /** Absent where the numbers are exact. */
  usageKnown: z.enum(['estimated', 'upper-bound']).exactOptional(),
});
export type CallPart = z.infer<typeof callPart>;

/** One attempt: what its prompt cost and the answers it gave. */
export const callLine = z.object({
  kind: z.literal('call'),
  model: z.string(),
  key: z.string().regex(/^[0-9a-f]{32}$/, 'expected 32 hexadecimal digits'),
  /** Only on the first line of a key. */
  fields: z.record(z.string(), z.string()).exactOptional(),
  prompt: z.object({ system: z.string().exactOptional(), user: z.string().exactOptional() }).exactOptional(),
  /** The seed that was sent, where one was. */
  seed: count.exactOptional(),
  call: callPart,
  samples: z.array(sampleLine).min(1).readonly(),
});
export type CallLine = z.infer<typeof callLine>;

function isAssistantPart(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  switch (value.type) {
    case 'text':
    case 'reasoning':
      return 'text' in value && typeof value.text === 'string';
    case 'tool-call':
      return 'toolCallId' in value && 'toolName' in value && 'input' in value;
    case 'file':
      return 'mediaType' in value && 'data' in value;
    default:
      return false;
  }
}

function isLogprobs(value: unknown): boolean {
  return Array.isArray(value) && value.every((token: unknown) => isScored(token) && hasAlternatives(token));
}

function isScored(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'number';
}

function hasAlternatives(token: readonly unknown[]): boolean {
  return token[2] === undefined || (Array.isArray(token[2]) && token[2].every(isScored));
}
