import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Message } from '../spec/content.ts';
import type { GenerateRequest } from '../spec/request.ts';
import { inputTokenBound } from './input-bound.ts';
import { textCapabilities } from './text-capabilities.ts';

const capabilities = textCapabilities();

/** What the bound adds around a lone message without text. */
const frame = inputTokenBound({ messages: [{ role: 'user', content: '' }] }, capabilities);

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

// Code units of every kind, so that lone surrogates of both halves are common.
const anyText = fc.string({
  unit: fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 2 }),
    fc.integer({ min: 0xd7f0, max: 0xe00f }).map((unit) => String.fromCharCode(unit)),
    fc.constantFrom('a', 'é', '€', '😀', '\ud83d', '\ude00', '\0', '"', '\\'),
  ),
  maxLength: 40,
});

const anyMessage: fc.Arbitrary<{ readonly message: Message; readonly text: string }> = fc.oneof(
  anyText.map((text) => ({ message: { role: 'user', content: text } as const, text })),
  fc.array(anyText).map((texts) => ({
    message: { role: 'system', content: texts.map((text) => ({ type: 'text', text }) as const) } as const,
    text: texts.join(''),
  })),
  fc.record({ id: anyText, name: anyText, input: anyText, thought: anyText }).map(({ id, name, input, thought }) => ({
    message: {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: thought, metadata: { anthropic: { signature: input } } },
        { type: 'tool-call', toolCallId: id, toolName: name, input: { text: input } },
      ],
    } as const,
    text: id + name + thought + JSON.stringify(input) + JSON.stringify(input),
  })),
  fc.record({ id: anyText, name: anyText, output: anyText }).map(({ id, name, output }) => ({
    message: { role: 'tool', content: [{ type: 'tool-result', toolCallId: id, toolName: name, output }] } as const,
    text: id + name + JSON.stringify(output),
  })),
);

describe('inputTokenBound', () => {
  it('is at least the UTF-8 bytes of all text, lone surrogates included', () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { minLength: 1, maxLength: 6 }), fc.array(anyText), (parts, tools) => {
        const request: GenerateRequest = {
          messages: parts.map(({ message }) => message),
          tools: tools.map((name) => ({ name, description: name, input: { json: { title: name } } })),
        };
        const text = [
          ...parts.map((part) => part.text),
          ...tools.flatMap((name) => [name, name, JSON.stringify(name)]),
        ];
        const total = text.reduce((sum, one) => sum + bytes(one), 0);
        expect(inputTokenBound(request, capabilities)).toBeGreaterThanOrEqual(total + 128 + 16 * parts.length);
      }),
      { numRuns: 500 },
    );
  });

  it('counts text by its bytes exactly, as an encoder does', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(inputTokenBound({ messages: [{ role: 'user', content: text }] }, capabilities) - frame).toBe(
          bytes(text),
        );
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['a', 1],
    ['é', 2],
    ['€', 3],
    ['😀', 4],
    ['\ud83d', 3],
    ['\ude00', 3],
    ['\ude00\ud83d', 6],
    ['\ud83d😀', 7],
  ])('counts %j as %d', (text, expected) => {
    expect(bytes(text)).toBe(expected);
    expect(inputTokenBound({ messages: [{ role: 'user', content: text }] }, capabilities) - frame).toBe(expected);
  });

  it('counts a schema as what it writes, not as what it is made of', () => {
    const shape = z.object({ answer: z.string().describe('x'.repeat(500)) });
    const bound = inputTokenBound(
      { messages: [{ role: 'user', content: '' }], output: { standard: shape } },
      capabilities,
    );
    expect(bound - frame).toBeGreaterThan(500);
    const tool = { name: 'solve', input: { standard: shape } };
    expect(inputTokenBound({ messages: [{ role: 'user', content: '' }], tools: [tool] }, capabilities)).toBeGreaterThan(
      bound,
    );
  });

  it('is never above the context window, which also stands for what cannot be seen', () => {
    const file = (mediaType: string, data: { base64: string } | { url: string }): GenerateRequest => ({
      messages: [{ role: 'user', content: [{ type: 'file', mediaType, data }] }],
    });
    const limited = textCapabilities({ limits: { contextTokens: 50_000 } });
    const url = file('image/png', { url: 'https://example.com/a.png' });
    expect(inputTokenBound(url, limited)).toBe(50_000);
    expect(inputTokenBound(url, capabilities)).toBe(Number.POSITIVE_INFINITY);
    expect(inputTokenBound(file('application/pdf', { base64: 'AAAA' }), limited)).toBe(50_000);
    // A picture of a few bytes is still seen in patches.
    expect(inputTokenBound(file('image/png', { base64: 'AAAA' }), limited)).toBe(frame + 8192);
    expect(inputTokenBound({ messages: [{ role: 'user', content: 'x'.repeat(60_000) }] }, limited)).toBe(50_000);
  });
});
