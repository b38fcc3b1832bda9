import type { ChatHistoryItem, ChatWrapper, LlamaModel, Token } from 'node-llama-cpp';
import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import type { GenerateRequest, Tool } from '../../spec/request.ts';
import type { Warn } from '../../wire/collect-warnings.ts';
import { schemaJson } from '../../wire/schema-json.ts';
import type { Chat } from './chat.ts';
import { type TemplateMessage, templateMessages } from './template-messages.ts';

/** A prompt as the model's own chat template writes it. */
export interface RenderedPrompt {
  readonly tokens: readonly Token[];
  /** Tokens that end an answer, beside the model's own end tokens. */
  readonly endTokens: ReadonlySet<Token>;
  /** The answer begins inside a thought. */
  readonly thinks: boolean;
}

/** How a prompt is written. */
export interface PromptOptions {
  /** Whether the model may think, must begin with it, or must not. */
  readonly thinking: 'allowed' | 'begun' | 'off';
  readonly warn: Warn;
}

// Marks the place where a last message of the assistant is left open.
const openEnd = '\uE002';

/**
 * Writes messages and tools with the GGUF's own chat template. A last message of the assistant is left open, so that
 * generation goes on from exactly there.
 *
 * @throws InvalidOptionError `messages` where the template refuses them, with its reason.
 */
export function renderPrompt(
  { model, chat }: { readonly model: LlamaModel; readonly chat: Chat },
  request: GenerateRequest,
  { thinking, warn }: PromptOptions,
): RenderedPrompt {
  const { template, special, reasoning, argumentsAsText } = chat;
  const messages = templateMessages(request.messages, { argumentsAsText, warn });
  if (template === undefined) return byWrapper(model, chat.wrapper, messages);

  const isOpen = messages.at(-1)?.role === 'assistant' && messages.at(-1)?.['tool_calls'] === undefined;
  const guarded = special.guard(messages);
  const values = {
    messages: isOpen ? withOpenEnd(guarded) : guarded,
    tools:
      request.tools === undefined || request.tools.length === 0 ? null : special.guard(request.tools.map(templateTool)),
    add_generation_prompt: !isOpen,
    bos_token: model.tokens.bosString ?? '',
    eos_token: model.tokens.eosString ?? '',
    ...(request.effort !== undefined && { reasoning_effort: request.effort }),
    ...((request.effort !== undefined || thinking === 'off') && { enable_thinking: thinking !== 'off' }),
  };
  let prompt = render(chat, values);
  if (isOpen) prompt = prompt.slice(0, prompt.lastIndexOf(openEnd));
  let thinks = false;
  if (reasoning !== undefined) {
    const { open, close, cut, none } = reasoning;
    const written = prompt.trimEnd();
    const last = isOpen ? (messages.at(-1)?.content ?? '') : '';
    thinks = isOpen ? last.lastIndexOf(open) > last.lastIndexOf(close) : written.endsWith(open);
    if (thinks && thinking === 'off') {
      prompt += cut;
      thinks = false;
    } else if (!thinks && last.trim() === '' && !written.endsWith(close) && !written.endsWith(none.trimEnd())) {
      if (thinking === 'off') prompt += none;
      if (thinking === 'begun') {
        prompt += `${open}\n`;
        thinks = true;
      }
    }
  }
  return { tokens: withBeginning(special.tokenize(prompt), model), endTokens: chat.endTokens, thinks };
}

function render({ template }: Chat, values: { readonly messages: readonly TemplateMessage[] }): string {
  try {
    return template?.render(values) ?? '';
  } catch (error) {
    const merged = withoutSystem(values.messages);
    if (merged !== undefined) {
      try {
        return template?.render({ ...values, messages: merged }) ?? '';
      } catch {
        // The first reason is the one that is told.
      }
    }
    throw new InvalidOptionError(
      'messages',
      `The chat template of this model refuses these messages: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** For templates without a system role: its text comes first in the first message of the user. */
function withoutSystem([first, second, ...rest]: readonly TemplateMessage[]): readonly TemplateMessage[] | undefined {
  if (first?.role !== 'system' || second?.role !== 'user') return undefined;
  return [{ ...second, content: `${first.content}\n\n${second.content}` }, ...rest];
}

function withOpenEnd(messages: readonly TemplateMessage[]): readonly TemplateMessage[] {
  return messages.map((message, i) =>
    i === messages.length - 1 ? { ...message, content: message.content + openEnd } : message,
  );
}

/** A tool as chat templates read it. */
function templateTool({ name, description, input }: Tool): { readonly type: 'function'; readonly function: object } {
  return {
    type: 'function',
    function: { name, description: description ?? '', parameters: schemaJson(input, `tools.${name}.input`) },
  };
}

/** Adds the beginning of a sequence where the vocabulary wants one and the template wrote none; writes it once where both did. */
function withBeginning(tokens: readonly Token[], model: LlamaModel): readonly Token[] {
  const { bos, shouldPrependBosToken } = model.tokens;
  if (bos === null) return tokens;
  if (tokens[0] === bos && tokens[1] === bos) return tokens.slice(1);
  return shouldPrependBosToken && tokens[0] !== bos ? [bos, ...tokens] : tokens;
}

/** For a GGUF without a chat template: what the engine takes for its family. */
function byWrapper(model: LlamaModel, wrapper: ChatWrapper, messages: readonly TemplateMessage[]): RenderedPrompt {
  const chatHistory = messages.map(({ role, content }): ChatHistoryItem => {
    if (role === 'assistant') return { type: 'model', response: [content] };
    return role === 'system' ? { type: 'system', text: content } : { type: 'user', text: content };
  });
  if (chatHistory.at(-1)?.type !== 'model') chatHistory.push({ type: 'model', response: [] });
  const { contextText, stopGenerationTriggers } = wrapper.generateContextState({ chatHistory });
  const endTokens = new Set<Token>();
  for (const trigger of stopGenerationTriggers) {
    const [only, ...more] = trigger.tokenize(model.tokenizer);
    if (only !== undefined && more.length === 0) endTokens.add(only);
  }
  return { tokens: withBeginning(contextText.tokenize(model.tokenizer), model), endTokens, thinks: false };
}
