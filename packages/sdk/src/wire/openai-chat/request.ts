import type { Capabilities } from '../../spec/capabilities.ts';
import type { Origin } from '../../spec/content.ts';
import type { JsonObject } from '../../spec/json.ts';
import type { GenerateRequest, ToolChoice } from '../../spec/request.ts';
import type { Warning } from '../../spec/result.ts';
import type { OutputSchema } from '../../spec/schema.ts';
import { schemaJson } from '../schema-json.ts';
import { collectWarnings, type Warn } from '../collect-warnings.ts';
import { writeChatMessages } from './messages.ts';

/** How a request is written. */
export interface ChatRequestOptions {
  /** The model that is asked. */
  readonly origin: Origin;
  /** What it can do. The rest of the request becomes warnings. */
  readonly capabilities: Capabilities;
  /** Added to the seed, where samples of one request are asked for in several attempts. @defaultValue 0 */
  readonly firstSample?: number;
}

/** A request on the wire, and what of it could not be honoured. */
export interface ChatRequestBody {
  readonly body: JsonObject;
  readonly warnings: readonly Warning[];
}

/**
 * Writes a request as the body of a streamed chat completion that reports its usage.
 *
 * @throws InvalidOptionError for a schema that cannot be written as JSON Schema.
 */
export function writeChatRequest(request: GenerateRequest, options: ChatRequestOptions): ChatRequestBody {
  const { capabilities } = options;
  const { warnings, warn } = collectWarnings();
  const { maxOutputTokens, samples = 1, serviceTier } = request;
  if (request.maxReasoningTokens !== undefined) {
    warn(
      'maxReasoningTokens',
      'maxReasoningTokens was not sent: this format has no such limit. maxOutputTokens holds for reasoning too',
    );
  }
  if (request.sessionKey !== undefined) {
    warn(
      'sessionKey',
      'sessionKey was not sent: this format has no session, its servers find known prefixes by themselves',
    );
  }
  const body: JsonObject = {
    model: options.origin.modelId,
    messages: writeChatMessages(request.messages, { origin: options.origin, files: capabilities.files, warn }),
    ...toolFields(request, capabilities, warn),
    ...outputFields(request.output, capabilities, warn),
    ...(samples > 1 && { n: samples }),
    ...(maxOutputTokens !== undefined && { max_tokens: maxOutputTokens }),
    ...samplingFields(request, options, warn),
    ...logprobFields(request.logprobs, capabilities, warn),
    ...(serviceTier !== undefined && { service_tier: serviceTier }),
    stream: true,
    stream_options: { include_usage: true },
  };
  return { body, warnings };
}

function toolFields(
  { tools = [], toolChoice }: GenerateRequest,
  { tools: able }: Capabilities,
  warn: Warn,
): JsonObject {
  if (tools.length === 0) return {};
  if (!able) {
    warn('tools', 'tools were not sent: the model has none (capabilities.tools)');
    return {};
  }
  return {
    tools: tools.map(({ name, description, input }) => ({
      type: 'function',
      function: {
        name,
        ...(description !== undefined && { description }),
        parameters: schemaJson(input, `tools: ${name}`),
      },
    })),
    ...(toolChoice !== undefined && { tool_choice: writeToolChoice(toolChoice) }),
  };
}

function writeToolChoice(choice: ToolChoice): string | JsonObject {
  return typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.tool } };
}

function outputFields(output: OutputSchema | undefined, { schema: able }: Capabilities, warn: Warn): JsonObject {
  if (output === undefined) return {};
  if (!able) {
    warn('output', 'output was not sent: the engine cannot hold an answer to a schema (capabilities.schema)');
    return {};
  }
  const schema = schemaJson(output, 'output');
  return {
    response_format: { type: 'json_schema', json_schema: { name: output.name ?? 'answer', schema, strict: true } },
  };
}

function samplingFields(
  request: GenerateRequest,
  { capabilities, firstSample = 0 }: ChatRequestOptions,
  warn: Warn,
): JsonObject {
  const { sampling, stop, efforts } = capabilities;
  const { seed, effort } = request;
  const fields = [
    ['temperature', 'temperature', request.temperature, sampling.temperature],
    ['topP', 'top_p', request.topP, sampling.topP],
    ['topK', 'top_k', request.topK, sampling.topK],
    ['stop', 'stop', request.stop?.length === 0 ? undefined : request.stop, stop],
    ['seed', 'seed', seed === undefined ? undefined : seed + firstSample, sampling.seed],
    ['effort', 'reasoning_effort', effort, effort !== undefined && efforts.includes(effort)],
  ] as const;
  const sent: Record<string, JsonObject[string]> = {};
  for (const [option, field, value, able] of fields) {
    if (value === undefined) continue;
    if (able) sent[field] = value;
    else
      warn(
        option,
        `${option} was not sent: the model does not take it${option === 'effort' ? ` at "${effort}"` : ''} (capabilities)`,
      );
  }
  return sent;
}

function logprobFields(asked: GenerateRequest['logprobs'], capabilities: Capabilities, warn: Warn): JsonObject {
  if (asked === undefined) return {};
  if (capabilities.logprobs === 'none') {
    warn('logprobs', 'logprobs were not asked for: the model gives none (capabilities.logprobs)');
    return {};
  }
  const most = capabilities.logprobs === 'chosen' ? 0 : (capabilities.maxTopLogprobs ?? asked.top);
  const top = Math.min(asked.top, most);
  if (top < asked.top)
    warn('logprobs', `${top} alternatives a position were asked for, not ${asked.top}: the model gives no more`);
  return { logprobs: true, ...(top > 0 && { top_logprobs: top }) };
}
