import { nearestName } from '../../errors/nearest-name.ts';
import type { LeafCall } from '../../leaf/leaf-call.ts';
import type { JsonObject, JsonValue } from '../../spec/json.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import type { Warning } from '../../spec/result.ts';
import { checkRawOptions } from '../../transport/raw-options.ts';
import { writeResponsesRequest } from '../../wire/openai-responses/request.ts';
import { effortInForce, openaiCapabilities } from './capabilities.ts';
import { chatBody } from './chat-body.ts';
import { knownModels, modelTableDate } from './model-table.ts';
import type { OpenaiSettings } from './options.ts';

/** Fields that money was held for, or that the answer is read by. */
const reserved = {
  responses: [
    'model',
    'input',
    'instructions',
    'max_output_tokens',
    'stream',
    'background',
    'previous_response_id',
    'conversation',
    'prompt',
  ],
  chat: ['model', 'messages', 'n', 'max_tokens', 'max_completion_tokens', 'stream', 'stream_options'],
};

/** What one attempt sends. */
export interface RequestBody {
  readonly body: JsonObject;
  readonly warnings: readonly Warning[];
}

/**
 * Writes the body of one attempt, raw options last. Raw objects and lists are joined with what they meet: hosted tools, say, with
 * the request's own.
 *
 * @throws InvalidOptionError where raw options set a field that the request has an option for.
 */
export function requestBody(settings: OpenaiSettings, { request, firstSample }: LeafCall): RequestBody {
  const { api, facts, provider, modelId } = settings;
  const capabilities = openaiCapabilities(settings, request);
  const options = { origin: { provider, modelId }, capabilities };
  const { body, warnings } =
    api === 'chat'
      ? chatBody(request, { ...options, firstSample, effort: effortInForce(settings, request) })
      : writeResponsesRequest(request, { ...options, breakpoints: facts?.breakpoints ?? false });
  const raw = request.providerOptions?.['openai'] ?? {};
  checkRawOptions(raw, reserved[api]);
  return {
    body: joined(body, raw),
    warnings: capabilities.known === 'assumed' ? [unknownModel(modelId), ...warnings] : warnings,
  };
}

/** The model may reason where nobody sees it. */
export function mayReason(settings: OpenaiSettings, request: GenerateRequest): boolean {
  const { facts } = settings;
  return facts === undefined || (facts.efforts.length > 0 && effortInForce(settings, request) !== 'none');
}

function joined(body: JsonObject, raw: JsonObject): JsonObject {
  const whole: Record<string, JsonValue> = { ...body };
  for (const [field, value] of Object.entries(raw)) whole[field] = joinedField(whole[field], value);
  return whole;
}

function joinedField(written: JsonValue | undefined, raw: JsonValue): JsonValue {
  if (isObject(written) && isObject(raw)) return { ...written, ...raw };
  return Array.isArray(written) && Array.isArray(raw) ? [...new Set<JsonValue>([...written, ...raw])] : raw;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unknownModel(modelId: string): Warning {
  const near = nearestName(modelId, knownModels);
  const meant = near === undefined ? '' : ` Did you mean "${near}"?`;
  return {
    code: 'assumed',
    option: 'capabilities',
    message: `"${modelId}" is not in the table of models of ${modelTableDate}, so that little was assumed: no sampling parameters, efforts, logprobs, files, limits. Say what it can do with capabilities.${meant}`,
  };
}
