import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { asTokenModel } from '../../leaf/as-token-model.ts';
import type { JsonObject } from '../../spec/json.ts';
import type { Tool } from '../../spec/request.ts';
import type { Candidate } from '../../spec/result.ts';
import { textOf } from '../../strategy/whole-text.ts';
import { llamaCpp } from './llama-cpp.ts';

const folder = process.env['TOLLGATE_MODELS'] ?? '';
const pathOf = (name: string): string => join(folder, `${name}.gguf`);
const isThere = (name: string): boolean => folder !== '' && existsSync(pathOf(name));
const names = ['smollm2-135m', 'qwen2.5-coder-0.5b', 'qwen2.5-coder-1.5b'];

describe.each(names.filter(isThere))('real weights: %s', (name) => {
  it('answers in the shape of a schema, in every sample', { timeout: 300_000 }, async () => {
    const person = z.object({
      name: z.string().max(24),
      age: z.int().min(0).max(120),
      likes: z.array(z.enum(['tea', 'coffee', 'milk'])).max(3),
      email: z.string().max(20).optional(),
    });
    const model = await llamaCpp({ modelPath: pathOf(name), threads: 1, parallelSamples: 2, contextTokens: 512 });
    try {
      expect(model.capabilitiesFor()).toMatchObject({ schema: true, tools: name !== 'smollm2-135m' });
      const { candidates, warnings } = await model.generate({
        messages: [{ role: 'user', content: 'Describe a person as JSON with name, age and likes.' }],
        output: { standard: person, json: z.toJSONSchema(person) as JsonObject },
        samples: 2,
        seed: 1,
        maxOutputTokens: 160,
      });
      expect(warnings).toEqual([]);
      for (const candidate of candidates) {
        expect(candidate.finish.by).toBe('eos');
        expect(person.safeParse(JSON.parse(textOf(candidate)))).toMatchObject({ success: true });
      }
    } finally {
      await model.close?.();
    }
  });
});

describe.runIf(isThere('qwen2.5-coder-0.5b'))('a loop with a tool, real weights', () => {
  const add: Tool = {
    name: 'add',
    description: 'Adds two numbers.',
    input: {
      json: {
        type: 'object',
        properties: { a: { type: 'number' }, b: { type: 'number' } },
        required: ['a', 'b'],
        additionalProperties: false,
      },
    },
  };

  it('calls the tool, gets its result and answers with it', { timeout: 300_000 }, async () => {
    const modelPath = pathOf('qwen2.5-coder-0.5b');
    const model = await llamaCpp({ modelPath, threads: 1, parallelSamples: 1, contextTokens: 1024 });
    try {
      const question = { role: 'user', content: 'What is 1234 + 4321? Use the tool.' } as const;
      const prompt = asTokenModel(model);
      const shown = prompt?.tokenizer.decode(prompt.promptTokens({ messages: [question], tools: [add] })) ?? '';
      expect(shown).toContain('# Tools\n\nYou may call one or more functions');
      expect(shown).toContain('{"type": "function", "function": {"name": "add", "description": "Adds two numbers."');

      const tools = [add];
      const first = await model.generate({ messages: [question], tools, temperature: 0, maxOutputTokens: 80 });
      const call = first.candidates[0]?.content.find((part) => part.type === 'tool-call');
      expect(first.candidates[0]?.finish.unified).toBe('tool-calls');
      expect(call).toMatchObject({ toolName: 'add', input: { a: 1234, b: 4321 } });

      if (call === undefined) throw new Error('no call');
      const { candidates } = await model.generate({
        messages: [
          question,
          { role: 'assistant', content: [call] },
          {
            role: 'tool',
            content: [{ type: 'tool-result', toolCallId: call.toolCallId, toolName: 'add', output: 5555 }],
          },
        ],
        tools,
        toolChoice: 'none',
        temperature: 0,
        maxOutputTokens: 60,
      });
      expect(textOf(candidates[0] as Candidate)).toContain('5555');
    } finally {
      await model.close?.();
    }
  });
});

describe.skipIf(names.some(isThere))('real weights', () => {
  it.skip(`SKIPPED: there is none of ${names.join(', ')} (.gguf) in the folder TOLLGATE_MODELS`, () => undefined);
});
