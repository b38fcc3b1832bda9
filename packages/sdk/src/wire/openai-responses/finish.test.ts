import { describe, expect, it } from 'vitest';
import { readResponsesFinish, writeResponsesFinish } from './finish.ts';

const plain = { called: false, refused: false };

describe('how a response ended', () => {
  it.each([
    [{ status: 'completed' }, plain, { unified: 'stop', raw: 'completed', by: 'eos' }],
    [{ status: 'completed' }, { called: true, refused: false }, { unified: 'tool-calls', raw: 'completed', by: 'eos' }],
    [{ status: 'completed' }, { called: false, refused: true }, { unified: 'refusal', raw: 'completed', by: 'eos' }],
    [{ status: 'cancelled' }, plain, { unified: 'aborted', raw: 'cancelled', by: 'aborted' }],
    [{ status: 'incomplete' }, plain, { unified: 'other', raw: 'incomplete', by: 'eos' }],
    [
      { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
      { called: true, refused: false },
      { unified: 'length', raw: 'max_output_tokens', by: 'length' },
    ],
    [
      { status: 'incomplete', incomplete_details: { reason: 'sunset' } },
      plain,
      { unified: 'other', raw: 'sunset', by: 'eos' },
    ],
  ])('%j is read with %j', (response, kind, finish) => {
    expect(readResponsesFinish(response, kind)).toEqual(finish);
  });

  it('is written so that it is read the same', () => {
    for (const unified of ['stop', 'length', 'content-filter'] as const) {
      expect(readResponsesFinish(writeResponsesFinish({ unified, by: 'eos' }), plain).unified).toBe(unified);
    }
  });

  it('is never called complete where it was cut', () => {
    for (const unified of ['aborted', 'error'] as const) {
      expect(writeResponsesFinish({ unified, by: 'aborted' }).status).toBe('incomplete');
    }
    for (const unified of ['tool-calls', 'refusal', 'other'] as const) {
      expect(writeResponsesFinish({ unified, by: 'eos' }).status).toBe('completed');
    }
  });
});
