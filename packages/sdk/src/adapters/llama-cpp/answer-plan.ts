import type { Token } from 'node-llama-cpp';
import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import { ModelCallError } from '../../errors/model-call-error.ts';
import { maxTopLogprobs } from '../../local/token-choice.ts';
import type { GenerateRequest, Tool } from '../../spec/request.ts';
import type { Warning } from '../../spec/result.ts';
import { collectWarnings, type Warn } from '../../wire/collect-warnings.ts';
import { schemaJson } from '../../wire/schema-json.ts';
import { answerGrammar } from './answer-grammar.ts';
import type { AnswerForm } from './answer-reader.ts';
import type { Engine } from './load-engine.ts';
import { effortShares, reasoningCap } from './reasoning-formats.ts';
import { type RenderedPrompt, renderPrompt } from './render-prompt.ts';
import { pythonTag } from './tool-formats.ts';

/** How a request is answered. */
export interface AnswerPlan extends PromptPlan {
  readonly form: AnswerForm;
  /** Special tokens that are part of the answer's form, with their text. */
  readonly shown: ReadonlyMap<number, string>;
  /** What every answer is held to, in GBNF. */
  readonly grammar: string | undefined;
  /** Tokens of one answer at most, thought included. */
  readonly maxTokens: number;
  /** Tokens of its thought at most. */
  readonly reasoningCap: number;
  readonly warnings: readonly Warning[];
}

/** The prompt, and what may be put into the answer. */
export interface PromptPlan {
  readonly prompt: RenderedPrompt;
  /** Ends a thought that reached its cap: evaluated like the prompt, and counted as input. */
  readonly closing: readonly Token[];
}

/**
 * Prompt tokens at most, of all samples together: the prompt, and for each sample what may be put in to end its thought.
 */
export function countPromptTokens(engine: Engine, request: GenerateRequest): number {
  const { prompt, closing } = planPrompt(engine, request, () => undefined);
  return prompt.tokens.length + closing.length * (request.samples ?? 1);
}

/** The prompt of a request, up to where the answer begins. */
export function promptTokens(engine: Engine, request: GenerateRequest): readonly Token[] {
  return planPrompt(engine, request, () => undefined).prompt.tokens;
}

/** Plans an answer; what cannot be done is in the warnings. */
export function planAnswer(engine: Engine, request: GenerateRequest): AnswerPlan {
  const { warnings, warn } = collectWarnings();
  const { chat, modelId, contextTokens, model } = engine;
  const { prompt, closing } = planPrompt(engine, request, warn);
  const room = contextTokens - prompt.tokens.length - closing.length;
  if (room < 1) {
    throw new ModelCallError(
      `The prompt has ${prompt.tokens.length} tokens; "${modelId}" was opened with room for ${contextTokens}. Shorten it, or raise contextTokens.`,
      { failure: 'context-length', dispatch: 'not-sent' },
    );
  }
  warnOfOptions(engine, request, warn);
  const tools = toolsOf(engine, request);
  const marks = [
    ...(tools.length > 0 && chat.tools !== undefined ? [chat.tools.open || pythonTag, chat.tools.close] : []),
    ...(chat.reasoning === undefined ? [] : [chat.reasoning.open, chat.reasoning.close, chat.reasoning.answer ?? '']),
  ];
  const special = chat.special.tokensIn(marks.join(' '));
  const maxTokens = Math.min(request.maxOutputTokens ?? room, room);
  return {
    prompt,
    closing,
    maxTokens,
    reasoningCap: reasoningCap(maxTokens, request),
    grammar: answerGrammar(chat, { request, tools, warn }),
    shown: new Map(special.map((token) => [token, model.detokenize([token], true)])),
    form: {
      stops: request.stop ?? [],
      origin: { provider: 'llama-cpp', modelId },
      reasoning: chat.reasoning,
      thinks: prompt.thinks,
      tools:
        tools.length === 0 || chat.tools === undefined
          ? undefined
          : {
              format: chat.tools,
              schemas: new Map(tools.map(({ name, input }) => [name, schemaJson(input, `tools.${name}.input`)])),
              callsBefore: callsIn(request),
            },
    },
    warnings,
  };
}

function planPrompt(engine: Engine, request: GenerateRequest, warn: Warn): PromptPlan {
  const { chat } = engine;
  const tools = toolsOf(engine, request);
  const { tools: _, ...rest } = request;
  const mayThink = request.effort !== 'none' && request.maxReasoningTokens !== 0;
  // A grammar would not let the model begin its thought, so that is done for it.
  const isHeld = request.output !== undefined || mustCall(request);
  return {
    prompt: renderPrompt(engine, tools.length === 0 ? rest : { ...rest, tools }, {
      thinking: !mayThink ? 'off' : isHeld ? 'begun' : 'allowed',
      warn,
    }),
    closing: chat.reasoning === undefined ? [] : chat.special.tokenize(chat.reasoning.cut),
  };
}

/** The tools the model is shown: none where it knows no tools, or where it is not to call one. */
function toolsOf({ chat }: Engine, { tools = [], toolChoice }: GenerateRequest): readonly Tool[] {
  if (typeof toolChoice === 'object' && !tools.some(({ name }) => name === toolChoice.tool)) {
    throw new InvalidOptionError(
      'toolChoice',
      `toolChoice names the tool "${toolChoice.tool}", which is not among tools (${tools.map(({ name }) => name).join(', ') || 'none'}). Add it, or name another.`,
    );
  }
  if (toolChoice === 'required' && tools.length === 0) {
    throw new InvalidOptionError('toolChoice', 'toolChoice is "required", and there are no tools. Give some.');
  }
  return chat.tools === undefined || toolChoice === 'none' ? [] : tools;
}

/** Whether a call is forced. */
export function mustCall({ toolChoice }: GenerateRequest): boolean {
  return toolChoice === 'required' || typeof toolChoice === 'object';
}

function callsIn({ messages }: GenerateRequest): number {
  const ids = new Set<string>();
  for (const { content } of messages) {
    if (typeof content === 'string') continue;
    for (const part of content) if (part.type === 'tool-call' || part.type === 'tool-result') ids.add(part.toolCallId);
  }
  return ids.size;
}

function warnOfOptions({ chat, modelId }: Engine, request: GenerateRequest, warn: Warn): void {
  const { tools = [], effort, logprobs, serviceTier } = request;
  if (tools.length > 0 && chat.tools === undefined) {
    warn('tools', `The chat template of "${modelId}" has no place for tools; they were left out.`);
  }
  if (effort !== undefined && effort !== 'none' && chat.reasoning === undefined) {
    warn('effort', `"${modelId}" is not known to think, so there is no effort to set; it was left out.`);
  }
  if (effort !== undefined && chat.reasoning !== undefined && effortShares[effort] === undefined) {
    const levels = Object.keys(effortShares).join(', ');
    warn('effort', `effort must be one of ${levels} here, received "${effort}"; it was taken as the highest of these.`);
  }
  if (logprobs !== undefined && logprobs.top > maxTopLogprobs) {
    warn(
      'logprobs',
      `logprobs.top must be in [0, ${maxTopLogprobs}] here, received ${logprobs.top}; ${maxTopLogprobs} are given.`,
    );
  }
  if (serviceTier !== undefined) warn('serviceTier', 'A model in this process has no service tiers; it was left out.');
}
