import type { Capabilities } from '../../spec/capabilities.ts';
import type { Origin } from '../../spec/content.ts';
import type { JsonObject } from '../../spec/json.ts';
import type { GenerateRequest, ToolChoice } from '../../spec/request.ts';
import type { Warning } from '../../spec/result.ts';
import type { OutputSchema } from '../../spec/schema.ts';
import { collectWarnings, type Warn } from '../collect-warnings.ts';
import { schemaJson } from '../schema-json.ts';
import { writeMessages } from './messages.ts';
import { heldSchema } from './output-schema.ts';
import { writeThinking } from './thinking.ts';
import type { ClaudeTraits } from './traits.ts';

/** How a request is written. */
export interface MessagesRequestOptions {
  /** The model that is asked. */
  readonly origin: Origin;
  /** What it can do. The rest of the request becomes warnings. */
  readonly capabilities: Capabilities;
  readonly traits: ClaudeTraits;
}

/** A request on the wire, and what of it could not be honoured. */
export interface MessagesRequestBody {
  readonly body: JsonObject;
  readonly warnings: readonly Warning[];
}

/** The cap on an answer where neither the request nor the model's limits name one: every Claude model takes it. */
const assumedMaxTokens = 4096;

/**
 * Writes a request as the body of a streamed Messages call.
 *
 * @throws InvalidOptionError for a schema that cannot be written as JSON Schema.
 */
export function writeMessagesRequest(request: GenerateRequest, options: MessagesRequestOptions): MessagesRequestBody {
  const { origin, capabilities, traits } = options;
  const { warnings, warn } = collectWarnings();
  const { serviceTier } = request;
  const maxTokens = request.maxOutputTokens ?? capabilities.limits.maxOutputTokens ?? assumedMaxTokens;
  const { thinking, effort } = writeThinking(request, { capabilities, traits, maxTokens, warn });
  const format = writeFormat(request.output, capabilities, warn);
  const forcible = traits.forcedTools && thinking?.['type'] !== 'enabled';
  warnUnsent(request, warn);
  const body: JsonObject = {
    model: origin.modelId,
    max_tokens: maxTokens,
    ...writeMessages(request.messages, {
      origin,
      files: capabilities.files,
      systemBetweenTurns: traits.systemBetweenTurns,
      warn,
    }),
    ...writeTools(request, { able: capabilities.tools, forcible, warn }),
    ...(thinking !== undefined && { thinking }),
    ...((effort !== undefined || format !== undefined) && {
      output_config: { ...(effort !== undefined && { effort }), ...(format !== undefined && { format }) },
    }),
    ...writeSampling(request, capabilities, warn),
    ...(serviceTier !== undefined && { service_tier: serviceTier }),
    stream: true,
  };
  return { body, warnings };
}

function warnUnsent({ seed, logprobs, sessionKey }: GenerateRequest, warn: Warn): void {
  if (seed !== undefined) warn('seed', 'seed was not sent: this API has none');
  if (logprobs !== undefined) warn('logprobs', 'logprobs were not asked for: this API gives none');
  if (sessionKey !== undefined) {
    warn(
      'sessionKey',
      'sessionKey was not sent: this API reuses a prefix where a cache breakpoint ends it. Put cache: {} on a part',
    );
  }
}

function writeTools(
  { tools = [], toolChoice }: GenerateRequest,
  { able, forcible, warn }: { readonly able: boolean; readonly forcible: boolean; readonly warn: Warn },
): JsonObject {
  if (tools.length === 0) return {};
  if (!able) {
    warn('tools', 'tools were not sent: the model has none (capabilities.tools)');
    return {};
  }
  const forced = toolChoice !== undefined && toolChoice !== 'auto' && toolChoice !== 'none';
  if (forced && !forcible) {
    warn('toolChoice', 'toolChoice was sent as "auto": the model cannot be made to call a tool while it thinks');
  }
  return {
    tools: tools.map(({ name, description, input }) => ({
      name,
      ...(description !== undefined && { description }),
      input_schema: schemaJson(input, `tools: ${name}`),
    })),
    ...(toolChoice !== undefined && { tool_choice: writeToolChoice(forced && !forcible ? 'auto' : toolChoice) }),
  };
}

function writeToolChoice(choice: ToolChoice): JsonObject {
  if (typeof choice !== 'string') return { type: 'tool', name: choice.tool };
  return { type: choice === 'required' ? 'any' : choice };
}

function writeFormat(
  output: OutputSchema | undefined,
  { schema: able }: Capabilities,
  warn: Warn,
): JsonObject | undefined {
  if (output === undefined) return undefined;
  if (!able) {
    warn('output', 'output was not sent: the model cannot hold an answer to a schema (capabilities.schema)');
    return undefined;
  }
  const { schema, unheld } = heldSchema(schemaJson(output, 'output'));
  if (unheld.length > 0) {
    warn('output', `the API does not hold answers to ${unheld.join(', ')}: the model was told in words`);
  }
  return { type: 'json_schema', schema };
}

function writeSampling(request: GenerateRequest, { sampling, stop: able }: Capabilities, warn: Warn): JsonObject {
  const stop = request.stop?.filter((text) => text.trim() !== '');
  if (stop?.length !== request.stop?.length) {
    warn('stop', 'stop strings of white space only were not sent: the API refuses them');
  }
  const fields = [
    ['temperature', 'temperature', request.temperature, sampling.temperature],
    ['topP', 'top_p', request.topP, sampling.topP],
    ['topK', 'top_k', request.topK, sampling.topK],
    ['stop', 'stop_sequences', stop?.length === 0 ? undefined : stop, able],
  ] as const;
  const sent: Record<string, JsonObject[string]> = {};
  for (const [option, field, value, takes] of fields) {
    if (value === undefined) continue;
    if (takes) sent[field] = value;
    else warn(option, `${option} was not sent: the model does not take it with this request (capabilities)`);
  }
  return sent;
}
