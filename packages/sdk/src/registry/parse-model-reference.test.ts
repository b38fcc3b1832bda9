import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseModelReference, parseServerTarget } from './parse-model-reference.ts';

describe('parseModelReference', () => {
  it.each([
    ['openai:gpt-6-luna', 'openai', 'gpt-6-luna'],
    ['llama-cpp:./a folder/model.gguf', 'llama-cpp', './a folder/model.gguf'],
    ['llama-cpp:C:\\models\\m.gguf', 'llama-cpp', 'C:\\models\\m.gguf'],
    ['onnx:D:/models/m', 'onnx', 'D:/models/m'],
    ['compatible:http://[::1]:8080/v1#org/model:8b', 'compatible', 'http://[::1]:8080/v1#org/model:8b'],
    [' anthropic : claude-haiku-5-5 ', 'anthropic', 'claude-haiku-5-5'],
  ])('reads %s', (text, provider, target) => {
    expect(parseModelReference(text)).toEqual({ provider, target });
  });

  it.each([
    ['gpt-6-luna', 'it has no provider before a colon'],
    [':gpt', 'it has no provider before the colon'],
    ['openai:', 'it names no model after the colon'],
    ['', 'it has no provider'],
    ['C:\\models\\m.gguf', 'it is a path: write llama-cpp:C:\\models\\m.gguf'],
    ['http://127.0.0.1/v1', 'it is an address: write compatible:http://127.0.0.1/v1#model'],
  ])('refuses "%s", saying what a reference looks like', (text, why) => {
    expect(() => parseModelReference(text)).toThrow(why);
    expect(() => parseModelReference(text)).toThrow('"openai:gpt-6-luna"');
  });

  it('gives back any target that has no space around it', () => {
    const target = fc.string({ minLength: 1 }).filter((text) => text.trim() === text && text !== '');
    fc.assert(
      fc.property(target, (text) => {
        expect(parseModelReference(`lab:${text}`)).toEqual({ provider: 'lab', target: text });
      }),
    );
  });
});

describe('parseServerTarget', () => {
  it('divides at the first #', () => {
    expect(parseServerTarget('http://host/v1#a#b')).toEqual({ baseUrl: 'http://host/v1', modelId: 'a#b' });
  });

  it.each(['http://me:secret@host/v1', '#model', 'http://me:secret@host/v1#'])(
    'refuses %s, without repeating it',
    (target) => {
      expect(() => parseServerTarget(target)).toThrow('needs an address and a model');
      expect(() => parseServerTarget(target)).not.toThrow('secret');
    },
  );
});
