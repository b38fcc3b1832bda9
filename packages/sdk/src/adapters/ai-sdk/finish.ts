import type { LanguageModelV4FinishReason } from '@ai-sdk/provider';
import type { Finish, FinishReason } from '../../spec/result.ts';

type TheirReason = LanguageModelV4FinishReason['unified'];

const theirs: { readonly [reason in FinishReason]: TheirReason } = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool-calls',
  'content-filter': 'content-filter',
  refusal: 'content-filter',
  aborted: 'interrupted',
  error: 'error',
  other: 'other',
};

const ours: { readonly [reason in TheirReason]: Pick<Finish, 'unified' | 'by'> } = {
  stop: { unified: 'stop', by: 'eos' },
  length: { unified: 'length', by: 'length' },
  'content-filter': { unified: 'content-filter', by: 'eos' },
  'tool-calls': { unified: 'tool-calls', by: 'eos' },
  error: { unified: 'error', by: 'eos' },
  interrupted: { unified: 'aborted', by: 'aborted' },
  other: { unified: 'other', by: 'eos' },
};

/** How an answer ended, as the AI SDK says it. */
export function writeFinish({ unified, raw }: Finish): LanguageModelV4FinishReason {
  return { unified: theirs[unified], raw };
}

/** How an answer ended, as we say it. What ended it beside length and abort is not told. */
export function readFinish({ unified, raw }: LanguageModelV4FinishReason): Finish {
  // A reason of a later version of the interface is still an end.
  const known = Object.hasOwn(ours, unified) ? ours[unified] : ours.other;
  return { ...known, ...(raw !== undefined && { raw }) };
}
