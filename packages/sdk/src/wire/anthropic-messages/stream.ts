import type { LeafOutcome } from '../../leaf/leaf-call.ts';
import type { Origin } from '../../spec/content.ts';
import type { Finish, Warning } from '../../spec/result.ts';
import type { Usage } from '../../spec/usage.ts';
import { quotable, type ReplyFailure } from '../../transport/reply-failure.ts';
import { estimateTokens } from '../estimate-tokens.ts';
import { countOf, type Fields, fieldsOf, listOf, parsedJson, textOf } from '../json-fields.ts';
import { finishByEnd, type ReplyEnd, type ReplyReader, type ReplyReaderOptions, unreadable } from '../reply-reader.ts';
import { type ContentBlock, createContentBlock } from './content-block.ts';
import { readMessagesErrorField } from './error.ts';
import { readMessagesFinish } from './finish.ts';
import { readMessagesUsage } from './usage.ts';

/**
 * Reads a message, streamed or whole: ended by `message_stop`, complete with its `stop_reason`. The prompt's usage is known from
 * the first event on.
 */
export type MessagesReader = ReplyReader;

/**
 * Makes a reader of one reply.
 *
 * @example
 * const reader = createMessagesReader({ origin, prompt: () => 'Name a prime.' });
 * reader.read('{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"97"}}');
 * reader.outcome('aborted').candidates[0]?.content; // [{ type: 'text', text: '97' }]
 */
export function createMessagesReader(options: ReplyReaderOptions): MessagesReader {
  return new MessagesReplyReader(options);
}

class MessagesReplyReader implements MessagesReader {
  readonly #origin: Origin;
  readonly #prompt: ReplyReaderOptions['prompt'];
  readonly #emit: ReplyReaderOptions['emit'];
  // Made when there is something: until then, which may be long, nothing is held.
  #blocks: Map<number, ContentBlock> | undefined;
  #warning: Warning | undefined;
  #usage: Fields | undefined;
  #finish: Finish | undefined;
  #ended = false;

  constructor({ origin, prompt, emit }: ReplyReaderOptions) {
    this.#origin = origin;
    this.#prompt = prompt;
    this.#emit = emit;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get complete(): boolean {
    return this.#finish !== undefined;
  }

  get begun(): boolean {
    return this.#blocks !== undefined;
  }

  read(data: string): ReplyFailure | undefined {
    if (data === '[DONE]') return undefined;
    const event = fieldsOf(parsedJson(data));
    if (event === undefined) return unreadable(`expected a JSON object, received ${quotable(data) || 'nothing'}`);
    switch (event['type']) {
      case 'message_start':
        this.#addUsage(fieldsOf(event['message'])?.['usage']);
        return undefined;
      case 'content_block_start':
        this.#start(countOf(event['index']) ?? this.#blocks?.size ?? 0, fieldsOf(event['content_block']) ?? {});
        return undefined;
      case 'content_block_delta':
      case 'content_block_stop':
        return this.#continue(event);
      case 'message_delta':
        this.#addUsage(event['usage']);
        this.#end(fieldsOf(event['delta']) ?? {});
        return undefined;
      case 'message_stop':
        this.#ended = true;
        return undefined;
      case 'message':
        this.#readWhole(event);
        return undefined;
      case 'error':
        return this.#error(event['error']);
      default:
        // Pings, and events that later versions of the API may add.
        return event['error'] == null ? undefined : this.#error(event['error']);
    }
  }

