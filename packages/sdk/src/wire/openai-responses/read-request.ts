import { z } from 'zod';
import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import type { JsonObject, JsonValue } from '../../spec/json.ts';
import type { GenerateRequest, Tool, ToolChoice } from '../../spec/request.ts';
import { readResponsesInput } from './read-input.ts';
import { type ResponsesRequestFields, responsesRequestSchema } from './request-schema.ts';

/** A client's request, in our words. */
export interface ReadResponsesRequest {
  readonly request: GenerateRequest;
  readonly modelId: string;
  readonly stream: boolean;
  /** Fields that have no place in a `GenerateRequest`, as they came. */
  readonly rest: JsonObject;
  /** Types of input items and tools that were left out, for example `web_search`: this codec has no words for them. */
  readonly unread: readonly string[];
}

const logprobsAsked = 'message.output_text.logprobs';

/**
 * Reads the body of a request for a response.
 *
 * @throws InvalidOptionError naming every field that is wrong.
 */
export function readResponsesRequest(body: unknown): ReadResponsesRequest {
  const checked = responsesRequestSchema.safeParse(body);
  if (!checked.success) {
    throw new InvalidOptionError('body', `The responses request is not valid.\n${z.prettifyError(checked.error)}`);
  }
  const fields = checked.data;
  const { messages, unread } = readResponsesInput(fields.input, fields.instructions);
  const foreignTools = (fields.tools ?? []).map((tool) => tool.type).filter((type) => type !== 'function');
  return {
    request: { messages, ...optionsOf(fields) },
    modelId: fields.model,
    stream: fields.stream ?? false,
    rest: restOf(fields),
    unread: [...new Set([...unread, ...foreignTools])],
  };
}

function optionsOf(fields: ResponsesRequestFields): Omit<GenerateRequest, 'messages'> {
  const { text, reasoning } = fields;
  const tools = functionTools(fields.tools ?? []);
  const toolChoice = readToolChoice(fields.tool_choice);
  return {
    ...(tools.length > 0 && { tools }),
    ...(toolChoice !== undefined && { toolChoice }),
    ...(text?.format?.type === 'json_schema' && {
      output: { json: text.format.schema, name: text.format.name },
    }),
    ...(fields.max_output_tokens != null && { maxOutputTokens: fields.max_output_tokens }),
    ...(fields.temperature != null && { temperature: fields.temperature }),
    ...(fields.top_p != null && { topP: fields.top_p }),
    ...(reasoning?.effort != null && { effort: reasoning.effort }),
    ...(fields.include?.includes(logprobsAsked) === true && { logprobs: { top: fields.top_logprobs ?? 0 } }),
    ...(fields.prompt_cache_key != null && { sessionKey: fields.prompt_cache_key }),
    ...(fields.service_tier != null && { serviceTier: fields.service_tier }),
  };
}

type ToolFields = NonNullable<ResponsesRequestFields['tools']>[number];

function functionTools(tools: readonly ToolFields[]): readonly Tool[] {
  return tools.filter(isFunction).map(({ name, description, parameters }) => ({
    name,
    ...(description != null && { description }),
    input: { json: parameters ?? { type: 'object', properties: {} } },
  }));
}

function isFunction(tool: ToolFields): tool is Extract<ToolFields, { readonly type: 'function' }> {
  return tool.type === 'function';
}

function readToolChoice(choice: ResponsesRequestFields['tool_choice']): ToolChoice | undefined {
  if (choice == null) return undefined;
  if (typeof choice === 'string') return choice;
  return choice.type === 'function' && typeof choice['name'] === 'string' ? { tool: choice['name'] } : undefined;
}

/** What is left when everything that was understood is taken out, also inside `reasoning` and `text`. */
function restOf(fields: ResponsesRequestFields): JsonObject {
  const rest: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!Object.hasOwn(responsesRequestSchema.shape, name) && value !== undefined) rest[name] = value as JsonValue;
  }
  const { effort: _effort, ...reasoning } = fields.reasoning ?? {};
  const { format, ...text } = fields.text ?? {};
  const include = (fields.include ?? []).filter((each) => each !== logprobsAsked);
  if (Object.keys(reasoning).length > 0) rest['reasoning'] = reasoning as JsonObject;
  const kept = format != null && format.type === 'json_object' ? { ...text, format } : text;
  if (Object.keys(kept).length > 0) rest['text'] = kept as JsonObject;
  if (include.length > 0) rest['include'] = include;
  return rest;
}
