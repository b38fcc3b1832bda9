import { z } from 'zod';
import type { JsonObject, JsonValue } from '../../spec/json.ts';

// What a client may send. Unknown fields are kept, null means absent, as the format has it.

const json = z.json().transform((value): JsonValue => value);
const jsonObject = z.record(z.string(), z.json()).transform((value): JsonObject => value);

const cached = {
  cache_control: z.object({ type: z.literal('ephemeral'), ttl: z.enum(['5m', '1h']).nullish() }).nullish(),
};

const text = z.object({ type: z.literal('text'), text: z.string(), ...cached });
const image = z.object({
  type: z.literal('image'),
  source: z.discriminatedUnion('type', [
    z.object({ type: z.literal('base64'), media_type: z.string(), data: z.string() }),
    z.object({ type: z.literal('url'), url: z.string() }),
  ]),
  ...cached,
});
const document = z.object({
  type: z.literal('document'),
  source: z.discriminatedUnion('type', [
    z.object({ type: z.literal('base64'), media_type: z.string(), data: z.string() }),
    z.object({ type: z.literal('text'), media_type: z.string(), data: z.string() }),
    z.object({ type: z.literal('url'), url: z.string() }),
  ]),
  title: z.string().nullish(),
  ...cached,
});
const toolResult = z.object({
  type: z.literal('tool_result'),
  tool_use_id: z.string(),
  content: z.union([z.string(), z.array(jsonObject)]).nullish(),
  is_error: z.boolean().nullish(),
  ...cached,
});
const thinking = z.object({ type: z.literal('thinking'), thinking: z.string(), signature: z.string().nullish() });
const toolUse = z.object({ type: z.literal('tool_use'), id: z.string(), name: z.string(), input: json, ...cached });

/** Blocks that have no place in our parts are carried whole: files of the Files API, search results, server tools. */
const known = new Set(['text', 'tool_result', 'thinking', 'tool_use']);
const opaque = jsonObject
  .refine((block) => typeof block['type'] === 'string' && !known.has(block['type']), 'expected a content block')
  .transform((block) => ({ type: 'opaque' as const, block }));

const userBlock = z.union([z.discriminatedUnion('type', [text, image, document, toolResult]), opaque]);
const assistantBlock = z.union([z.discriminatedUnion('type', [text, thinking, toolUse]), opaque]);

const message = z.discriminatedUnion('role', [
  z.object({ role: z.literal('user'), content: z.union([z.string(), z.array(userBlock)]) }),
  z.object({ role: z.literal('assistant'), content: z.union([z.string(), z.array(assistantBlock)]) }),
  z.object({ role: z.literal('system'), content: z.union([z.string(), z.array(text)]) }),
]);

/** A Messages request, as far as this codec knows it. */
export const messagesRequestSchema = z.looseObject({
  model: z.string(),
  max_tokens: z.number(),
  messages: z.array(message).min(1),
  system: z.union([z.string(), z.array(text)]).nullish(),
  tools: z
    .array(
      z.looseObject({
        type: z.string().nullish(),
        name: z.string().nullish(),
        description: z.string().nullish(),
        input_schema: jsonObject.nullish(),
      }),
    )
    .nullish(),
  tool_choice: z.looseObject({ type: z.enum(['auto', 'any', 'tool', 'none']), name: z.string().nullish() }).nullish(),
  thinking: z.looseObject({ type: z.string(), budget_tokens: z.number().nullish() }).nullish(),
  output_config: z
    .looseObject({
      effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).nullish(),
      format: z.object({ type: z.literal('json_schema'), schema: jsonObject }).nullish(),
    })
    .nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  top_k: z.number().nullish(),
  stop_sequences: z.array(z.string()).nullish(),
  service_tier: z.string().nullish(),
  stream: z.boolean().nullish(),
});

/** A checked request body. */
export type MessagesRequestFields = z.output<typeof messagesRequestSchema>;

/** One of its messages. */
export type MessageFields = MessagesRequestFields['messages'][number];
