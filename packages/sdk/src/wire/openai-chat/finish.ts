import type { Finish, FinishReason } from '../../spec/result.ts';

const unifiedByWord: { readonly [word: string]: FinishReason } = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
  abort: 'aborted',
  error: 'error',
};

/** What a choice said about its end, apart from the word. */
export interface ChoiceEnd {
  /** The stop string that was met, where the server tells (vLLM's `stop_reason`). */
  readonly stopString?: string | undefined;
  /** The answer was a refusal in words of its own field. */
  readonly refused?: boolean;
}

/** Translates `finish_reason`. Chat completions do not tell a stop string from the model's own end unless the server adds it. */
export function readChatFinish(word: string, { stopString, refused = false }: ChoiceEnd = {}): Finish {
  const unified =
    refused && word === 'stop' ? 'refusal' : Object.hasOwn(unifiedByWord, word) ? unifiedByWord[word] : undefined;
  return {
    unified: unified ?? 'other',
    raw: word,
    by: unified === 'length' ? 'length' : unified === 'aborted' ? 'aborted' : stopString === undefined ? 'eos' : 'stop',
    ...(stopString !== undefined && { stopString }),
  };
}

/** The `finish_reason` for a candidate's end. What the format has no word for is `stop`. */
export function writeChatFinish(finish: Finish): string {
  switch (finish.unified) {
    case 'length':
      return 'length';
    case 'tool-calls':
      return 'tool_calls';
    case 'content-filter':
      return 'content_filter';
    case 'stop':
    case 'refusal':
    case 'aborted':
    case 'error':
    case 'other':
      return 'stop';
    default:
      return finish.unified satisfies never;
  }
}
