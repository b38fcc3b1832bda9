import type { Capabilities, EffortLevel } from '../../spec/capabilities.ts';
import type { Message, Origin } from '../../spec/content.ts';
import type { JsonObject } from '../../spec/json.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import { fieldsOf } from '../../wire/json-fields.ts';
import { collectWarnings, type Warn } from '../../wire/collect-warnings.ts';
import { type ChatRequestBody, writeChatRequest } from '../../wire/openai-chat/request.ts';
import { looseSchema } from '../../wire/openai-responses/request.ts';
import { isStrictSchema } from '../../wire/openai-responses/strict-schema.ts';

/** How a request is written. */
export interface ChatBodyOptions {
  readonly origin: Origin;
  readonly capabilities: Capabilities;
  readonly firstSample: number;
  /** The effort in force, which tools may have lowered. */
  readonly effort: EffortLevel | undefined;
}

const mostStops = 4;

/** A chat completion as OpenAI itself wants it, which differs from its many imitators in a few fields. */
export function chatBody(request: GenerateRequest, options: ChatBodyOptions): ChatRequestBody {
  const { origin, capabilities, firstSample, effort } = options;
  const { warnings, warn } = collectWarnings();
  const { sessionKey, effort: asked, ...rest } = request;
  if (effort !== asked) {
    warn(
      'effort',
      `effort "${effort}" was sent: this model calls tools in chat completions only without reasoning. api: "responses" has both`,
    );
  }
  if ((rest.stop?.length ?? 0) > mostStops && capabilities.stop) {
    warn('stop', `the first ${mostStops} stop strings were sent, not all ${rest.stop?.length}: the API takes no more`);
  }
  const written = writeChatRequest(
    {
      ...rest,
      messages: withoutReasoning(rest.messages, warn),
      ...(effort !== undefined && { effort }),
      ...(rest.stop !== undefined && { stop: rest.stop.slice(0, mostStops) }),
    },
    { origin, capabilities, firstSample },
  );
  const { max_tokens: maxTokens, ...body } = written.body;
  return {
    body: {
      ...body,
      ...(maxTokens !== undefined && { max_completion_tokens: maxTokens }),
      ...outputFormat(written.body, warn),
      ...(sessionKey !== undefined && { prompt_cache_key: sessionKey }),
    },
    warnings: [...warnings, ...written.warnings],
  };
}

/** The API refuses messages with reasoning in them. */
function withoutReasoning(messages: readonly Message[], warn: Warn): readonly Message[] {
  return messages.flatMap((message) => {
    if (message.role !== 'assistant' || typeof message.content === 'string') return [message];
    const content = message.content.filter((part) => part.type !== 'reasoning');
    if (content.length === message.content.length) return [message];
    warn('messages', 'reasoning was left out: chat completions have no place for it. api: "responses" keeps it');
    return content.length === 0 ? [] : [{ ...message, content }];
  });
}

/** A schema that cannot be held to exactly is sent as a wish: sent as strict, it would be refused. */
function outputFormat(body: JsonObject, warn: Warn): JsonObject {
  const format = fieldsOf(body['response_format']);
  const schema = fieldsOf(format?.['json_schema']) as JsonObject | undefined;
  if (schema === undefined || isStrictSchema(schema['schema'] as JsonObject)) return {};
  warn('output', looseSchema);
  return { response_format: { type: 'json_schema', json_schema: { ...schema, strict: false } } };
}
