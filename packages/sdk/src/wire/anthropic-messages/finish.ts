import type { Finish, FinishReason } from '../../spec/result.ts';

const unifiedByWord: { readonly [word: string]: FinishReason } = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  refusal: 'refusal',
  // The turn is not over: it goes on when the answer is sent back as it is.
  pause_turn: 'other',
};

/** Translates `stop_reason`, with the stop string that was met where there is one. */
export function readMessagesFinish(word: string, stopString?: string): Finish {
  const unified = Object.hasOwn(unifiedByWord, word) ? unifiedByWord[word] : undefined;
  return {
    unified: unified ?? 'other',
    raw: word,
    by: unified === 'length' ? 'length' : word === 'stop_sequence' ? 'stop' : 'eos',
    ...(stopString !== undefined && { stopString }),
  };
}

/** How a message says that it ended. */
export interface MessagesFinish {
  readonly stop_reason: string;
  readonly stop_sequence: string | null;
}

/** The `stop_reason` for a candidate's end. An end that the format has no word for is `end_turn`. */
export function writeMessagesFinish(finish: Finish): MessagesFinish {
  const { unified, raw, by, stopString } = finish;
  // The format's own word is kept where it says the same more exactly.
  if (raw !== undefined && Object.hasOwn(unifiedByWord, raw) && unifiedByWord[raw] === unified) {
    return { stop_reason: raw, stop_sequence: stopString ?? null };
  }
  return { stop_reason: wordFor(unified, by), stop_sequence: stopString ?? null };
}

function wordFor(unified: FinishReason, by: Finish['by']): string {
  switch (unified) {
    case 'stop':
      return by === 'stop' ? 'stop_sequence' : 'end_turn';
    case 'length':
      return 'max_tokens';
    case 'tool-calls':
      return 'tool_use';
    case 'refusal':
    case 'content-filter':
      return 'refusal';
    case 'aborted':
    case 'error':
    case 'other':
      return 'end_turn';
    default:
      return unified satisfies never;
  }
}
