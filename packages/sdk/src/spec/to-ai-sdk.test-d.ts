// The bridge to the AI SDK in types: any Tollgate model as a LanguageModelV4.
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4FunctionTool,
  LanguageModelV4Message,
  LanguageModelV4StreamPart,
  LanguageModelV4StreamResult,
  LanguageModelV4ToolResultOutput,
  LanguageModelV4Usage,
  SharedV4ProviderMetadata,
  SharedV4Warning,
} from '@ai-sdk/provider';
import type { AssistantPart, Message, PartMetadata, ToolResultPart, UserPart } from './content.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { Model } from './model.ts';
import type { GenerateRequest, Tool } from './request.ts';
import type { Candidate, Finish, FinishReason, GenerateResult, Warning } from './result.ts';
import type { ModelStream } from './stream.ts';

declare function toJson(value: unknown): JsonValue;
declare function toJsonObject(value: object): JsonObject;
declare function notRetryable(error: unknown): Error;
declare function toUserPart(part: Extract<LanguageModelV4Message, { role: 'user' }>['content'][number]): UserPart;
declare function toAssistantPart(
  part: Extract<LanguageModelV4Message, { role: 'assistant' }>['content'][number],
): AssistantPart | undefined;

export function toAiSdk(model: Model): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: model.provider,
    modelId: model.modelId,
    supportedUrls: Object.fromEntries(model.capabilitiesFor().files.map((type) => [type, [/^https:/]])),
    doGenerate: async (options) => {
      try {
        const result = await model.generate(requestFrom(options));
        const answer = answerOf(result);
        return {
          content: answer?.content.map(toV4Content) ?? [],
          finishReason: v4Finish(answer?.finish),
          usage: v4Usage(result, answer),
          warnings: result.warnings.map(toV4Warning),
          providerMetadata: { tollgate: whatHappened(result) },
        };
      } catch (error) {
        // Retrying is ours: two owners would multiply the attempts.
        throw notRetryable(error);
      }
    },
    doStream: async (options) => ({ stream: toV4Stream(model.stream(requestFrom(options))) }),
  };
}

function requestFrom(options: LanguageModelV4CallOptions): GenerateRequest {
  const { responseFormat, reasoning, toolChoice, abortSignal } = options;
  return {
    messages: options.prompt.map(fromV4Message),
    ...(options.tools !== undefined && {
      tools: options.tools.flatMap((tool) => (tool.type === 'function' ? [fromV4Tool(tool)] : [])),
    }),
    ...(toolChoice !== undefined && {
      toolChoice: toolChoice.type === 'tool' ? { tool: toolChoice.toolName } : toolChoice.type,
    }),
    ...(responseFormat?.type === 'json' && { output: { json: toJsonObject(responseFormat.schema ?? {}) } }),
    ...(options.maxOutputTokens !== undefined && { maxOutputTokens: options.maxOutputTokens }),
    ...(options.temperature !== undefined && { temperature: options.temperature }),
    ...(options.topP !== undefined && { topP: options.topP }),
    ...(options.topK !== undefined && { topK: options.topK }),
    ...(options.stopSequences !== undefined && { stop: options.stopSequences }),
    ...(options.seed !== undefined && { seed: options.seed }),
    ...(reasoning !== undefined && reasoning !== 'provider-default' && { effort: reasoning }),
    ...(abortSignal !== undefined && { signal: abortSignal }),
    ...(options.providerOptions !== undefined && { providerOptions: jsonByProvider(options.providerOptions) }),
  };
}

function jsonByProvider(values: object): { readonly [provider: string]: JsonObject } {
  return Object.fromEntries(
    Object.entries(values).map(([provider, value]) => [provider, toJsonObject(value as object)]),
  );
}

function fromV4Message(message: LanguageModelV4Message): Message {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: message.content };
    case 'user':
      return { role: 'user', content: message.content.map(toUserPart) };
    case 'assistant':
      return { role: 'assistant', content: message.content.flatMap((part) => toAssistantPart(part) ?? []) };
    case 'tool':
      return {
        role: 'tool',
        content: message.content.flatMap((part) => (part.type === 'tool-result' ? [toToolResult(part)] : [])),
      };
    default:
      return message satisfies never;
  }
}

function toToolResult(part: {
  readonly toolCallId: string;
  readonly toolName: string;
  readonly output: LanguageModelV4ToolResultOutput;
}): ToolResultPart {
  const { toolCallId, toolName, output } = part;
  const isError = output.type === 'error-text' || output.type === 'error-json' || output.type === 'execution-denied';
  const value = output.type === 'execution-denied' ? (output.reason ?? 'denied') : toJson(output.value);
  return { type: 'tool-result', toolCallId, toolName, output: value, ...(isError && { isError }) };
}

function fromV4Tool(tool: LanguageModelV4FunctionTool): Tool {
  return {
    name: tool.name,
    ...(tool.description !== undefined && { description: tool.description }),
    input: { json: toJsonObject(tool.inputSchema) },
  };
}

