import type { LeafCandidate, LeafPart } from '../../leaf/leaf-call.ts';
import type { AssistantPart, Origin, ToolCallPart } from '../../spec/content.ts';
import type { Finish, TokenLogprob } from '../../spec/result.ts';
import { countOf, type Fields, fieldsOf, listOf, textOf } from '../json-fields.ts';
import { readChatFinish } from './finish.ts';
import { GrowingText } from '../growing-text.ts';
import { readToolInput } from '../tool-input.ts';

interface CallBuffer {
  readonly id: string;
  name: string;
  readonly input: GrowingText;
}

/** What a choice is read for. */
export interface ChoiceOptions {
  readonly sample: number;
  readonly origin: Origin;
  readonly emit: ((part: LeafPart) => void) | undefined;
}

/** Puts one sample of a reply together, delta by delta. A whole message is read as one large delta. */
export class ChatChoice {
  readonly #sample: number;
  readonly #origin: Origin;
  readonly #emit: ChoiceOptions['emit'];
  // Most answers are text and nothing else.
  #calls: CallBuffer[] | undefined;
  /** By the index that the server gave them, from the first one on. */
  #callAt: Map<number, CallBuffer> | undefined;
  #logprobs: TokenLogprob[] | undefined;
  readonly #text = new GrowingText();
  #reasoning: GrowingText | undefined;
  #refused = false;
  #finish: Finish | undefined;

  constructor({ sample, origin, emit }: ChoiceOptions) {
    this.#sample = sample;
    this.#origin = origin;
    this.#emit = emit;
  }

  get finished(): boolean {
    return this.#finish !== undefined;
  }

  /** Something of the answer has arrived. */
  get begun(): boolean {
    return this.#text.whole !== '' || this.#reasoning !== undefined || this.#calls !== undefined;
  }

  /** Everything that was generated, for estimates of its size. */
  get written(): { readonly reasoning: string; readonly rest: string } {
    return {
      reasoning: this.#reasoning?.whole ?? '',
      rest: this.#text.whole + (this.#calls ?? []).map((call) => call.name + call.input.whole).join(''),
    };
  }

  read(choice: Fields): void {
    const delta = fieldsOf(choice['delta']) ?? fieldsOf(choice['message']);
    if (delta !== undefined) this.#readDelta(delta);
    for (const token of listOf(fieldsOf(choice['logprobs'])?.['content'])) this.#readLogprob(token);
    const word = textOf(choice['finish_reason']);
    if (word === undefined || this.#finish !== undefined) return;
    this.#finish = readChatFinish(word, { stopString: textOf(choice['stop_reason']), refused: this.#refused });
    if (this.#emit === undefined) return;
    for (const call of this.#calls ?? []) {
      this.#emit({ type: 'tool-call', sample: this.#sample, call: this.#callPart(call) });
    }
  }

  /** More of its text. */
  readText(text: string): void {
    if (text === '') return;
    this.#text.add(text);
    this.#emit?.({ type: 'text-delta', sample: this.#sample, text });
  }

  /** The answer so far. `cutBy` says how it ended where the server did not. */
  candidate(cutBy: Finish): LeafCandidate {
    const reasoning = this.#reasoning?.whole;
    const content: AssistantPart[] = [
      ...(reasoning === undefined ? [] : [{ type: 'reasoning' as const, text: reasoning, origin: this.#origin }]),
      ...(this.#text.whole === '' ? [] : [{ type: 'text' as const, text: this.#text.whole }]),
      ...(this.#calls ?? []).map((call) => this.#callPart(call)),
    ];
    return {
      content,
      finish: this.#finish ?? cutBy,
      ...(this.#logprobs !== undefined && { logprobs: this.#logprobs }),
    };
  }

  #readDelta(delta: Fields): void {
    const sample = this.#sample;
    const emit = this.#emit;
    const reasoning = textOf(delta['reasoning_content']) ?? textOf(delta['reasoning']) ?? '';
    if (reasoning !== '') {
      (this.#reasoning ??= new GrowingText()).add(reasoning);
      emit?.({ type: 'reasoning-delta', sample, text: reasoning });
    }
    const refusal = textOf(delta['refusal']) ?? '';
    if (refusal !== '') this.#refused = true;
    this.readText(contentText(delta['content']) + refusal);
    for (const call of listOf(delta['tool_calls'])) this.#readCall(fieldsOf(call) ?? {});
  }

  #readCall(fields: Fields): void {
    const called = fieldsOf(fields['function']) ?? {};
    const call = this.#callFor(fields);
    if (call.name === '') call.name = textOf(called['name']) ?? '';
    const text = textOf(called['arguments']) ?? '';
    call.input.add(text);
    this.#emit?.({ type: 'tool-input-delta', sample: this.#sample, toolCallId: call.id, toolName: call.name, text });
  }

  // A call goes on under its index. Servers that give every call the index 0 tell them apart by id only.
  #callFor(fields: Fields): CallBuffer {
    const index = countOf(fields['index']);
    const id = textOf(fields['id']) ?? '';
    const known = index === undefined ? undefined : this.#callAt?.get(index);
    if (known !== undefined && (id === '' || id === known.id)) return known;
    const call: CallBuffer = {
      id: id === '' ? `call-${this.#sample}-${this.#calls?.length ?? 0}` : id,
      name: '',
      input: new GrowingText(),
    };
    (this.#calls ??= []).push(call);
    if (index !== undefined) (this.#callAt ??= new Map()).set(index, call);
    return call;
  }

  #readLogprob(value: unknown): void {
    const token = readToken(value);
    if (token === undefined) return;
    const top = listOf(fieldsOf(value)?.['top_logprobs']).flatMap((alternative) => readToken(alternative) ?? []);
    (this.#logprobs ??= []).push(top.length === 0 ? token : { ...token, top });
  }

  #callPart(call: CallBuffer): ToolCallPart {
    const part = { type: 'tool-call' as const, toolCallId: call.id, toolName: call.name, origin: this.#origin };
    return { ...part, ...readToolInput(call.input.whole) };
  }
}

function readToken(value: unknown): TokenLogprob | undefined {
  const fields = fieldsOf(value);
  const text = textOf(fields?.['token']);
  const logprob = fields?.['logprob'];
  return text === undefined || typeof logprob !== 'number' ? undefined : { text, logprob };
}

/** Content is text; some servers write a list of parts, of which the texts count. */
function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  return listOf(content)
    .map((part) => textOf(fieldsOf(part)?.['text']) ?? '')
    .join('');
}
