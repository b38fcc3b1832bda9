import { createHash } from 'node:crypto';
import type { Message } from '../spec/content.ts';
import type { GenerateRequest } from '../spec/request.ts';
import { schemaJson } from '../wire/schema-json.ts';
import { canonicalJson } from '../wire/canonical-json.ts';

/** Request fields that make the key of a `pool` cassette, and three more for `exact`. */
export const keyFieldNames = [
  'messages',
  'tools',
  'toolChoice',
  'output',
  'stop',
  'temperature',
  'topP',
  'topK',
  'maxOutputTokens',
  'maxReasoningTokens',
  'effort',
  'seed',
  'samples',
  'firstSample',
] as const;

/** A request field that can take part in a key. */
export type KeyField = (typeof keyFieldNames)[number];

/** Which requests count as the same: see `openCassette`. */
export type Match = 'pool' | 'exact';

/** The fields that make the key in a mode. */
export function keyFieldsOf(match: Match): readonly KeyField[] {
  return match === 'exact'
    ? keyFieldNames
    : keyFieldNames.filter((field) => field !== 'seed' && field !== 'samples' && field !== 'firstSample');
}

/** A request as a cassette knows it. */
export interface RequestIdentity {
  /** 32 hexadecimal digits. */
  readonly key: string;
  /** Every field that is set: its JSON where that is short, else `#` and a hash. What tells two keys apart. */
  readonly fields: { readonly [field: string]: string };
  readonly prompt: PromptPreview;
}

/** The beginning of a prompt, for people. */
export interface PromptPreview {
  readonly system?: string;
  readonly user?: string;
}

const shortestHashed = 41;
const previewCharacters = 200;

/** Names a request to a model by the fields of the request as the caller wrote it. */
export function identifyRequest(
  model: string,
  request: GenerateRequest,
  keyFields: readonly KeyField[],
): RequestIdentity {
  const fields: Record<string, string> = {};
  for (const field of keyFields) {
    const value = fieldValue(field, request);
    if (value === undefined) continue;
    const json = canonicalJson(value);
    fields[field] = json.length < shortestHashed ? json : `#${digest(json, 16)}`;
  }
  return { key: digest(canonicalJson({ model, fields }), 32), fields, prompt: previewOf(request.messages) };
}

function fieldValue(field: KeyField, request: GenerateRequest): unknown {
  switch (field) {
    case 'messages':
      return request.messages.map((message) => ({
        ...message,
        content: typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content,
      }));
    case 'tools':
      return request.tools?.map((tool) => ({ ...tool, input: schemaJson(tool.input, `tools: ${tool.name}`) }));
    case 'output':
      return request.output === undefined ? undefined : schemaJson(request.output, 'output');
    case 'samples':
      return request.samples ?? 1;
    default:
      return request[field];
  }
}

function digest(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}

function previewOf(messages: readonly Message[]): PromptPreview {
  const system = messages.find((message) => message.role === 'system');
  const user = messages.findLast((message) => message.role === 'user');
  return {
    ...(system !== undefined && { system: beginningOf(system) }),
    ...(user !== undefined && { user: beginningOf(user) }),
  };
}

function beginningOf(message: Message): string {
  if (typeof message.content === 'string') return message.content.slice(0, previewCharacters);
  const texts = message.content.map((part) => (part.type === 'text' ? part.text : `[${part.type}]`));
  return texts.join(' ').slice(0, previewCharacters);
}
