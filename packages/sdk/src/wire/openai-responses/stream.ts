import type { LeafOutcome } from '../../leaf/leaf-call.ts';
import type { Origin } from '../../spec/content.ts';
import type { Finish } from '../../spec/result.ts';
import type { Usage } from '../../spec/usage.ts';
import { quotable, type ReplyFailure } from '../../transport/reply-failure.ts';
import { estimateTokens } from '../estimate-tokens.ts';
import { countOf, type Fields, fieldsOf, listOf, parsedJson, textOf } from '../json-fields.ts';
import { finishByEnd, type ReplyEnd, type ReplyReader, type ReplyReaderOptions, unreadable } from '../reply-reader.ts';
import { readResponsesErrorField } from './error.ts';
import { readResponsesFinish } from './finish.ts';
import { ReplyItem } from './reply-item.ts';
import { readResponsesUsage } from './usage.ts';

/** Why a prompt was not read from the cache, as far as the provider says. */
export interface CacheMiss {
  /** For example `model_changed`, `tools_changed`, `reasoning_effort_changed`. */
  readonly reason: string;
  /** Prompt tokens that it cost, about. */
  readonly tokens?: number;
}

/**
 * Reads a response, streamed or whole: ended by its terminal event, complete also where the server said itself why the answer is
 * not. Names of events save reading those that only repeat others.
 */
export interface ResponsesReader extends ReplyReader {
  /** Reported for requests that ask for cache diagnostics. */
  readonly cacheMiss: CacheMiss | undefined;
}

/**
 * Makes a reader of one reply.
 *
 * @example
 * const reader = createResponsesReader({ origin, prompt: () => 'Name a prime.' });
 * reader.read('{"type":"response.output_text.delta","output_index":0,"delta":"97"}');
 * reader.outcome('cut').candidates[0]?.content; // [{ type: 'text', text: '97' }]
 */
export function createResponsesReader(options: ReplyReaderOptions): ResponsesReader {
  return new ResponsesReplyReader(options);
}

// Events that say what others say too.
const repeats: ReadonlySet<string> = new Set([
  'response.created',
  'response.in_progress',
  'response.queued',
  'response.content_part.added',
  'response.content_part.done',
  'response.output_text.done',
  'response.output_text.annotation.added',
  'response.refusal.done',
  'response.function_call_arguments.done',
  'response.reasoning_text.done',
  'response.reasoning_summary_text.done',
  'response.reasoning_summary_part.done',
]);

class ResponsesReplyReader implements ResponsesReader {
  readonly #origin: Origin;
  readonly #prompt: ReplyReaderOptions['prompt'];
  readonly #emit: ReplyReaderOptions['emit'];
  // Made when there is something: until then, which may be long, nothing is held.
  #items: Map<number, ReplyItem> | undefined;
  #response: Fields | undefined;
  #usage: Usage | undefined;
  #ended = false;
  #failed = false;

  constructor({ origin, prompt, emit }: ReplyReaderOptions) {
    this.#origin = origin;
    this.#prompt = prompt;
    this.#emit = emit;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get complete(): boolean {
    return this.#ended && !this.#failed;
  }

