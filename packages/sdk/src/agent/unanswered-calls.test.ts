import { describe, expect, it } from 'vitest';
import type { Message } from '../spec/content.ts';
import { unansweredCalls } from './unanswered-calls.ts';

const calls = (...ids: readonly string[]): Message => ({
  role: 'assistant',
  content: ids.map((toolCallId) => ({ type: 'tool-call', toolCallId, toolName: 't', input: {} })),
});
const results = (...ids: readonly string[]): Message => ({
  role: 'tool',
  content: ids.map((toolCallId) => ({ type: 'tool-result', toolCallId, toolName: 't', output: 1 })),
});
const user: Message = { role: 'user', content: 'Hi' };

describe('unansweredCalls', () => {
  it.each<readonly [string, readonly Message[], readonly string[]]>([
    ['none in an empty conversation', [], []],
    ['none where each has its result, in any order', [user, calls('a', 'b'), results('b', 'a'), user], []],
    ['none where results come in several messages', [calls('a', 'b'), results('a'), results('b')], []],
    ['those at the end', [user, calls('a', 'b'), results('a')], ['b']],
    ['those that something else follows', [calls('a'), user, results('a'), calls('b')], ['a', 'b']],
    ['the second of two with one id', [calls('a', 'a'), results('a')], ['a']],
  ])('finds %s', (_, messages, ids) => {
    expect(unansweredCalls(messages)).toEqual(ids);
  });
});
