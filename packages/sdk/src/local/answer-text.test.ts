import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerText } from './answer-text.ts';

/** Tokens are the bytes of a text. */
const detokenize = (tokens: readonly number[]): string => new TextDecoder().decode(Uint8Array.from(tokens));

function run(text: string, stops: readonly string[]): { shown: string[]; text: string; stop: string | undefined } {
  const answer = new AnswerText(detokenize, stops);
  const shown: string[] = [];
  for (const token of new TextEncoder().encode(text)) {
    const { stop } = answer.push(token);
    if (stop !== undefined) return { shown: [...shown, answer.release(true)], text: answer.text, stop };
    shown.push(answer.release(false));
  }
  return { shown: [...shown, answer.release(true)], text: answer.text, stop: undefined };
}

describe('AnswerText', () => {
  it('shows every character whole and once, up to the first stop string', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '😀'), maxLength: 20 });
    const stop = fc.string({ unit: fc.constantFrom('a', 'b', '😀'), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(letters, fc.array(stop, { maxLength: 3 }), (text, stops) => {
        const result = run(text, stops);
        expect(result.shown.join('')).toBe(result.text);
        for (const piece of result.shown) expect(piece).not.toMatch(/\uFFFD|[\uD800-\uDBFF]$/u);
        // The stop string that is complete first ends the answer.
        const ends = stops.filter((each) => text.includes(each)).map((each) => text.indexOf(each) + each.length);
        if (ends.length === 0) {
          expect(result).toMatchObject({ text, stop: undefined });
        } else {
          expect(result.text.length + (result.stop?.length ?? 0)).toBe(Math.min(...ends));
          expect(text.startsWith(result.text + result.stop)).toBe(true);
        }
      }),
    );
  });

  it('holds back what may become a stop string, and no more', () => {
    const answer = new AnswerText(detokenize, ['END']);
    const shown = [...new TextEncoder().encode('aENb')].map((token) => {
      answer.push(token);
      return answer.release(false);
    });
    expect(shown).toEqual(['a', '', '', 'ENb']);
  });
});