  get begun(): boolean {
    for (const item of this.#items?.values() ?? []) if (item.begun) return true;
    return false;
  }

  get cacheMiss(): CacheMiss | undefined {
    const diagnosis = fieldsOf(this.#response?.['prompt_cache_diagnostics']);
    const reason = textOf(diagnosis?.['reason']);
    if (diagnosis?.['type'] !== 'cache_miss' || reason === undefined) return undefined;
    const tokens = countOf(diagnosis['cache_missed_tokens']);
    return { reason, ...(tokens !== undefined && { tokens }) };
  }

  read(data: string, event?: string): ReplyFailure | undefined {
    if (data === '[DONE]' || (event !== undefined && repeats.has(event))) return undefined;
    const fields = fieldsOf(parsedJson(data));
    if (fields === undefined) {
      return unreadable(`expected a JSON object, received ${quotable(data) || 'nothing'}`);
    }
    const type = textOf(fields['type']);
    if (type === 'error') return this.#failure(fieldsOf(fields['error']) ?? fields);
    if (type === undefined && fields['error'] != null && fields['object'] !== 'response') {
      return this.#failure(fields['error']);
    }
    return type === undefined ? this.#readWhole(fields) : this.#readEvent(type, fields);
  }

  outcome(end: ReplyEnd): LeafOutcome {
    const items = [...(this.#items ?? [])].sort(([a], [b]) => a - b).map(([, item]) => item);
    const exact = this.#usage?.inputUncached !== undefined && this.#usage.outputText !== undefined;
    const logprobs = items.flatMap((item) => item.logprobs);
    const { outputText = 0, outputReasoning = 0 } = this.#usage ?? {};
    return {
      candidates: [
        {
          content: items.flatMap((item) => item.parts()),
          finish: this.#finish(items, end),
          ...(logprobs.length > 0 && { logprobs }),
          ...(exact && { outputTokens: outputText + outputReasoning }),
        },
      ],
      ...(exact ? { usage: this.#usage ?? {}, usageKnown: 'exact' } : this.#estimate(items)),
      ...(this.complete &&
        !exact && { warnings: [{ code: 'assumed' as const, message: 'The reply held no usage; it was estimated.' }] }),
    };
  }

  #readEvent(type: string, fields: Fields): ReplyFailure | undefined {
    switch (type) {
      case 'response.output_item.added':
        this.#item(fields, fieldsOf(fields['item']));
        return undefined;
      case 'response.output_item.done':
        this.#item(fields, fieldsOf(fields['item'])).finish(fieldsOf(fields['item']) ?? {});
        return undefined;
      case 'response.output_text.delta': {
        const item = this.#item(fields, { type: 'message' });
        item.append(textOf(fields['delta']) ?? '');
        item.appendLogprobs(fields['logprobs']);
        return undefined;
      }
      case 'response.refusal.delta':
        this.#item(fields, { type: 'message' }).appendRefusal(textOf(fields['delta']) ?? '');
        return undefined;
      case 'response.reasoning_summary_part.added':
        this.#item(fields, { type: 'reasoning' }).appendSummaryBreak();
        return undefined;
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        this.#item(fields, { type: 'reasoning' }).append(textOf(fields['delta']) ?? '');
        return undefined;
      case 'response.function_call_arguments.delta':
        this.#item(fields, { type: 'function_call' }).append(textOf(fields['delta']) ?? '');
        return undefined;
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
        return this.#readWhole({ status: type.slice('response.'.length), ...fieldsOf(fields['response']) });
      default:
        // Events of hosted tools, and those that are still to be invented.
        return undefined;
    }
  }

  /** A response that has ended: the payload of the terminal event, or a body that was not streamed. */
  #readWhole(response: Fields): ReplyFailure | undefined {
    const status = textOf(response['status']);
    if (status === undefined || status === 'in_progress' || status === 'queued') {
      return {
        failure: 'protocol',
        dispatch: 'unknown',
        message: `expected a response that has ended, received one of status ${status ?? 'unknown'}`,
      };
    }
    this.#ended = true;
    this.#response = response;
    this.#usage = readResponsesUsage(response['usage'], {
      serviceTier: textOf(response['service_tier']),
      toolUsage: response['tool_usage'],
    });
    if (status === 'failed') {
      this.#failed = true;
      return this.#failure(response['error']);
    }
    for (const [index, value] of listOf(response['output']).entries()) {
      const item = fieldsOf(value);
      if (item !== undefined) this.#item({ output_index: index }, item).finish(item);
    }
    return undefined;
  }

  /** An error before anything was made is a refusal that came late; after it, work was done that somebody may bill. */
  #failure(error: unknown): ReplyFailure {
    const worked = this.#items !== undefined || this.#usage !== undefined;
    return { ...readResponsesErrorField(error ?? {}), dispatch: worked ? 'unknown' : 'refused' };
  }

  #item(fields: Fields, item: Fields | undefined): ReplyItem {
    const index = countOf(fields['output_index']) ?? 0;
    const known = this.#items?.get(index);
    if (known !== undefined) return known;
    const made = new ReplyItem(item ?? {}, { origin: this.#origin, emit: this.#emit });
    this.#items ??= new Map();
    this.#items.set(index, made);
    // Reasoning is valid only together with what it led to: what has no place in an answer cannot be handed back with it.
    if (!made.hasPlace) this.#items.get(index - 1)?.forgetOpaque();
    return made;
  }

  #finish(items: readonly ReplyItem[], end: ReplyEnd): Finish {
    if (this.#response === undefined || this.#failed) {
      return finishByEnd[end];
    }
    return readResponsesFinish(this.#response, {
      called: items.some((item) => item.type === 'function_call'),
      refused: items.some((item) => item.refused),
    });
  }

  /** Reasoning happens out of sight: once there was some, or nothing came at all, nothing bounds the usage but the hold. */
  #estimate(items: readonly ReplyItem[]): Pick<LeafOutcome, 'usage' | 'usageKnown'> {
    if (!this.begun || items.some((item) => item.type !== 'message' && item.type !== 'function_call')) {
      return { usage: {}, usageKnown: 'upper-bound' };
    }
    const written = items.map((item) => item.written).join('');
    return {
      usage: { inputUncached: estimateTokens(this.#prompt()), outputText: estimateTokens(written) },
      usageKnown: 'estimated',
    };
  }
}
