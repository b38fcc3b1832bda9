import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import type { TollgateError } from '../../errors/tollgate-error.ts';
import { pushWhole } from '../../leaf/push-whole.ts';
import type { Origin } from '../../spec/content.ts';
import type { Candidate, GenerateResult, Warning } from '../../spec/result.ts';
import type { StreamPart } from '../../spec/stream.ts';
import { metadataOfFailure } from './tollgate-metadata.ts';
import { writeUsage } from './usage.ts';
import { writeWarning } from './warnings.ts';
import { providerMetadata, writeFile, writeToolCall } from './write-content.ts';
import { answerOf, type OnAbstain, writeEnd } from './write-result.ts';

/** How a stream is written. */
export interface StreamOptions {
  /** Answers that were asked for. Of several, only the one that is chosen is shown, once it is. */
  readonly samples: number;
  readonly onAbstain: OnAbstain;
  /** What of the call was left out. */
  readonly warnings: readonly Warning[];
}

type Delta = Extract<StreamPart, { type: 'text-delta' | 'reasoning-delta' }>;

/** Turns parts of our streams into those of the AI SDK, one by one. */
export class StreamWriter {
  readonly #options: StreamOptions;
  readonly #inputs = new Set<string>();
  #shown: string | undefined;
  #open: { readonly kind: 'text' | 'reasoning'; readonly id: string } | undefined;
  #blocks = 0;
  #hasReasoned = false;

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  write(part: StreamPart): readonly LanguageModelV4StreamPart[] {
    switch (part.type) {
      case 'start':
        return [{ type: 'stream-start', warnings: [...this.#options.warnings, ...part.warnings].map(writeWarning) }];
      case 'ping':
        return [{ type: 'ping' }];
      case 'finish':
        return this.#finish(part.result);
      case 'commit':
      case 'discard':
      case 'candidate-finish':
        // Drafts are sent only where they were asked for, and here nobody does.
        return [];
      case 'text-delta':
      case 'reasoning-delta':
      case 'tool-input-delta':
      case 'tool-call':
        if (this.#options.samples > 1) return [];
        this.#shown ??= part.candidateId;
        return this.#shown === part.candidateId ? this.#content(part) : [];
      default:
        return part satisfies never;
    }
  }

  /** The last parts of a stream that failed on its way. */
  fail(error: TollgateError): readonly LanguageModelV4StreamPart[] {
    return [
      ...this.#close(),
      { type: 'error', error },
      {
        type: 'finish',
        finishReason: { unified: 'error', raw: error.code },
        usage: writeUsage({}),
        providerMetadata: metadataOfFailure(error.charges),
      },
    ];
  }

  #finish(result: GenerateResult): readonly LanguageModelV4StreamPart[] {
    const answer = answerOf(result, this.#options.onAbstain);
    return [
      ...(answer === undefined || this.#shown !== undefined ? [] : this.#whole(answer)),
      ...this.#close(this.#hasReasoned ? answer?.producedBy : undefined),
      ...(answer?.content.flatMap((part) => (part.type === 'file' ? [writeFile(part)] : [])) ?? []),
      ...(result.raw?.map(({ reply }): LanguageModelV4StreamPart => ({ type: 'raw', rawValue: reply })) ?? []),
      {
        type: 'response-metadata',
        id: result.trace.id,
        ...(answer !== undefined && { modelId: answer.producedBy.modelId }),
      },
      { type: 'finish', ...writeEnd(result, answer) },
    ];
  }

  #whole(answer: Candidate): readonly LanguageModelV4StreamPart[] {
    const parts: LanguageModelV4StreamPart[] = [];
    pushWhole((part) => {
      if (part.type !== 'start' && part.type !== 'finish') parts.push(...this.#content(part));
    }, answer);
    return parts;
  }

  #content(part: StreamPart): readonly LanguageModelV4StreamPart[] {
    switch (part.type) {
      case 'text-delta':
      case 'reasoning-delta':
        return this.#delta(part);
      case 'tool-input-delta': {
        const { toolCallId: id, toolName, text: delta } = part;
        const closed = this.#close();
        if (this.#inputs.has(id)) return [...closed, { type: 'tool-input-delta', id, delta }];
        this.#inputs.add(id);
        return [...closed, { type: 'tool-input-start', id, toolName }, { type: 'tool-input-delta', id, delta }];
      }
      case 'tool-call': {
        const { call } = part;
        const closed = this.#close();
        const ended = this.#inputs.delete(call.toolCallId);
        return [
          ...closed,
          ...(ended ? [{ type: 'tool-input-end', id: call.toolCallId } as const] : []),
          writeToolCall(call),
        ];
      }
      default:
        return [];
    }
  }

  /** Our streams do not mark blocks: one is open as long as deltas of its kind come, and what it carries comes last. */
  #delta({ type, text, metadata }: Delta): readonly LanguageModelV4StreamPart[] {
    const kind = type === 'text-delta' ? 'text' : 'reasoning';
    const parts: LanguageModelV4StreamPart[] = [];
    if (this.#open?.kind !== kind) {
      parts.push(...this.#close());
      this.#open = { kind, id: `${kind}-${this.#blocks}` };
      this.#blocks += 1;
      this.#hasReasoned ||= kind === 'reasoning';
      parts.push({ type: `${kind}-start`, id: this.#open.id });
    }
    const { id } = this.#open;
    if (text !== '') parts.push({ type, id, delta: text });
    if (metadata !== undefined) {
      this.#open = undefined;
      parts.push({ type: `${kind}-end`, id, ...providerMetadata({ metadata }) });
    }
    return parts;
  }

  #close(author?: Origin): readonly LanguageModelV4StreamPart[] {
    if (this.#open === undefined) return [];
    const { kind, id } = this.#open;
    this.#open = undefined;
    return [{ type: `${kind}-end`, id, ...providerMetadata({}, author) }];
  }
}
