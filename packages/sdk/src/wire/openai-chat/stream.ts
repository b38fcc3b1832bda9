import type { LeafOutcome } from '../../leaf/leaf-call.ts';
import type { Origin } from '../../spec/content.ts';
import type { Warning } from '../../spec/result.ts';
import type { Usage } from '../../spec/usage.ts';
import { quotable, type ReplyFailure } from '../../transport/reply-failure.ts';
import { estimateTokens } from '../estimate-tokens.ts';
import { countOf, type Fields, fieldsOf, listOf, parsedJson, textOf } from '../json-fields.ts';
import { finishByEnd, type ReplyEnd, type ReplyReader, type ReplyReaderOptions, unreadable } from '../reply-reader.ts';
import { ChatChoice } from './choice.ts';
import { type ChunkFrame, frameOf } from './chunk-frame.ts';
import { readChatErrorField } from './error.ts';
import { readChatUsage } from './usage.ts';

/** What a reply is read for. */
export interface ChatReaderOptions extends ReplyReaderOptions {
  /** Samples that were asked for. */
  readonly samples: number;
}

/**
 * Reads a chat completion, streamed or whole: ended by `[DONE]`, complete when every sample has its `finish_reason`.
 */
export type ChatReader = ReplyReader;

/**
 * Makes a reader of one reply.
 *
 * @example
 * const reader = createChatReader({ samples: 1, origin, prompt: () => 'Name a prime.' });
 * reader.read('{"choices":[{"index":0,"delta":{"content":"97"},"finish_reason":"stop"}]}');
 * reader.outcome('whole').candidates[0]?.content; // [{ type: 'text', text: '97' }]
 */
export function createChatReader(options: ChatReaderOptions): ChatReader {
  return new ChatReplyReader(options);
}

/** After so many in a row that did not fit the next chunk, no more frames are made. */
const mostFramesTried = 8;

class ChatReplyReader implements ChatReader {
  readonly #samples: number;
  readonly #origin: Origin;
  readonly #prompt: ReplyReaderOptions['prompt'];
  readonly #emit: ReplyReaderOptions['emit'];
  /** By sample; some may be missing. */
  #choices: (ChatChoice | undefined)[] | undefined;
  #frame: ChunkFrame | undefined;
  #framed: ChatChoice | undefined;
  #framesTried = 0;
  #usage: unknown;
  #serviceTier: string | undefined;
  #ended = false;

