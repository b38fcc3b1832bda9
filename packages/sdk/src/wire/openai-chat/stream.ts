import type { LeafOutcome } from '../../leaf/leaf-call.ts';
import type { Warning } from '../../spec/result.ts';
import type { Usage } from '../../spec/usage.ts';
import { quotable, type ReplyFailure } from '../../transport/reply-failure.ts';
import { estimateTokens } from '../estimate-tokens.ts';
import { countOf, fieldsOf, listOf, parsedJson, textOf } from '../json-fields.ts';
import { finishByEnd, type ReplyEnd, type ReplyReader, type ReplyReaderOptions, unreadable } from '../reply-reader.ts';
import { ChatChoice } from './choice.ts';
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

class ChatReplyReader implements ChatReader {
  readonly #options: ChatReaderOptions;
  /** By sample; some may be missing. */
  #choices: (ChatChoice | undefined)[] = [];
  #usage: unknown;
  #serviceTier: string | undefined;
  #ended = false;

  constructor(options: ChatReaderOptions) {
    this.#options = options;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get complete(): boolean {
    const known = this.#known;
    // A server that ignores `n` sends fewer: then only its word that this is all tells them from those still to come.
    if (known.length === 0 || (known.length < this.#options.samples && !this.#ended)) return false;
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
      if (index >= this.#options.samples) {
        return unreadable(`choice ${index} came, and ${this.#options.samples} were asked for (counted from 0)`);
      }
      this.#choice(index).read(choice);
    }
    return undefined;
  }

  outcome(end: ReplyEnd): LeafOutcome {
    const { samples } = this.#options;
    const reported = readChatUsage(this.#usage, this.#serviceTier);
    const exact = reported?.inputUncached !== undefined && reported.outputText !== undefined && this.complete;
    const length = end === 'whole' ? this.#choices.length : samples;
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
    return this.#choices.filter((choice) => choice !== undefined);
  }

  #choice(sample: number): ChatChoice {
    const known = this.#choices[sample];
    if (known !== undefined) return known;
    const choice = new ChatChoice({ sample, origin: this.#options.origin, emit: this.#options.emit });
    if (sample === 0 && this.#choices.length === 0) this.#choices = [choice];
    else this.#choices[sample] = choice;
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
    const inputUncached = reported?.inputUncached ?? estimateTokens(this.#options.prompt());
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
