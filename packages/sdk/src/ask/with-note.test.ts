import { describe, expect, it } from 'vitest';
import type { Message } from '../spec/content.ts';
import { withNote } from './with-note.ts';

const note = { type: 'text', text: 'Hurry.' } as const;
const cached = { type: 'text', text: 'Hi', cache: { ttl: '5m' } } as const;

describe('withNote', () => {
  it.each<readonly [string, readonly Message[], readonly Message[]]>([
    [
      "the newest message where it is the user's",
      [{ role: 'user', content: 'Hi' }],
      [{ role: 'user', content: [{ type: 'text', text: 'Hi' }, note] }],
    ],
    [
      'the end of its parts, after a cache breakpoint',
      [{ role: 'user', content: [cached] }],
      [{ role: 'user', content: [cached, note] }],
    ],
    [
      'a message of its own after an answer',
      [{ role: 'assistant', content: 'Ho' }],
      [
        { role: 'assistant', content: 'Ho' },
        { role: 'user', content: 'Hurry.' },
      ],
    ],
    ['a message of its own where there is none', [], [{ role: 'user', content: 'Hurry.' }]],
  ])('goes to %s', (_, messages, expected) => {
    const before = structuredClone(messages);
    expect(withNote(messages, 'Hurry.')).toEqual(expected);
    expect(messages).toEqual(before);
  });
});