  outcome(end: ReplyEnd): LeafOutcome {
    const reported = readMessagesUsage(this.#usage);
    const exact = this.complete && isCounted(reported, this.begun);
    const content = [...(this.#blocks?.values() ?? [])].flatMap((block) => block.part ?? []);
    const finish = this.#finish ?? finishByEnd[end];
    const warnings: Warning[] =
      end === 'whole' && !exact
        ? [{ code: 'assumed', message: 'The reply held no usage; it was estimated at 1 token for 3 bytes.' }]
        : [];
    if (this.#warning !== undefined) warnings.unshift(this.#warning);
    return {
      candidates: [{ content, finish, ...(exact && { outputTokens: outputTokens(reported) }) }],
      ...(exact ? { usage: reported, usageKnown: 'exact' } : this.#estimate(reported)),
      ...(warnings.length > 0 && { warnings }),
    };
  }

  #start(index: number, fields: Fields): void {
    this.#blocks ??= new Map();
    this.#blocks.set(index, createContentBlock(fields, { origin: this.#origin, emit: this.#emit }));
  }

  #continue(event: Fields): ReplyFailure | undefined {
    const block = this.#blocks?.get(countOf(event['index']) ?? -1);
    if (block === undefined) return unreadable(`${textOf(event['type'])} came for a block that was not started`);
    if (event['type'] === 'content_block_stop') block.stop();
    else block.read(fieldsOf(event['delta']) ?? {});
    return undefined;
  }

  /** Later reports are cumulative and leave out what has not changed. */
  #addUsage(value: unknown): void {
    const told = Object.entries(fieldsOf(value) ?? {}).filter(([, each]) => each !== null && each !== undefined);
    if (told.length > 0) this.#usage = { ...this.#usage, ...Object.fromEntries(told) };
  }

  #end(delta: Fields): void {
    const reason = textOf(delta['stop_reason']);
    if (reason === undefined) return;
    this.#finish = readMessagesFinish(reason, textOf(delta['stop_sequence']));
    const details = fieldsOf(delta['stop_details']);
    if (details === undefined) return;
    const category = textOf(details['category']);
    const ended = `The model ended with ${reason}${category === undefined ? '' : ` (${category})`}.`;
    const why = textOf(details['explanation']);
    this.#warning = { code: 'other', message: why === undefined ? ended : `${ended} ${quotable(why)}` };
  }

  #readWhole(message: Fields): void {
    for (const value of listOf(message['content'])) {
      const index = this.#blocks?.size ?? 0;
      this.#start(index, fieldsOf(value) ?? {});
      this.#blocks?.get(index)?.stop();
    }
    this.#addUsage(message['usage']);
    this.#end(message);
    this.#ended = true;
  }

  #error(value: unknown): ReplyFailure {
    const { failure = 'server', message = 'no explanation' } = readMessagesErrorField(value);
    // An error before the first block is a refusal that came late; after it, work was done that somebody may bill.
    return { failure, message, dispatch: this.begun ? 'unknown' : 'refused' };
  }

  /** Every bucket at least what its text needs, and at least what the server had counted when it was cut off. */
  #estimate(reported: Usage | undefined): Pick<LeafOutcome, 'usage' | 'usageKnown'> {
    const { outputText: countedText = 0, outputReasoning: countedReasoning = 0, ...rest } = reported ?? {};
    const input = inputTokens(reported) > 0 ? rest : { inputUncached: estimateTokens(this.#prompt()) };
    let text = 0;
    let reasoning = 0;
    for (const { tokens } of this.#blocks?.values() ?? []) {
      // What is thought and not shown, or not begun, is bounded by nothing but the hold.
      if (tokens === undefined) return { usage: rest, usageKnown: 'upper-bound' };
      text += tokens.text;
      reasoning += tokens.reasoning;
    }
    if (!this.begun && !this.complete) return { usage: rest, usageKnown: 'upper-bound' };
    const outputReasoning = Math.max(reasoning, countedReasoning);
    return {
      usage: {
        ...input,
        outputText: Math.max(text, countedText),
        ...(outputReasoning > 0 && { outputReasoning }),
      },
      usageKnown: 'estimated',
    };
  }
}

/** Servers that count at the end only write zeros before: no prompt and no answer that began has 0 tokens. */
function isCounted(usage: Usage | undefined, begun: boolean): usage is Usage {
  return usage?.outputText !== undefined && inputTokens(usage) > 0 && (outputTokens(usage) > 0 || !begun);
}

function inputTokens({ inputUncached = 0, cacheRead = 0, cacheWrite }: Usage = {}): number {
  return inputUncached + cacheRead + (cacheWrite?.total ?? 0);
}

function outputTokens({ outputText = 0, outputReasoning = 0 }: Usage): number {
  return outputText + outputReasoning;
}
