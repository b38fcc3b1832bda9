import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import type { LeafCall } from '../../leaf/leaf-call.ts';
import type { Capabilities } from '../../spec/capabilities.ts';
import type { JsonObject } from '../../spec/json.ts';
import type { GenerateRequest, Tool, ToolChoice } from '../../spec/request.ts';
import type { Warning } from '../../spec/result.ts';
import { collectWarnings, type Warn } from '../../wire/collect-warnings.ts';
import { schemaJson } from '../../wire/schema-json.ts';
import type { AiSdkSettings } from './options.ts';
import { writePrompt } from './write-prompt.ts';

type FunctionTool = Extract<NonNullable<LanguageModelV4CallOptions['tools']>[number], { type: 'function' }>;

/** What a model of the AI SDK is called with, and what of the request it leaves out. */
export interface WrittenRequest {
  readonly options: LanguageModelV4CallOptions;
  readonly warnings: readonly Warning[];
}

/**
 * Writes a request as call options. What has no option is left out, and so are sampling parameters and stop strings that the
 * user declared to be none of the model's. Of anything else that a provider cannot honour it warns itself.
 */
export function writeRequest(settings: AiSdkSettings, { request, firstSample, signal }: LeafCall): WrittenRequest {
  const { warnings, warn } = collectWarnings();
  const { tools, toolChoice, output, seed, providerOptions } = request;
  if (request.logprobs !== undefined)
    warn('logprobs', 'logprobs were not asked for: the AI SDK has no option for them');
  for (const option of ['maxReasoningTokens', 'serviceTier'] as const) {
    if (request[option] !== undefined) {
      warn(option, `${option} was not sent: the AI SDK has no option for it. Use the provider's own: providerOptions`);
    }
  }
  const options: LanguageModelV4CallOptions = {
    prompt: writePrompt(request.messages, settings),
    ...writeSampling(
      { ...request, ...(seed !== undefined && { seed: seed + firstSample }) },
      { capabilities: settings.capabilities, warn },
    ),
    ...(tools !== undefined &&
      tools.length > 0 && {
        tools: tools.map(writeTool),
        ...(toolChoice !== undefined && { toolChoice: writeToolChoice(toolChoice) }),
      }),
    ...(output !== undefined && {
      responseFormat: {
        type: 'json',
        schema: schemaOf(schemaJson(output, 'output')),
        ...(output.name !== undefined && { name: output.name }),
      },
    }),
    ...(request.includeRaw === true && { includeRawChunks: true }),
    ...(signal !== undefined && { abortSignal: signal }),
    ...(providerOptions !== undefined && {
      providerOptions: { ...providerOptions },
    }),
  };
  return { options, warnings };
}

function writeSampling(
  request: GenerateRequest,
  { capabilities, warn }: { readonly capabilities: Capabilities; readonly warn: Warn },
): Partial<LanguageModelV4CallOptions> {
  const { maxOutputTokens, temperature, topP, topK, seed, stop = [], effort } = request;
  const { sampling } = capabilities;
  const takes = (option: keyof typeof sampling | 'stop', isTaken: boolean): boolean => {
    if (!isTaken) warn(option, `${option} was not sent: the model does not take it (capabilities)`);
    return isTaken;
  };
  return {
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    ...(temperature !== undefined && takes('temperature', sampling.temperature) && { temperature }),
    ...(topP !== undefined && takes('topP', sampling.topP) && { topP }),
    ...(topK !== undefined && takes('topK', sampling.topK) && { topK }),
    ...(seed !== undefined && takes('seed', sampling.seed) && { seed }),
    ...(stop.length > 0 && takes('stop', capabilities.stop) && { stopSequences: [...stop] }),
    ...(effort !== undefined && { reasoning: effort }),
  };
}

function writeTool({ name, description, input }: Tool): FunctionTool {
  return {
    type: 'function',
    name,
    ...(description !== undefined && { description }),
    inputSchema: schemaOf(schemaJson(input, `tools.${name}.input`)),
  };
}

function writeToolChoice(choice: ToolChoice): NonNullable<LanguageModelV4CallOptions['toolChoice']> {
  return typeof choice === 'string' ? { type: choice } : { type: 'tool', toolName: choice.tool };
}

// JSON Schema either way; their type knows the keywords by name.
function schemaOf(json: JsonObject): FunctionTool['inputSchema'] {
  return json as FunctionTool['inputSchema'];
}
