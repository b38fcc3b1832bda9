import type { GenerateRequest } from '@tollgate/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { promptFeatures, requestFeatures } from './prompt-features.ts';

describe('promptFeatures', () => {
  it.each([
    ['', {}],
    ['What is 12 + 30?', { digits: 4 / 16, numbers: 2 / 20, operators: 1 / 20, questions: 1 / 3 }],
    ['def f(x):\n    return x;\nf(1);', { code: 1 }],
    ['return; and one more;', { code: 1 }],
    ['a; b', { code: 0 }],
    ['Which one?\nA) one\nB) two', { choices: 1, questions: 1 / 3 }],
    ['A) alone', { choices: 0 }],
    ['Prove that it ends.', { reasoning: 1 }],
    ['It proves nothing.', { reasoning: 0 }],
  ])('%j', (prompt, expected) => {
    expect(promptFeatures(prompt)).toMatchObject(expected);
  });

  it('grow with length and lines by their logarithm', () => {
    expect(promptFeatures('x'.repeat(99)).length).toBeCloseTo(0.4, 12);
    expect(promptFeatures('\n'.repeat(9)).lines).toBeCloseTo(1 / 3, 12);
  });

  it('have the same names for every prompt, and are finite and not negative (property)', () => {
    const names = Object.keys(promptFeatures(''));
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (prompt) => {
        const features = promptFeatures(prompt);
        expect(Object.keys(features)).toEqual(names);
        for (const value of Object.values(features)) expect(value >= 0 && value <= 1.5).toBe(true);
      }),
      { seed: 1 },
    );
  });
});

describe('requestFeatures', () => {
  it.each<[string, GenerateRequest, string]>([
    ['a text', { messages: [{ role: 'user', content: '1 + 1?' }] }, '1 + 1?'],
    [
      'parts, of which only texts count',
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: '1 + 1?' },
              { type: 'file', mediaType: 'image/png', data: { base64: '123' } },
            ],
          },
        ],
      },
      '1 + 1?\n',
    ],
    [
      'the last of a conversation',
      {
        messages: [
          { role: 'user', content: '12345' },
          { role: 'assistant', content: '6' },
          { role: 'user', content: 'And?' },
          { role: 'assistant', content: '7' },
        ],
      },
      'And?',
    ],
    ['nothing that a user says', { messages: [{ role: 'system', content: '12345' }] }, ''],
  ])('reads %s', (_, request, prompt) => {
    expect(requestFeatures(request)).toEqual(promptFeatures(prompt));
  });
});
