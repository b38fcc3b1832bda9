import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import type { JsonObject } from '../../spec/json.ts';
import type { GenerateRequest, Tool, ToolChoice } from '../../spec/request.ts';
import type { Scopes } from '../../spec/context.ts';
import type { Warning } from '../../spec/result.ts';
import { collectWarnings, type Warn } from '../../wire/collect-warnings.ts';
import { readPrompt } from './read-prompt.ts';
import { checkTollgateOptions } from './tollgate-options.ts';

/** A request of ours, and what of the call it leaves out. */
export interface ReadRequest {
  readonly request: Omit<GenerateRequest, 'context'>;
  readonly scopes: Scopes;
  readonly warnings: readonly Warning[];
}

/**
 * Reads a call of the AI SDK as a request.
 *
 * @throws InvalidOptionError for options in `providerOptions.tollgate` that cannot be meant.
 */
export function readRequest(options: LanguageModelV4CallOptions): ReadRequest {
  const { warnings, warn } = collectWarnings();
  const { tollgate, ...providerOptions } = options.providerOptions ?? {};
  const { scopes = {}, ...own } = checkTollgateOptions(tollgate);
  const { responseFormat, toolChoice, abortSignal } = options;
  const tools = options.tools?.flatMap((tool) => readTool(tool, warn)) ?? [];
  warnOfRest(options, warn);
  const request: Omit<GenerateRequest, 'context'> = {
    messages: readPrompt(options.prompt, warn),
    ...(tools.length > 0 && { tools, ...(toolChoice !== undefined && { toolChoice: readToolChoice(toolChoice) }) }),
    ...(responseFormat?.type === 'json' && {
      output: {
        json: (responseFormat.schema ?? {}) as JsonObject,
        ...(responseFormat.name !== undefined && { name: responseFormat.name }),
      },
    }),
    ...readSampling(options),
    ...(options.includeRawChunks === true && { includeRaw: true }),
    ...(abortSignal !== undefined && { signal: abortSignal }),
    ...(Object.keys(providerOptions).length > 0 && {
      providerOptions: providerOptions as NonNullable<GenerateRequest['providerOptions']>,
    }),
    ...own,
  };
  return { request, scopes, warnings };
}

function readSampling(options: LanguageModelV4CallOptions): Partial<GenerateRequest> {
  const { maxOutputTokens, temperature, topP, topK, stopSequences, seed, reasoning } = options;
  return {
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(topK !== undefined && { topK }),
    ...(stopSequences !== undefined && stopSequences.length > 0 && { stop: stopSequences }),
    ...(seed !== undefined && { seed }),
    ...(reasoning !== undefined && reasoning !== 'provider-default' && { effort: reasoning }),
  };
}

function readTool(tool: NonNullable<LanguageModelV4CallOptions['tools']>[number], warn: Warn): readonly Tool[] {
  if (tool.type === 'provider') {
    warn('tools', `the tool "${tool.name}" (${tool.id}) was left out: a provider runs it itself, and ours do not`);
    return [];
  }
  const { name, description, inputSchema, inputExamples } = tool;
  if (inputExamples !== undefined) warn('tools', `the examples of "${name}" were left out: tools of ours have none`);
  const input = { json: inputSchema as JsonObject };
  return [{ name, ...(description !== undefined && { description }), input }];
}

function readToolChoice(choice: NonNullable<LanguageModelV4CallOptions['toolChoice']>): ToolChoice {
  return choice.type === 'tool' ? { tool: choice.toolName } : choice.type;
}

function warnOfRest(options: LanguageModelV4CallOptions, warn: Warn): void {
  for (const option of ['presencePenalty', 'frequencyPenalty'] as const) {
    if (options[option] !== undefined) warn(option, `${option} was not sent: requests of ours have no such option`);
  }
  // The AI SDK adds the name of its version to every call by itself.
  const headers = Object.keys(options.headers ?? {}).filter((name) => name.toLowerCase() !== 'user-agent');
  if (headers.length > 0)
    warn('headers', `headers were not sent (${headers.join(', ')}): give them to the model itself`);
}