function toV4Content(part: AssistantPart): LanguageModelV4Content {
  const metadata = part.metadata === undefined ? {} : { providerMetadata: v4Metadata(part.metadata) };
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return { type: part.type, text: part.text, ...metadata };
    case 'tool-call': {
      const { toolCallId, toolName, input, invalid } = part;
      return {
        type: 'tool-call',
        toolCallId,
        toolName,
        input: invalid !== undefined && typeof input === 'string' ? input : JSON.stringify(input),
        ...metadata,
      };
    }
    case 'file':
      return {
        type: 'file',
        mediaType: part.mediaType,
        data:
          'url' in part.data ? { type: 'url', url: new URL(part.data.url) } : { type: 'data', data: part.data.base64 },
        ...metadata,
      };
    default:
      return part satisfies never;
  }
}

function v4Metadata(metadata: PartMetadata): SharedV4ProviderMetadata {
  return JSON.parse(JSON.stringify(metadata)) as SharedV4ProviderMetadata;
}

const v4Reasons: { readonly [reason in FinishReason]: LanguageModelV4FinishReason['unified'] } = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool-calls',
  'content-filter': 'content-filter',
  refusal: 'content-filter',
  aborted: 'interrupted',
  error: 'error',
  other: 'other',
};

function v4Finish(finish: Finish | undefined): LanguageModelV4FinishReason {
  return finish === undefined
    ? { unified: 'other', raw: undefined }
    : { unified: v4Reasons[finish.unified], raw: finish.raw };
}

/** Tokens of the attempt that answered: several models' tokens have no sum. The money of all is in the metadata. */
function v4Usage({ charges }: GenerateResult, answer: Candidate | undefined): LanguageModelV4Usage {
  const usage = charges.find((charge) => charge.attemptId === answer?.attemptId)?.usage ?? {};
  const { inputUncached: noCache, cacheRead, cacheWrite, outputText: text, outputReasoning: reasoning } = usage;
  return {
    inputTokens: {
      total: sum(noCache, cacheRead ?? 0, cacheWrite?.total ?? 0),
      noCache,
      cacheRead,
      cacheWrite: cacheWrite?.total,
    },
    outputTokens: { total: sum(text, reasoning ?? 0), text, reasoning },
  };
}

function sum(first: number | undefined, ...rest: readonly number[]): number | undefined {
  return first === undefined ? undefined : rest.reduce((total, value) => total + value, first);
}

function toV4Warning(warning: Warning): SharedV4Warning {
  if (warning.code === 'unsupported')
    return { type: 'unsupported', feature: warning.option ?? 'request', details: warning.message };
  return { type: 'other', message: warning.message };
}

function whatHappened({ charges, decision }: GenerateResult): Record<string, string | number | null> {
  const usd = charges.reduce((total, charge) => total + (charge.cost?.usd ?? 0), 0);
  return { attempts: charges.length, costUsd: usd, status: decision.status, confidence: decision.confidence ?? null };
}

function answerOf({ candidates, decision }: GenerateResult): Candidate | undefined {
  return candidates.find((candidate) => candidate.id === decision.chosen);
}

/** Blocks have no ends in our streams: one is open as long as deltas of its kind come. */
function toV4Stream(stream: ModelStream): LanguageModelV4StreamResult['stream'] {
  return ReadableStream.from(v4Parts(stream));
}

async function* v4Parts(stream: ModelStream): AsyncGenerator<LanguageModelV4StreamPart> {
  let open: { readonly kind: 'text' | 'reasoning'; readonly id: string } | undefined;
  const close = function* (): Generator<LanguageModelV4StreamPart> {
    if (open !== undefined) yield { type: `${open.kind}-end`, id: open.id };
    open = undefined;
  };
  const inputs = new Set<string>();
  for await (const part of stream) {
    switch (part.type) {
      case 'start':
        yield { type: 'stream-start', warnings: part.warnings.map(toV4Warning) };
        break;
      case 'ping':
        yield { type: 'ping' };
        break;
      case 'text-delta':
      case 'reasoning-delta': {
        const kind = part.type === 'text-delta' ? 'text' : 'reasoning';
        if (open?.kind !== kind) {
          yield* close();
          open = { kind, id: `${part.candidateId}/${kind}` };
          yield { type: `${kind}-start`, id: open.id };
        }
        yield {
          type: part.type,
          id: open.id,
          delta: part.text,
          ...(part.metadata !== undefined && { providerMetadata: v4Metadata(part.metadata) }),
        };
        break;
      }
      case 'tool-input-delta':
        yield* close();
        if (!inputs.has(part.toolCallId))
          yield { type: 'tool-input-start', id: part.toolCallId, toolName: part.toolName };
        inputs.add(part.toolCallId);
        yield { type: 'tool-input-delta', id: part.toolCallId, delta: part.text };
        break;
      case 'tool-call': {
        yield* close();
        const call = toV4Content(part.call);
        if (inputs.delete(part.call.toolCallId)) yield { type: 'tool-input-end', id: part.call.toolCallId };
        if (call.type === 'tool-call') yield call;
        break;
      }
      case 'candidate-finish':
      case 'commit':
        break;
      case 'discard':
        // Drafts are sent only where they were asked for, and this bridge does not ask.
        break;
      case 'finish': {
        yield* close();
        const answer = answerOf(part.result);
        yield {
          type: 'finish',
          finishReason: v4Finish(answer?.finish),
          usage: v4Usage(part.result, answer),
          providerMetadata: { tollgate: whatHappened(part.result) },
        };
        break;
      }
      default:
        part satisfies never;
    }
  }
}
