// The bridge from the AI SDK in types: any LanguageModelV4 as the call of a leaf.
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4Message,
  LanguageModelV4StreamResult,
  LanguageModelV4Usage,
  SharedV4ProviderMetadata,
  SharedV4Warning,
} from '@ai-sdk/provider';
import type { LeafCall, LeafCandidate, LeafOutcome } from '../leaf/leaf-call.ts';
import type { AssistantPart, Message, PartMetadata } from './content.ts';
import type { JsonValue } from './json.ts';
import type { GenerateRequest } from './request.ts';
import type { Finish, FinishReason, Warning } from './result.ts';
import type { Usage } from './usage.ts';

declare function toJson(value: unknown): JsonValue;
declare function toPartMetadata(metadata: SharedV4ProviderMetadata): PartMetadata;
declare function toV4Message(message: Message): LanguageModelV4Message;
declare function failureOf(error: unknown): Error;

export function callOf(model: LanguageModelV4): (call: LeafCall) => Promise<LeafOutcome> {
  return async ({ request, signal, emit }) => {
    const options = optionsFrom(request, signal);
    if (emit === undefined) {
      const { content, finishReason, usage, warnings } = await model.doGenerate(options);
      return {
        candidates: [candidateOf(content, finishReason)],
        usage: usageFrom(usage),
        warnings: warnings.map(fromV4Warning),
      };
    }
    const { stream } = await model.doStream(options);
    return readStream(stream, emit);
  };
}

function optionsFrom(request: GenerateRequest, signal: AbortSignal | undefined): LanguageModelV4CallOptions {
  const { toolChoice = 'auto' } = request;
  return {
    prompt: request.messages.map(toV4Message),
    toolChoice: typeof toolChoice === 'string' ? { type: toolChoice } : { type: 'tool', toolName: toolChoice.tool },
    ...(request.maxOutputTokens !== undefined && { maxOutputTokens: request.maxOutputTokens }),
    ...(request.temperature !== undefined && { temperature: request.temperature }),
    ...(request.stop !== undefined && { stopSequences: [...request.stop] }),
    ...(request.effort !== undefined && { reasoning: request.effort }),
    ...(signal !== undefined && { abortSignal: signal }),
  };
}

const ourReasons: { readonly [reason in LanguageModelV4FinishReason['unified']]: FinishReason } = {
  stop: 'stop',
  length: 'length',
  'content-filter': 'content-filter',
  'tool-calls': 'tool-calls',
  error: 'error',
  interrupted: 'aborted',
  other: 'other',
};

function finishFrom({ unified, raw }: LanguageModelV4FinishReason): Finish {
  const by = unified === 'length' ? 'length' : unified === 'interrupted' ? 'aborted' : 'eos';
  return { unified: ourReasons[unified], by, ...(raw !== undefined && { raw }) };
}

function candidateOf(content: readonly LanguageModelV4Content[], finish: LanguageModelV4FinishReason): LeafCandidate {
  return { content: content.flatMap((part) => contentFrom(part) ?? []), finish: finishFrom(finish) };
}

/** Sources, approvals and custom parts have no place in an answer of ours. */
function contentFrom(part: LanguageModelV4Content): AssistantPart | undefined {
  const metadata = part.providerMetadata === undefined ? {} : { metadata: toPartMetadata(part.providerMetadata) };
  if (part.type === 'text' || part.type === 'reasoning') return { type: part.type, text: part.text, ...metadata };
  if (part.type !== 'tool-call') return undefined;
  return {
    type: 'tool-call',
    toolCallId: part.toolCallId,
    toolName: part.toolName,
    input: toJson(JSON.parse(part.input)),
  };
}

function usageFrom({ inputTokens, outputTokens }: LanguageModelV4Usage): Usage {
  return {
    ...(inputTokens.noCache !== undefined && { inputUncached: inputTokens.noCache }),
    ...(inputTokens.cacheRead !== undefined && { cacheRead: inputTokens.cacheRead }),
    ...(inputTokens.cacheWrite !== undefined && { cacheWrite: { total: inputTokens.cacheWrite } }),
    ...(outputTokens.text !== undefined && { outputText: outputTokens.text }),
    ...(outputTokens.reasoning !== undefined && { outputReasoning: outputTokens.reasoning }),
  };
}

function fromV4Warning(warning: SharedV4Warning): Warning {
  switch (warning.type) {
    case 'unsupported':
      return {
        code: 'unsupported',
        option: warning.feature,
        message: warning.details ?? `${warning.feature} is not supported`,
      };
    case 'compatibility':
      return { code: 'other', option: warning.feature, message: warning.details ?? `${warning.feature} is emulated` };
    case 'deprecated':
      return { code: 'other', option: warning.setting, message: warning.message };
    case 'other':
      return { code: 'other', message: warning.message };
    default:
      return warning satisfies never;
  }
}

async function readStream(
  stream: LanguageModelV4StreamResult['stream'],
  emit: NonNullable<LeafCall['emit']>,
): Promise<LeafOutcome> {
  const content: LanguageModelV4Content[] = [];
  const texts = new Map<string, { type: 'text' | 'reasoning'; text: string }>();
  for await (const part of stream) {
    switch (part.type) {
      case 'text-start':
      case 'reasoning-start': {
        const block = { type: part.type === 'text-start' ? ('text' as const) : ('reasoning' as const), text: '' };
        texts.set(part.id, block);
        content.push(block);
        break;
      }
      case 'text-delta':
      case 'reasoning-delta': {
        const block = texts.get(part.id);
        if (block !== undefined) block.text += part.delta;
        emit({
          type: part.type,
          sample: 0,
          text: part.delta,
          ...(part.providerMetadata !== undefined && { metadata: toPartMetadata(part.providerMetadata) }),
        });
        break;
      }
      case 'tool-call': {
        content.push(part);
        const call = contentFrom(part);
        if (call?.type === 'tool-call') emit({ type: 'tool-call', sample: 0, call });
        break;
      }
      case 'finish':
        return { candidates: [candidateOf(content, part.finishReason)], usage: usageFrom(part.usage) };
      case 'error':
        throw failureOf(part.error);
      default:
        break;
    }
  }
  throw failureOf('the stream ended without its finish part');
}
