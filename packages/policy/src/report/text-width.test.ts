import { describe, expect, it } from 'vitest';
import { fitText, textWidth } from './text-width.ts';

describe('textWidth', () => {
  it('grows with the font and with wide letters', () => {
    expect(textWidth('model', 20)).toBe(2 * textWidth('model', 10));
    expect(textWidth('mmm', 10)).toBeGreaterThan(textWidth('iii', 10));
    expect(textWidth('', 10)).toBe(0);
  });
});

describe('fitText', () => {
  it('leaves what fits alone', () => {
    expect(fitText('vote:small:8', { fontSize: 10, width: 200 })).toBe('vote:small:8');
  });

  it('keeps the start and the end of what does not', () => {
    const fitted = fitText('cascade:smollm2-135m,qwen-0.5b,qwen-1.5b:3@0.67', { fontSize: 13, width: 200 });
    expect(fitted).toMatch(/^cascade:.*….*@0\.67$/);
    expect(textWidth(fitted, 13)).toBeLessThanOrEqual(200);
  });
});
