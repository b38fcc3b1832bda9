import type { ChatHistoryItem, ChatWrapper, LlamaModel, Token } from 'node-llama-cpp';
import type { Message } from '../../spec/content.ts';
import type { GenerateRequest } from '../../spec/request.ts';

/** A prompt as the model's own chat template writes it. */
export interface RenderedPrompt {
  readonly tokens: readonly Token[];
  /** Tokens that end an answer, beside the model's own end tokens. */
  readonly endTokens: ReadonlySet<Token>;
}

/**
 * Writes messages with the GGUF's own chat template. A last message of the assistant is left open, so that generation
 * goes on from exactly there.
 */
export function renderPrompt(model: LlamaModel, wrapper: ChatWrapper, request: GenerateRequest): RenderedPrompt {
  const chatHistory = request.messages.map(historyItem);
  if (chatHistory.at(-1)?.type !== 'model') chatHistory.push({ type: 'model', response: [] });
  const { contextText, stopGenerationTriggers } = wrapper.generateContextState({ chatHistory });
  const endTokens = new Set<Token>();
  for (const trigger of stopGenerationTriggers) {
    const tokens = trigger.tokenize(model.tokenizer);
    const [only] = tokens;
    if (tokens.length === 1 && only !== undefined) endTokens.add(only);
  }
  return { tokens: withOneBeginning(contextText.tokenize(model.tokenizer), model), endTokens };
}

/** Some templates write the beginning of the sequence where the wrapper has written it already. */
function withOneBeginning(tokens: readonly Token[], model: LlamaModel): readonly Token[] {
  const { bos } = model.tokens;
  return bos !== null && tokens[0] === bos && tokens[1] === bos ? tokens.slice(1) : tokens;
}

function historyItem(message: Message): ChatHistoryItem {
  const text = textOfMessage(message);
  switch (message.role) {
    case 'system':
      return { type: 'system', text };
    case 'assistant':
      return { type: 'model', response: [text] };
    case 'user':
    case 'tool':
      return { type: 'user', text };
    default:
      return message satisfies never;
  }
}

function textOfMessage({ content }: Message): string {
  if (typeof content === 'string') return content;
  let text = '';
  for (const part of content) {
    if (part.type === 'text') text += part.text;
    else if (part.type === 'tool-result')
      text += typeof part.output === 'string' ? part.output : JSON.stringify(part.output);
  }
  return text;
}
