import { describe, expect, it } from 'vitest';
import { failureOfStatus, htmlTitle, quotable } from './reply-failure.ts';

describe('failureOfStatus', () => {
  it.each([
    [400, 'bad-request', 'refused'],
    [401, 'auth', 'refused'],
    [402, 'auth', 'refused'],
    [403, 'auth', 'refused'],
    [404, 'not-found', 'refused'],
    [408, 'timeout', 'refused'],
    [422, 'bad-request', 'refused'],
    [429, 'rate-limit', 'refused'],
    [500, 'server', 'refused'],
    [502, 'server', 'refused'],
    [503, 'overloaded', 'refused'],
    [529, 'overloaded', 'refused'],
    [504, 'timeout', 'unknown'],
    [524, 'timeout', 'unknown'],
  ])('%i → %s, %s', (status, failure, dispatch) => {
    expect(failureOfStatus(status)).toEqual({ failure, dispatch });
  });
});

describe('htmlTitle', () => {
  it.each([
    ['<!DOCTYPE html><html><head><title>502 Bad\n Gateway</title></head></html>', '502 Bad Gateway'],
    ['  <html><body>nginx</body></html>', 'a page without a title'],
    ['{"error":{"message":"<html>"}}', undefined],
    ['', undefined],
  ])('%j → %j', (body, expected) => {
    expect(htmlTitle(body)).toBe(expected);
  });
});

describe('quotable', () => {
  it('is one line of at most 500 characters', () => {
    expect(quotable(' a\n\tb ')).toBe('a b');
    expect(quotable('x'.repeat(600))).toBe(`${'x'.repeat(500)}…`);
  });
});
