import { describe, expect, it } from 'vitest';
import type { FinishReason } from '../../spec/result.ts';
import { readChatFinish, writeChatFinish } from './finish.ts';

describe('readChatFinish', () => {
  it.each([
    ['stop', {}, { unified: 'stop', raw: 'stop', by: 'eos' }],
    ['stop', { stopString: '\n' }, { unified: 'stop', raw: 'stop', by: 'stop', stopString: '\n' }],
    ['stop', { refused: true }, { unified: 'refusal', raw: 'stop', by: 'eos' }],
    ['length', {}, { unified: 'length', raw: 'length', by: 'length' }],
    ['tool_calls', {}, { unified: 'tool-calls', raw: 'tool_calls', by: 'eos' }],
    ['function_call', {}, { unified: 'tool-calls', raw: 'function_call', by: 'eos' }],
    ['content_filter', {}, { unified: 'content-filter', raw: 'content_filter', by: 'eos' }],
    ['abort', {}, { unified: 'aborted', raw: 'abort', by: 'aborted' }],
    ['error', {}, { unified: 'error', raw: 'error', by: 'eos' }],
    ['constructor', {}, { unified: 'other', raw: 'constructor', by: 'eos' }],
  ])('%s %j → %j', (word, end, expected) => {
    expect(readChatFinish(word, end)).toEqual(expected);
  });
});

describe('writeChatFinish', () => {
  it.each(['stop', 'length', 'tool-calls', 'content-filter'] satisfies FinishReason[])(
    'has a word for %s',
    (unified) => {
      expect(readChatFinish(writeChatFinish({ unified, by: 'eos' })).unified).toBe(unified);
    },
  );

  it.each(['refusal', 'aborted', 'error', 'other'] satisfies FinishReason[])('writes %s as stop', (unified) => {
    expect(writeChatFinish({ unified, by: 'eos' })).toBe('stop');
  });
});
