import type { Capabilities } from '../../spec/capabilities.ts';
import type { Origin } from '../../spec/content.ts';
import type { JsonObject } from '../../spec/json.ts';
import type { GenerateRequest, ToolChoice } from '../../spec/request.ts';
import type { Warning } from '../../spec/result.ts';
import type { OutputSchema } from '../../spec/schema.ts';
import { collectWarnings, type Warn } from '../collect-warnings.ts';
import { schemaJson } from '../schema-json.ts';
import { writeResponsesInput } from './input.ts';
import { isStrictSchema } from './strict-schema.ts';

/** How a request is written. */
export interface ResponsesRequestOptions {
  /** The model that is asked. */
  readonly origin: Origin;
  /** What it can do. The rest of the request becomes warnings. */
  readonly capabilities: Capabilities;
  /** The model takes explicit cache breakpoints. @defaultValue false */
  readonly breakpoints?: boolean;
}

/** A request on the wire, and what of it could not be honoured. */
export interface ResponsesRequestBody {
  readonly body: JsonObject;
  readonly warnings: readonly Warning[];
}

/**
 * Writes a request as the body of a streamed response that the server does not keep. Models that reason are asked for their
 * reasoning in encrypted form, so that the next turn can hand it back.
 *
 * @throws InvalidOptionError for a schema that cannot be written as JSON Schema.
 */
export function writeResponsesRequest(
  request: GenerateRequest,
  { origin, capabilities, breakpoints = false }: ResponsesRequestOptions,
): ResponsesRequestBody {
  const { warnings, warn } = collectWarnings();
  const { maxOutputTokens, sessionKey, serviceTier, samples = 1 } = request;
  if (samples > 1) warn('samples', `1 answer was asked for, not ${samples}: the format has one in a call`);
  if (request.maxReasoningTokens !== undefined) {
    warn(
      'maxReasoningTokens',
      'maxReasoningTokens was not sent: this format has no such limit. maxOutputTokens holds for reasoning too',
    );
  }
  const include = [
    ...(capabilities.efforts.length > 0 ? ['reasoning.encrypted_content'] : []),
    ...(askedForLogprobs(request, capabilities, warn) ? ['message.output_text.logprobs'] : []),
  ];
  const body: JsonObject = {
    model: origin.modelId,
    ...writeResponsesInput(request.messages, { origin, files: capabilities.files, breakpoints, warn }),
    ...toolFields(request, capabilities, warn),
    ...outputFields(request.output, capabilities, warn),
    ...(maxOutputTokens !== undefined && { max_output_tokens: maxOutputTokens }),
    ...samplingFields(request, capabilities, warn),
    ...topLogprobs(request, capabilities, warn),
    ...(include.length > 0 && { include }),
    ...(sessionKey !== undefined && { prompt_cache_key: sessionKey }),
    ...(serviceTier !== undefined && { service_tier: serviceTier }),
    store: false,
    stream: true,
  };
  return { body, warnings };
}

function toolFields({ tools = [], toolChoice }: GenerateRequest, capabilities: Capabilities, warn: Warn): JsonObject {
  if (tools.length === 0) return {};
  if (!capabilities.tools) {
    warn('tools', 'tools were not sent: the model has none (capabilities.tools)');
    return {};
  }
  return {
    tools: tools.map(({ name, description, input }) => ({
      type: 'function',
      name,
      ...(description !== undefined && { description }),
      parameters: schemaJson(input, `tools: ${name}`),
      // Strict is the default here and refuses most schemas that people write for their tools.
      strict: false,
    })),
    ...(toolChoice !== undefined && { tool_choice: writeToolChoice(toolChoice) }),
  };
}

function writeToolChoice(choice: ToolChoice): string | JsonObject {
  return typeof choice === 'string' ? choice : { type: 'function', name: choice.tool };
}

function outputFields(output: OutputSchema | undefined, capabilities: Capabilities, warn: Warn): JsonObject {
  if (output === undefined) return {};
  if (!capabilities.schema) {
    warn('output', 'output was not sent: the engine cannot hold an answer to a schema (capabilities.schema)');
    return {};
  }
  const schema = schemaJson(output, 'output');
  const strict = isStrictSchema(schema);
  if (!strict) warn('output', looseSchema);
  return { text: { format: { type: 'json_schema', name: output.name ?? 'answer', schema, strict } } };
}

/** Said where a schema is sent as a wish instead of a rule. */
export const looseSchema =
  'the answer is not held to output exactly: OpenAI does that only where every object has additionalProperties: false and names all its properties in required';

function samplingFields(request: GenerateRequest, { sampling, efforts }: Capabilities, warn: Warn): JsonObject {
  const { effort } = request;
  const sent: Record<string, JsonObject[string]> = {};
  const fields = [
    ['temperature', 'temperature', request.temperature, sampling.temperature],
    ['topP', 'top_p', request.topP, sampling.topP],
  ] as const;
  for (const [option, field, value, able] of fields) {
    if (value === undefined) continue;
    if (able) sent[field] = value;
    else warn(option, `${option} was not sent: the model does not take it with this effort (capabilities.sampling)`);
  }
  for (const option of ['topK', 'stop', 'seed'] as const) {
    const value = request[option];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    warn(option, `${option} was not sent: this format has no such option`);
  }
  if (effort !== undefined && efforts.includes(effort)) sent['reasoning'] = { effort };
  else if (effort !== undefined) {
    const known = efforts.length === 0 ? 'the model has no levels of effort' : `the model has ${efforts.join(', ')}`;
    warn('effort', `effort was not sent: ${known}, not "${effort}"`);
  }
  return sent;
}

function askedForLogprobs({ logprobs }: GenerateRequest, capabilities: Capabilities, warn: Warn): boolean {
  if (logprobs === undefined) return false;
  if (capabilities.logprobs !== 'none') return true;
  warn('logprobs', 'logprobs were not asked for: the model gives none with this effort (capabilities.logprobs)');
  return false;
}

function topLogprobs({ logprobs }: GenerateRequest, capabilities: Capabilities, warn: Warn): JsonObject {
  if (logprobs === undefined || capabilities.logprobs === 'none') return {};
  const most = capabilities.logprobs === 'chosen' ? 0 : (capabilities.maxTopLogprobs ?? logprobs.top);
  const top = Math.min(logprobs.top, most);
  if (top < logprobs.top) {
    warn('logprobs', `${top} alternatives a position were asked for, not ${logprobs.top}: the model gives no more`);
  }
  return top > 0 ? { top_logprobs: top } : {};
}
