import type { LeafPart } from '../../leaf/leaf-call.ts';
import type { AssistantPart, Origin } from '../../spec/content.ts';
import { type AnswerMark, firstMark, heldBack } from './answer-marks.ts';
import { CallArguments } from './call-arguments.ts';
import { type ReadCall, readCalls, type ToolSchemas } from './read-calls.ts';
import type { ReasoningFormat } from './reasoning-formats.ts';
import { callId } from './template-messages.ts';
import { pythonTag, type ToolFormat } from './tool-formats.ts';

/** How an answer is read. */
export interface AnswerForm {
  /** End the answer where they are met in its text, not in a thought and not in a call. */
  readonly stops: readonly string[];
  readonly origin: Origin;
  readonly reasoning: ReasoningFormat | undefined;
  /** The answer begins inside a thought. */
  readonly thinks: boolean;
  readonly tools:
    | { readonly format: ToolFormat; readonly schemas: ToolSchemas; readonly callsBefore: number }
    | undefined;
}

// Models that were trained on markers leave them out now and then, and write the calls alone, or as a block of code.
const bareBeginning = /^(?:```(?:json)?\s*)?\[?\s*\{/;
const maybeBare = /^(?:`{1,2}|```(?:j|js|jso|json)?\s*\[?\s*|\[\s*)$/;

type Mode = 'thought' | 'text' | 'call' | 'ended';

/** An answer as its text arrives: thoughts, text and calls told apart. What may yet become a marker is held back. */
export class AnswerReader {
  readonly #form: AnswerForm;
  readonly #emit: ((part: LeafPart) => void) | undefined;
  readonly #sample: number;
  readonly #marks: readonly AnswerMark[];
  #mode: Mode;
  /** Text that was not read yet. In a call: all of it. */
  #rest = '';
  #parts: { type: 'text' | 'reasoning'; text: string }[] = [];
  #done: AssistantPart[] = [];
  #calls = 0;
  #arguments: CallArguments | undefined;
  #isBare = false;
  #skipsSpace = false;
  #hasThought = false;
  #hasText = false;
  #stop: string | undefined;

  constructor(form: AnswerForm, sample: number, emit?: (part: LeafPart) => void) {
    this.#form = form;
    this.#sample = sample;
    this.#emit = emit;
    this.#mode = form.thinks ? 'thought' : 'text';
    this.#skipsSpace = form.thinks;
    this.#hasThought = form.thinks;
    const { reasoning, tools, stops } = form;
    this.#marks = [
      ...(reasoning === undefined ? [] : [{ text: reasoning.open, is: 'thought' as const }]),
      ...(reasoning?.answer === undefined ? [] : [{ text: reasoning.answer, is: 'nothing' as const }]),
      ...(tools === undefined ? [] : [{ text: tools.format.open || pythonTag, is: 'call' as const }]),
      ...stops.map((text) => ({ text, is: 'stop' as const })),
    ];
  }

  get isThinking(): boolean {
    return this.#mode === 'thought';
  }

  /** Nothing of the answer itself was written yet. */
  get isEmpty(): boolean {
    return !this.#hasText && this.#calls === 0 && this.#mode !== 'call' && this.#rest.trim() === '';
  }

  get calls(): number {
    return this.#calls;
  }

  /** The stop string that was met. */
  get stop(): string | undefined {
    return this.#stop;
  }

  push(text: string): void {
    this.#rest += text;
    for (;;) if (!this.#step()) return;
  }

  /** Reads what was held back. Gives the content; text is always a part of it unless there are calls. */
  finish(): readonly AssistantPart[] {
    switch (this.#mode) {
      case 'thought':
        this.#release('reasoning', this.#rest.trimEnd());
        break;
      case 'text':
        if (this.#calls === 0 || this.#rest.trim() !== '') this.#release('text', this.#rest);
        break;
      case 'call':
        this.#endCall(this.#rest, true);
        break;
      case 'ended':
        break;
      default:
        this.#mode satisfies never;
    }
    this.#mode = 'ended';
    this.#closeParts();
    if (!this.#done.some((part) => part.type !== 'reasoning')) this.#done.push({ type: 'text', text: '' });
    return this.#done;
  }

  /** Reads up to the next change of mode. False where more text is needed. */
  #step(): boolean {
    switch (this.#mode) {
      case 'thought':
        return this.#readThought();
      case 'text':
        return this.#readText();
      case 'call':
        return this.#readCall();
      case 'ended':
        return false;
      default:
        return this.#mode satisfies never;
    }
  }

  #readThought(): boolean {
    const close = this.#form.reasoning?.close ?? '';
    const at = this.#rest.indexOf(close);
    if (at < 0) {
      this.#releaseUpTo('reasoning', this.#rest.length - heldBack(this.#rest, [close]), true);
      return false;
    }
    this.#release('reasoning', this.#rest.slice(0, at).trimEnd());
    this.#turnTo('text', at + close.length);
    return true;
  }

  #readText(): boolean {
    const { tools } = this.#form;
    if (this.#skipsSpace) this.#rest = this.#rest.trimStart();
    if (tools !== undefined && !this.#hasText && this.#calls === 0) {
      const begin = this.#rest.trimStart();
      if (bareBeginning.test(begin)) {
        this.#isBare = true;
        this.#turnTo('call', 0);
        return true;
      }
      if (maybeBare.test(begin)) return false;
    }
    const marks = this.#marks.filter(({ is }) => is !== 'thought' || this.#mayThink());
    const mark = firstMark(this.#rest, marks);
    if (mark === undefined) {
      const held = heldBack(
        this.#rest,
        marks.map(({ text }) => text),
      );
      this.#releaseUpTo('text', this.#rest.length - held, tools !== undefined || this.#mayThink());
      return false;
    }
    const before = this.#rest.slice(0, mark.at);
    this.#release('text', mark.is === 'stop' ? before : before.trimEnd());
    switch (mark.is) {
      case 'stop':
        this.#stop = this.#rest.slice(mark.at, mark.at + mark.length);
        this.#turnTo('ended', this.#rest.length);
        return false;
      case 'thought':
        this.#hasThought = true;
        this.#turnTo('thought', mark.at + mark.length);
        return true;
      case 'nothing':
        this.#turnTo('text', mark.at + mark.length);
        return true;
      case 'call':
        this.#isBare = false;
        this.#turnTo('call', mark.at + mark.length);
        return true;
      default:
        return mark.is satisfies never;
    }
  }

  #readCall(): boolean {
    const { tools } = this.#form;
    if (tools === undefined) return false;
    const { open, close } = tools.format;
    // Without a marker at its end, a call ends where the next one begins.
    const end = this.#isBare ? '' : close || open;
    const at = end === '' ? -1 : this.#rest.indexOf(end);
    if (at < 0) {
      this.#showArguments(this.#rest.slice(0, this.#rest.length - (end === '' ? 0 : heldBack(this.#rest, [end]))));
      return false;
    }
    this.#endCall(this.#rest.slice(0, at), false);
    this.#turnTo('text', close === '' ? at : at + close.length);
    return true;
  }

  #showArguments(body: string): void {
    const { tools } = this.#form;
    // A bare answer may turn out to be no call.
    if (tools === undefined || this.#emit === undefined || (this.#isBare && tools.format.open !== '')) return;
    const more = this.#arguments?.read(body);
    if (more === undefined || (this.#isBare && !tools.schemas.has(more.toolName))) return;
    this.#emit({
      type: 'tool-input-delta',
      sample: this.#sample,
      toolCallId: callId(tools.callsBefore + this.#calls),
      toolName: more.toolName,
      text: more.text,
    });
  }

  #endCall(body: string, isCut: boolean): void {
    const { tools, origin } = this.#form;
    if (tools === undefined) return;
    if (!this.#isBare) this.#showArguments(body);
    const read = readCalls(body, this.#isBare ? { ...tools.format, body: 'object' } : tools.format, tools.schemas);
    if (this.#isBare && !read.some(({ toolName }) => tools.schemas.has(toolName))) {
      const stop = firstMark(
        body,
        this.#marks.filter(({ is }) => is === 'stop'),
      );
      if (stop !== undefined) this.#stop = body.slice(stop.at, stop.at + stop.length);
      this.#release('text', body.slice(0, stop?.at));
      return;
    }
    if (this.#isBare) this.#showArguments(body);
    this.#closeParts();
    for (const call of read) {
      const part = {
        type: 'tool-call' as const,
        toolCallId: callId(tools.callsBefore + this.#calls),
        ...(isCut && tools.format.close !== '' && !this.#isBare ? unfinished(call) : call),
        origin,
      };
      this.#calls += 1;
      this.#done.push(part);
      this.#emit?.({ type: 'tool-call', sample: this.#sample, call: part });
    }
  }

  #turnTo(mode: Mode, from: number): void {
    this.#mode = mode;
    this.#rest = this.#rest.slice(from);
    this.#skipsSpace = mode !== 'call';
    const { tools } = this.#form;
    this.#arguments = mode === 'call' && tools !== undefined ? new CallArguments(tools.format) : undefined;
  }

  /** There is one thought, and it comes before everything else. */
  #mayThink(): boolean {
    const open = this.#form.reasoning?.open;
    if (open === undefined || this.#hasThought || this.#hasText || this.#calls > 0) return false;
    const begin = this.#rest.trimStart();
    return begin.startsWith(open) || open.startsWith(begin);
  }

  #releaseUpTo(type: 'text' | 'reasoning', end: number, holdsSpace: boolean): void {
    const ready = this.#rest.slice(0, end);
    const text = holdsSpace ? ready.trimEnd() : ready;
    this.#release(type, text);
    this.#rest = this.#rest.slice(text.length);
  }

  #release(type: 'text' | 'reasoning', text: string): void {
    const shown = this.#skipsSpace ? text.trimStart() : text;
    if (shown === '') return;
    this.#skipsSpace = false;
    if (type === 'text') this.#hasText = true;
    const last = this.#parts.at(-1);
    if (last?.type === type) last.text += shown;
    else this.#parts.push({ type, text: shown });
    this.#emit?.({ type: type === 'text' ? 'text-delta' : 'reasoning-delta', sample: this.#sample, text: shown });
  }

  #closeParts(): void {
    for (const { type, text } of this.#parts) {
      this.#done.push(type === 'text' ? { type, text } : { type, text, origin: this.#form.origin });
    }
    this.#parts = [];
  }
}

function unfinished(call: ReadCall): ReadCall {
  return { ...call, invalid: call.invalid ?? 'The answer ended before the call did.' };
}
