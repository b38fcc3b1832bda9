import { z } from 'zod';
import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import type { JsonObject } from '../../spec/json.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import { readChatMessages } from './read-messages.ts';
import { type ChatRequestFields, chatRequestSchema } from './request-schema.ts';

/** A client's request, in our words. */
export interface ReadChatRequest {
  readonly request: GenerateRequest;
  readonly modelId: string;
  readonly stream: boolean;
  /** The client wants a usage chunk at the end of its stream. */
  readonly includeUsage: boolean;
  /** Fields that have no place in a `GenerateRequest`, as they came. */
  readonly rest: JsonObject;
}

/**
 * Reads the body of a chat-completions request.
 *
 * @throws InvalidOptionError naming every field that is wrong.
 */
export function readChatRequest(body: unknown): ReadChatRequest {
  const checked = chatRequestSchema.safeParse(body);
  if (!checked.success) {
    throw new InvalidOptionError(
      'body',
      `The chat-completions request is not valid.\n${z.prettifyError(checked.error)}`,
    );
  }
  const fields = checked.data;
  const rest = Object.fromEntries(
    Object.entries(fields).filter(([name]) => !Object.hasOwn(chatRequestSchema.shape, name)),
  ) as JsonObject;
  return {
    request: requestOf(fields),
    modelId: fields.model,
    stream: fields.stream ?? false,
    includeUsage: fields.stream_options?.include_usage ?? false,
    rest: fields.response_format?.type === 'json_object' ? { ...rest, response_format: { type: 'json_object' } } : rest,
  };
}

function requestOf(fields: ChatRequestFields): GenerateRequest {
  const maxOutputTokens = fields.max_completion_tokens ?? fields.max_tokens;
  const format = fields.response_format;
  const choice = fields.tool_choice;
  return {
    messages: readChatMessages(fields.messages),
    ...(fields.tools != null && {
      tools: fields.tools.map(({ function: { name, description, parameters } }) => ({
        name,
        ...(description != null && { description }),
        input: { json: parameters ?? { type: 'object', properties: {} } },
      })),
    }),
    ...(choice != null && { toolChoice: typeof choice === 'string' ? choice : { tool: choice.function.name } }),
    ...(format?.type === 'json_schema' && {
      output: { json: format.json_schema.schema, name: format.json_schema.name },
    }),
    ...(fields.n != null && { samples: fields.n }),
    ...(maxOutputTokens != null && { maxOutputTokens }),
    ...(fields.temperature != null && { temperature: fields.temperature }),
    ...(fields.top_p != null && { topP: fields.top_p }),
    ...(fields.top_k != null && { topK: fields.top_k }),
    ...(fields.stop != null && { stop: typeof fields.stop === 'string' ? [fields.stop] : fields.stop }),
    ...(fields.seed != null && { seed: fields.seed }),
    ...(fields.reasoning_effort != null && { effort: fields.reasoning_effort }),
    ...(fields.logprobs === true && { logprobs: { top: fields.top_logprobs ?? 0 } }),
    ...(fields.prompt_cache_key != null && { sessionKey: fields.prompt_cache_key }),
    ...(fields.service_tier != null && { serviceTier: fields.service_tier }),
  };
}
