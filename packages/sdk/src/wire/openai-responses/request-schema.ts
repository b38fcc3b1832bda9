import { z } from 'zod';
import type { JsonObject } from '../../spec/json.ts';

// What a client may send. Unknown fields are kept, null means absent, as the format has it.

const textPart = z.object({ type: z.enum(['input_text', 'output_text']), text: z.string() });
const refusalPart = z.object({ type: z.literal('refusal'), refusal: z.string() });
const imagePart = z.object({ type: z.literal('input_image'), image_url: z.string() });
const filePart = z.object({
  type: z.literal('input_file'),
  filename: z.string().nullish(),
  file_data: z.string().nullish(),
  file_url: z.string().nullish(),
});
const breakpoint = z.object({ prompt_cache_breakpoint: z.looseObject({}).nullish() });

const promptContent = z.union([
  z.string(),
  z.array(
    z.discriminatedUnion('type', [
      textPart.extend(breakpoint.shape),
      imagePart.extend(breakpoint.shape),
      filePart.extend(breakpoint.shape),
    ]),
  ),
]);
const answerContent = z.union([z.string(), z.array(z.discriminatedUnion('type', [textPart, refusalPart]))]);

const message = z.discriminatedUnion('role', [
  z.object({ type: z.literal('message'), role: z.enum(['user', 'system', 'developer']), content: promptContent }),
  z.object({
    type: z.literal('message'),
    role: z.literal('assistant'),
    content: answerContent,
    phase: z.string().nullish(),
  }),
]);

const functionCall = z.object({
  type: z.literal('function_call'),
  call_id: z.string(),
  name: z.string(),
  arguments: z.string(),
});
const functionCallOutput = z.object({
  type: z.literal('function_call_output'),
  call_id: z.string(),
  output: z.union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().nullish() }))]),
});
const reasoning = z.object({
  type: z.literal('reasoning'),
  id: z.string().nullish(),
  summary: z.array(z.object({ text: z.string() })).nullish(),
  encrypted_content: z.string().nullish(),
});

const known = ['message', 'function_call', 'function_call_output', 'reasoning'];
/** An item that this codec has no words for: of a hosted tool, or of a later version of the format. */
const foreign = z.looseObject({ type: z.string().refine((type) => !known.includes(type)) });

const item = z.preprocess(
  // A message may leave out its type.
  (value) => (typeof value === 'object' && value !== null && 'role' in value ? { type: 'message', ...value } : value),
  z.union([message, functionCall, functionCallOutput, reasoning, foreign]),
);

const schema = z.record(z.string(), z.json()).transform((value): JsonObject => value);

const functionTool = z.object({
  type: z.literal('function'),
  name: z.string(),
  description: z.string().nullish(),
  parameters: schema.nullish(),
});

/** The body of a request for a response, as far as this codec knows it. */
export const responsesRequestSchema = z.looseObject({
  model: z.string(),
  input: z.union([z.string(), z.array(item)]),
  instructions: z.string().nullish(),
  tools: z
    .array(z.union([functionTool, z.looseObject({ type: z.string().refine((type) => type !== 'function') })]))
    .nullish(),
  tool_choice: z
    .union([
      z.enum(['auto', 'none', 'required']),
      z.object({ type: z.literal('function'), name: z.string() }),
      z.looseObject({ type: z.string().refine((type) => type !== 'function') }),
    ])
    .nullish(),
  text: z
    .looseObject({
      format: z
        .union([
          z.object({ type: z.literal('json_schema'), name: z.string(), schema }),
          z.looseObject({ type: z.enum(['text', 'json_object']) }),
        ])
        .nullish(),
    })
    .nullish(),
  reasoning: z
    .looseObject({ effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).nullish() })
    .nullish(),
  include: z.array(z.string()).nullish(),
  max_output_tokens: z.number().nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  top_logprobs: z.number().nullish(),
  service_tier: z.string().nullish(),
  prompt_cache_key: z.string().nullish(),
  stream: z.boolean().nullish(),
});

/** A checked request body. */
export type ResponsesRequestFields = z.output<typeof responsesRequestSchema>;

/** One item of its input. */
export type ResponsesItemFields = Exclude<ResponsesRequestFields['input'], string>[number];
