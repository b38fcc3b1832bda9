import { describe, expect, it } from 'vitest';
import type { Message } from '../spec/content.ts';
import { withCacheMarks } from './with-cache-marks.ts';

const cache = { ttl: '1h' } as const;
const result = (toolCallId: string) => ({ type: 'tool-result', toolCallId, toolName: 't', output: 1 }) as const;

describe('withCacheMarks', () => {
  it('marks the ends of the last two messages that are not the model’s', () => {
    const messages: readonly Message[] = [
      { role: 'system', content: 'S' },
      { role: 'user', content: 'A' },
      { role: 'assistant', content: 'B' },
      { role: 'user', content: 'C' },
      { role: 'assistant', content: 'D' },
      { role: 'tool', content: [result('1'), result('2')] },
    ];
    const before = structuredClone(messages);
    expect(withCacheMarks(messages, cache)).toEqual([
      ...messages.slice(0, 3),
      { role: 'user', content: [{ type: 'text', text: 'C', cache }] },
      messages[4],
      { role: 'tool', content: [result('1'), { ...result('2'), cache }] },
    ]);
    expect(messages).toEqual(before);
  });

  it('marks what there is', () => {
    expect(withCacheMarks([], cache)).toEqual([]);
    expect(withCacheMarks([{ role: 'user', content: [] }], cache)).toEqual([{ role: 'user', content: [] }]);
  });
});