  constructor({ samples, origin, prompt, emit }: ChatReaderOptions) {
    this.#samples = samples;
    this.#origin = origin;
    this.#prompt = prompt;
    this.#emit = emit;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get complete(): boolean {
    const known = this.#known;
    // A server that ignores `n` sends fewer: then only its word that this is all tells them from those still to come.
    if (known.length === 0 || (known.length < this.#samples && !this.#ended)) return false;
    return known.every((choice) => choice.finished);
  }

  get begun(): boolean {
    return this.#known.some((choice) => choice.begun);
  }

  read(data: string): ReplyFailure | undefined {
    if (data === '[DONE]') {
      this.#ended = true;
      return undefined;
    }
    const text = this.#frame?.textOf(data);
    if (text !== undefined) {
      this.#framesTried = 0;
      this.#framed?.readText(text);
      return undefined;
    }
    const reply = fieldsOf(parsedJson(data));
    if (reply === undefined) return unreadable(`expected a JSON object, received ${quotable(data) || 'nothing'}`);
    if (reply['error'] != null) {
      // An error before the first token is a refusal that came late; after it, work was done that somebody may bill.
      return { ...readChatErrorField(reply['error']), dispatch: this.begun ? 'unknown' : 'refused' };
    }
    if (reply['usage'] != null) this.#usage = reply['usage'];
    this.#serviceTier = textOf(reply['service_tier']) ?? this.#serviceTier;
    for (const value of listOf(reply['choices'])) {
      const choice = fieldsOf(value);
      if (choice === undefined) continue;
      const index = countOf(choice['index']) ?? 0;
      if (index >= this.#samples) {
        return unreadable(`choice ${index} came, and ${this.#samples} were asked for (counted from 0)`);
      }
      this.#choice(index).read(choice);
    }
    this.#frameAs(data, reply);
    return undefined;
  }

  #frameAs(data: string, reply: Fields): void {
    this.#frame = undefined;
    // Some servers write something else into each chunk, such as padding.
    if (this.#framesTried === mostFramesTried) return;
    this.#framesTried += 1;
    this.#frame = frameOf(data, reply);
    if (this.#frame === undefined) return;
    this.#framed = this.#choice(countOf(fieldsOf(listOf(reply['choices'])[0])?.['index']) ?? 0);
  }

  outcome(end: ReplyEnd): LeafOutcome {
    const samples = this.#samples;
    const reported = readChatUsage(this.#usage, this.#serviceTier);
    const exact = reported?.inputUncached !== undefined && reported.outputText !== undefined && this.complete;
    const length = end === 'whole' ? (this.#choices?.length ?? 0) : samples;
    const candidates = Array.from({ length }, (_, sample) => this.#choice(sample).candidate(finishByEnd[end]));
    const warnings = end === 'whole' ? shortcomings(exact, length, samples) : [];
    return {
      candidates:
        exact && samples === 1
          ? candidates.map((only) => ({ ...only, outputTokens: outputTokens(reported) }))
          : candidates,
      ...(exact ? { usage: reported, usageKnown: 'exact' } : this.#estimate(reported)),
      ...(warnings.length > 0 && { warnings }),
    };
  }

  get #known(): readonly ChatChoice[] {
    return this.#choices?.filter((choice) => choice !== undefined) ?? [];
  }

  #choice(sample: number): ChatChoice {
    const known = this.#choices?.[sample];
    if (known !== undefined) return known;
    const choice = new ChatChoice({ sample, origin: this.#origin, emit: this.#emit });
    if (this.#choices === undefined && sample === 0) this.#choices = [choice];
    else (this.#choices ??= [])[sample] = choice;
    return choice;
  }

  /** Every bucket at least what its text needs, and at least what the server had counted when it was cut off. */
  #estimate(reported: Usage | undefined): Pick<LeafOutcome, 'usage' | 'usageKnown'> {
    // Nothing arrived: the engine may have been reading the prompt or thinking at length. Nothing bounds that but the hold.
    if (!this.begun && !this.complete && reported === undefined) return { usage: {}, usageKnown: 'upper-bound' };
    let outputText = 0;
    let outputReasoning = 0;
    for (const { written } of this.#known) {
      outputText += estimateTokens(written.rest);
      outputReasoning += estimateTokens(written.reasoning);
    }
    const inputUncached = reported?.inputUncached ?? estimateTokens(this.#prompt());
    outputText = Math.max(outputText, reported?.outputText ?? 0);
    outputReasoning = Math.max(outputReasoning, reported?.outputReasoning ?? 0);
    return {
      usage: { ...reported, inputUncached, outputText, ...(outputReasoning > 0 && { outputReasoning }) },
      usageKnown: 'estimated',
    };
  }
}

function outputTokens({ outputText = 0, outputReasoning = 0 }: Usage): number {
  return outputText + outputReasoning;
}

function shortcomings(exact: boolean, came: number, samples: number): readonly Warning[] {
  const warnings: Warning[] = [];
  if (!exact) {
    warnings.push({
      code: 'assumed',
      message: 'The reply held no usage; it was estimated at 1 token for 3 bytes.',
    });
  }
  if (came < samples) {
    const message = `${samples} samples were asked for in one call and ${came} came. Is capabilities.samples.nativeMax right?`;
    warnings.push({ code: 'short', option: 'samples', message });
  }
  return warnings;
}
