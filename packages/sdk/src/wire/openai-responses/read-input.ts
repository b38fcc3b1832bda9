import type {
  AssistantPart,
  FilePart,
  Message,
  ReasoningPart,
  TextPart,
  ToolResultPart,
  UserPart,
} from '../../spec/content.ts';
import { readToolInput } from '../tool-input.ts';
import { responsesMetadata } from './metadata.ts';
import { betweenSummaries } from './reply-item.ts';
import type { ResponsesItemFields } from './request-schema.ts';

type Item<Type extends string> = Extract<ResponsesItemFields, { readonly type: Type }>;
type PromptItem = Extract<Item<'message'>, { readonly role: 'user' | 'system' | 'developer' }>;
type PromptPart = Exclude<PromptItem['content'], string>[number];
type AnswerItem = Extract<Item<'message'>, { readonly role: 'assistant' }>;

/** A conversation, and the types of items that could not be read. */
export interface ReadResponsesInput {
  readonly messages: readonly Message[];
  readonly unread: readonly string[];
}

/**
 * Reads the items of a conversation. What a model made in one turn becomes one message, as do the results of its tools,
 * whose names come from the calls.
 */
export function readResponsesInput(
  input: string | readonly ResponsesItemFields[],
  instructions?: string | null,
): ReadResponsesInput {
  const system: readonly Message[] = instructions == null ? [] : [{ role: 'system', content: instructions }];
  if (typeof input === 'string') return { messages: [...system, { role: 'user', content: input }], unread: [] };
  const turns = new Turns();
  for (const item of input) turns.read(item);
  return { messages: [...system, ...turns.messages()], unread: turns.unread };
}

type Turn =
  | { readonly role: 'assistant'; readonly content: AssistantPart[]; text?: string }
  | { readonly role: 'tool'; readonly content: ToolResultPart[] }
  | Exclude<Message, { readonly role: 'assistant' | 'tool' }>;

class Turns {
  readonly unread: string[] = [];
  readonly #turns: Turn[] = [];
  readonly #toolNames = new Map<string, string>();

  messages(): readonly Message[] {
    // An answer that is one plain string stays one.
    return this.#turns.map((turn) =>
      turn.role === 'assistant' && turn.text !== undefined && turn.content.length === 1
        ? { role: 'assistant', content: turn.text }
        : (turn as Message),
    );
  }

  read(item: ResponsesItemFields): void {
    if (isA(item, 'message')) {
      if (item.role === 'assistant') this.#answer(item);
      else if (item.role === 'user') this.#turns.push({ role: 'user', content: readPrompt(item.content) });
      else this.#turns.push({ role: 'system', content: systemContent(item.content) });
    } else if (isA(item, 'reasoning')) {
      this.#assistant().content.push(readReasoning(item));
    } else if (isA(item, 'function_call')) {
      this.#toolNames.set(item.call_id, item.name);
      this.#assistant().content.push({
        type: 'tool-call',
        toolCallId: item.call_id,
        toolName: item.name,
        ...readToolInput(item.arguments),
      });
    } else if (isA(item, 'function_call_output')) {
      this.#results().push({
        type: 'tool-result',
        toolCallId: item.call_id,
        toolName: this.#toolNames.get(item.call_id) ?? '',
        output: typeof item.output === 'string' ? item.output : item.output.map((part) => part.text ?? '').join(''),
      });
    } else if (!this.unread.includes(item.type)) {
      this.unread.push(item.type);
    }
  }

  #answer({ content, phase }: AnswerItem): void {
    const turn = this.#assistant();
    if (typeof content === 'string' && phase == null && turn.content.length === 0) turn.text = content;
    const metadata = phase == null ? {} : { metadata: { [responsesMetadata]: { phase } } };
    const texts =
      typeof content === 'string' ? [content] : content.map((part) => ('text' in part ? part.text : part.refusal));
    turn.content.push(...texts.map((text): TextPart => ({ type: 'text', text, ...metadata })));
  }

  #assistant(): Extract<Turn, { readonly role: 'assistant' }> {
    const last = this.#turns.at(-1);
    if (last?.role === 'assistant') return last;
    const turn: Turn = { role: 'assistant', content: [] };
    this.#turns.push(turn);
    return turn;
  }

  #results(): ToolResultPart[] {
    const last = this.#turns.at(-1);
    if (last?.role === 'tool') return last.content;
    const content: ToolResultPart[] = [];
    this.#turns.push({ role: 'tool', content });
    return content;
  }
}

function isA<Type extends 'message' | 'reasoning' | 'function_call' | 'function_call_output'>(
  item: ResponsesItemFields,
  type: Type,
): item is Item<Type> {
  return item.type === type;
}

function readPrompt(content: PromptItem['content']): string | readonly UserPart[] {
  if (typeof content === 'string') return content;
  return content.map((part) => ({ ...readPart(part), ...(part.prompt_cache_breakpoint != null && { cache: {} }) }));
}

function systemContent(content: PromptItem['content']): string | readonly TextPart[] {
  const read = readPrompt(content);
  return typeof read === 'string' ? read : read.filter((part) => part.type === 'text');
}

function readPart(part: PromptPart): UserPart {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
      return { type: 'text', text: part.text };
    case 'input_image':
      return readFile(part.image_url, 'image/*');
    case 'input_file':
      return {
        ...readFile(part.file_data ?? part.file_url ?? '', 'application/octet-stream'),
        ...(part.filename != null && { filename: part.filename }),
      };
    default:
      return part satisfies never;
  }
}

function readFile(address: string, otherwise: string): FilePart {
  const [, mediaType, base64] = /^data:([^;,]+);base64,(.*)$/s.exec(address) ?? [];
  if (mediaType === undefined || base64 === undefined) {
    return { type: 'file', mediaType: otherwise, data: { url: address } };
  }
  return { type: 'file', mediaType, data: { base64 } };
}

function readReasoning({ id, summary, encrypted_content: encrypted }: Item<'reasoning'>): ReasoningPart {
  const own = { ...(id != null && { id }), ...(encrypted != null && { encrypted_content: encrypted }) };
  return {
    type: 'reasoning',
    text: (summary ?? []).map(({ text }) => text).join(betweenSummaries),
    ...(Object.keys(own).length > 0 && { metadata: { [responsesMetadata]: own } }),
  };
}
