import { expect, it } from 'vitest';
import { estimateTokens } from './estimate-tokens.ts';

it.each([
  ['', 0],
  ['a', 1],
  ['abc', 1],
  ['abcd', 2],
  ['東京', 2],
  ['🦉', 2],
])('estimates %j at %i tokens', (text, tokens) => {
  expect(estimateTokens(text)).toBe(tokens);
});
