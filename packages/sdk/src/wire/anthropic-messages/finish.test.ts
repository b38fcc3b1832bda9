import { describe, expect, it } from 'vitest';
import type { Finish } from '../../spec/result.ts';
import { readMessagesFinish, writeMessagesFinish } from './finish.ts';

describe('readMessagesFinish', () => {
  it.each<[string, Partial<Finish>]>([
    ['end_turn', { unified: 'stop', by: 'eos' }],
    ['stop_sequence', { unified: 'stop', by: 'stop' }],
    ['max_tokens', { unified: 'length', by: 'length' }],
    ['model_context_window_exceeded', { unified: 'length', by: 'length' }],
    ['tool_use', { unified: 'tool-calls', by: 'eos' }],
    ['refusal', { unified: 'refusal', by: 'eos' }],
    ['pause_turn', { unified: 'other', by: 'eos' }],
    ['something_new', { unified: 'other', by: 'eos' }],
    ['toString', { unified: 'other', by: 'eos' }],
  ])('reads %s', (word, finish) => {
    expect(readMessagesFinish(word)).toEqual({ raw: word, ...finish });
  });

  it('keeps the stop string', () => {
    expect(readMessagesFinish('stop_sequence', 'END').stopString).toBe('END');
  });
});

describe('writeMessagesFinish', () => {
  it.each([
    ['end_turn', undefined],
    ['stop_sequence', 'END'],
    ['max_tokens', undefined],
    ['model_context_window_exceeded', undefined],
    ['tool_use', undefined],
    ['refusal', undefined],
    ['pause_turn', undefined],
  ])('writes %s back as it was read', (word, stopString) => {
    expect(writeMessagesFinish(readMessagesFinish(word, stopString))).toEqual({
      stop_reason: word,
      stop_sequence: stopString ?? null,
    });
  });

  it.each<[Finish, string]>([
    [{ unified: 'stop', by: 'eos', raw: 'stop' }, 'end_turn'],
    [{ unified: 'stop', by: 'stop', stopString: 'END' }, 'stop_sequence'],
    [{ unified: 'length', by: 'budget', raw: 'length' }, 'max_tokens'],
    [{ unified: 'tool-calls', by: 'eos' }, 'tool_use'],
    [{ unified: 'content-filter', by: 'eos' }, 'refusal'],
    [{ unified: 'aborted', by: 'aborted' }, 'end_turn'],
    [{ unified: 'error', by: 'aborted' }, 'end_turn'],
    // A word of another meaning is not trusted.
    [{ unified: 'stop', by: 'eos', raw: 'max_tokens' }, 'end_turn'],
  ])('writes %j as %s', (finish, word) => {
    expect(writeMessagesFinish(finish).stop_reason).toBe(word);
  });
});
