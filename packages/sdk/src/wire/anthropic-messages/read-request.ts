import { z } from 'zod';
import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import type { JsonObject } from '../../spec/json.ts';
import type { GenerateRequest, Tool, ToolChoice } from '../../spec/request.ts';
import { readMessages } from './read-messages.ts';
import { type MessagesRequestFields, messagesRequestSchema } from './request-schema.ts';

/** A client's request, in our words. */
export interface ReadMessagesRequest {
  readonly request: GenerateRequest;
  readonly modelId: string;
  readonly stream: boolean;
  /**
   * Fields, or parts of fields, that have no place in a `GenerateRequest`, as they came. Given as
   * `providerOptions.anthropic` they reach an Anthropic model unchanged.
   */
  readonly rest: JsonObject;
}

/**
 * Reads the body of a Messages request.
 *
 * @throws InvalidOptionError naming every field that is wrong.
 */
export function readMessagesRequest(body: unknown): ReadMessagesRequest {
  const checked = messagesRequestSchema.safeParse(body);
  if (!checked.success) {
    throw new InvalidOptionError('body', `The Messages request is not valid.\n${z.prettifyError(checked.error)}`);
  }
  const fields = checked.data;
  return {
    request: requestOf(fields),
    modelId: fields.model,
    stream: fields.stream ?? false,
    rest: restOf(fields),
  };
}

function requestOf(fields: MessagesRequestFields): GenerateRequest {
  const { thinking, output_config: output } = fields;
  const tools = (fields.tools ?? []).flatMap(readTool);
  const format = output?.format;
  const effort = thinking?.type === 'disabled' ? 'none' : output?.effort;
  return {
    messages: readMessages(fields.system, fields.messages),
    maxOutputTokens: fields.max_tokens,
    ...(tools.length > 0 && { tools }),
    ...(fields.tool_choice != null && { toolChoice: readToolChoice(fields.tool_choice) }),
    ...(format != null && { output: { json: format.schema } }),
    ...(thinking?.type === 'enabled' &&
      thinking.budget_tokens != null && { maxReasoningTokens: thinking.budget_tokens }),
    ...(effort != null && { effort }),
    ...(fields.temperature != null && { temperature: fields.temperature }),
    ...(fields.top_p != null && { topP: fields.top_p }),
    ...(fields.top_k != null && { topK: fields.top_k }),
    ...(fields.stop_sequences != null && { stop: fields.stop_sequences }),
    ...(fields.service_tier != null && { serviceTier: fields.service_tier }),
  };
}

type ToolFields = NonNullable<MessagesRequestFields['tools']>[number];

/** A tool that the client runs itself. The provider's own tools have other types and no schema. */
function readTool({ type, name, description, input_schema: json }: ToolFields): readonly Tool[] {
  if ((type != null && type !== 'custom') || name == null || json == null) return [];
  return [{ name, ...(description != null && { description }), input: { json } }];
}

function readToolChoice({ type, name }: NonNullable<MessagesRequestFields['tool_choice']>): ToolChoice {
  if (type === 'tool' && name != null) return { tool: name };
  return type === 'none' ? 'none' : type === 'auto' ? 'auto' : 'required';
}

const toolWords = new Set(['type', 'name', 'description', 'input_schema']);

function restOf(fields: MessagesRequestFields): JsonObject {
  const { thinking, tools, tool_choice: choice, output_config: output } = fields;
  const own = Object.fromEntries(
    Object.entries(fields).filter(([name]) => !Object.hasOwn(messagesRequestSchema.shape, name)),
  );
  const isPlain = (tool: ToolFields): boolean =>
    readTool(tool).length === 1 && Object.keys(tool).every((word) => toolWords.has(word));
  const { effort, format: _, ...outputMore } = output ?? {};
  // Being off is the effort "none", which leaves no room for another.
  const outputRest = { ...outputMore, ...(thinking?.type === 'disabled' && effort != null && { effort }) };
  return {
    ...own,
    // Lists and objects of which we understand a part only are kept whole.
    ...(tools != null && !tools.every(isPlain) && { tools }),
    ...(choice != null &&
      Object.keys(choice).some((word) => word !== 'type' && word !== 'name') && { tool_choice: choice }),
    ...(thinking != null && !isPlainThinking(thinking, output?.effort != null) && { thinking }),
    ...(Object.keys(outputRest).length > 0 && { output_config: outputRest }),
  } as JsonObject;
}

function isPlainThinking(thinking: NonNullable<MessagesRequestFields['thinking']>, hasEffort: boolean): boolean {
  const { type, budget_tokens: budgetTokens, ...more } = thinking;
  if (Object.keys(more).length > 0) return false;
  if (type === 'enabled') return budgetTokens != null;
  // An effort turns adaptive thinking on by itself.
  return type === 'adaptive' ? hasEffort : type === 'disabled';
}
