import type { LanguageModelV4Prompt, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { MockLanguageModelV4, simulateReadableStream } from 'ai/test';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineModel } from '../../leaf/define-model.ts';
import type { LeafOutcome } from '../../leaf/leaf-call.ts';
import { textCapabilities } from '../../leaf/text-capabilities.ts';
import type { AssistantPart, Message, PartMetadata, UserPart } from '../../spec/content.ts';
import type { JsonObject, JsonValue } from '../../spec/json.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import { fromAiSdk } from './ai-sdk.ts';
import { readPrompt } from './read-prompt.ts';
import { toAiSdk } from './to-ai-sdk.ts';
import { writePrompt } from './write-prompt.ts';

const own = { provider: 'lab', modelId: 'one' };
const words = fc.string({ minLength: 1, maxLength: 8 });
const json = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);
const object = fc
  .dictionary(words, json, { maxKeys: 3 })
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonObject);
const metadata: fc.Arbitrary<PartMetadata> = fc.dictionary(
  fc.constantFrom('lab', 'anthropic', 'openai'),
  fc.dictionary(fc.constantFrom('signature', 'item'), words, { minKeys: 1 }),
  { minKeys: 1 },
);
const cache = fc.constantFrom({}, { ttl: '5m' as const }, { ttl: '1h' as const });
const extras = fc.record({ metadata, cache }, { requiredKeys: [] });

const textPart = fc.tuple(words, extras).map(([text, more]) => ({ type: 'text' as const, text, ...more }));
const filePart = fc
  .tuple(
    fc.constantFrom('image/png', 'application/pdf'),
    fc.oneof(
      fc.base64String().map((base64) => ({ base64 })),
      fc.webUrl().map((url) => ({ url: new URL(url).href })),
    ),
    fc.option(words, { nil: undefined }),
    extras,
  )
  .map(([mediaType, data, filename, more]) => ({
    type: 'file' as const,
    mediaType,
    data,
    ...(filename !== undefined && { filename }),
    ...more,
  }));
const reasoningPart = fc.tuple(words, extras).map(([text, more]) => ({ type: 'reasoning' as const, text, ...more }));
const toolCallPart = fc
  .tuple(words, words, object, extras)
  .map(([toolCallId, toolName, input, more]) => ({ type: 'tool-call' as const, toolCallId, toolName, input, ...more }));
const toolResultPart = fc
  .tuple(words, words, json, fc.boolean(), extras)
  .map(([toolCallId, toolName, output, isError, more]) => ({
    type: 'tool-result' as const,
    toolCallId,
    toolName,
    output,
    ...(isError && { isError }),
    ...more,
  }));
const list = <Part>(part: fc.Arbitrary<Part>) => fc.array(part, { minLength: 1, maxLength: 4 });
const userPart: fc.Arbitrary<UserPart> = fc.oneof(textPart, filePart);
const assistantPart: fc.Arbitrary<AssistantPart> = fc.oneof(textPart, filePart, reasoningPart, toolCallPart);
const message: fc.Arbitrary<Message> = fc.oneof(
  textPart.map((part) => ({ role: 'system' as const, content: [part] })),
  list(userPart).map((content) => ({ role: 'user' as const, content })),
  list(assistantPart).map((content) => ({ role: 'assistant' as const, content })),
  list(toolResultPart).map((content) => ({ role: 'tool' as const, content })),
);

/** What two spellings of the same conversation have in common: a text alone is its only part. */
function plain({ role, content }: Message): unknown {
  return { role, content: typeof content === 'string' ? [{ type: 'text', text: content }] : content };
}

const never = (): void => expect.unreachable();

/** A leaf that remembers what it was asked and says what it is told. */
function leaf(outcome: LeafOutcome): ReturnType<typeof defineModel> & { readonly requests: GenerateRequest[] } {
  const requests: GenerateRequest[] = [];
  const model = defineModel({
    ...own,
    capabilities: textCapabilities(),
    call: async ({ request }) => {
      requests.push(request);
      return outcome;
    },
  });
  return Object.assign(model, { requests });
}

const done = { unified: 'stop', by: 'eos' } as const;
const usages = fc.record({
  inputUncached: fc.nat(99),
  cacheRead: fc.nat(9),
  cacheWrite: fc.record({ total: fc.nat(9) }),
  outputText: fc.nat(99),
  outputReasoning: fc.nat(99),
});

describe('a conversation', () => {
  it('comes back as it went: ours, theirs, ours', () => {
    fc.assert(
      fc.property(list(message), (messages) => {
        expect(readPrompt(writePrompt(messages, own), never).map(plain)).toEqual(messages);
      }),
    );
  });

  it('comes back as it went through two models: fromAiSdk(toAiSdk(model))', async () => {
    await fc.assert(
      fc.asyncProperty(list(message), async (messages) => {
        const model = leaf({ candidates: [{ content: [], finish: done }], usage: {} });
        await fromAiSdk(toAiSdk(model), { retry: false }).generate({ messages });
        expect(model.requests[0]?.messages.map(plain)).toEqual(messages);
      }),
      { numRuns: 50 },
    );
  });

  it('of theirs comes back as it went through two models: toAiSdk(fromAiSdk(model))', async () => {
    await fc.assert(
      fc.asyncProperty(list(message), async (messages) => {
        const prompt: LanguageModelV4Prompt = writePrompt(messages, own);
        const mock = new MockLanguageModelV4({
          ...own,
          doStream: async () => ({ stream: simulateReadableStream({ chunks: [] }) }),
        });
        await Promise.resolve(toAiSdk(fromAiSdk(mock, { retry: false })).doGenerate({ prompt })).catch(() => undefined);
        expect(mock.doStreamCalls[0]?.prompt).toEqual(prompt);
      }),
      { numRuns: 50 },
    );
  });
});

describe('an answer', () => {
  /** Streams do not mark where one text ends and the next begins, so only what carries something ends a block. */
  const answers = fc.array(
    fc.oneof(
      fc.tuple(words, metadata).map(([text, carried]) => ({ type: 'text' as const, text, metadata: carried })),
      fc.tuple(words, metadata).map(([text, carried]) => ({ type: 'reasoning' as const, text, metadata: carried })),
      fc
        .tuple(fc.uuid(), words, object, fc.option(metadata, { nil: undefined }))
        .map(([toolCallId, toolName, input, carried]) => ({
          type: 'tool-call' as const,
          toolCallId,
          toolName,
          input,
          ...(carried !== undefined && { metadata: carried }),
        })),
    ),
    { minLength: 1, maxLength: 5 },
  );

  it('keeps content, metadata and usage: fromAiSdk(toAiSdk(model))', async () => {
    await fc.assert(
      fc.asyncProperty(answers, usages, async (content, usage) => {
        const model = leaf({ candidates: [{ content, finish: done }], usage });
        const { candidates, charges } = await fromAiSdk(toAiSdk(model), { retry: false }).generate({
          messages: [{ role: 'user', content: 'Hi' }],
        });
        const signed = content.map((part) => (part.type === 'text' ? part : { ...part, origin: own }));
        expect(candidates[0]?.content).toEqual(signed);
        expect(candidates[0]?.finish).toEqual(done);
        expect(charges).toMatchObject([{ usage, usageKnown: 'exact' }]);
      }),
      { numRuns: 50 },
    );
  });

  it('keeps content, metadata and usage: toAiSdk(fromAiSdk(model)), whole and streamed', async () => {
    await fc.assert(
      fc.asyncProperty(answers, fc.array(fc.nat(99), { minLength: 5, maxLength: 5 }), async (content, counts) => {
        const [noCache = 0, cacheRead = 0, cacheWrite = 0, text = 0, reasoning = 0] = counts;
        const usage = {
          inputTokens: { total: noCache + cacheRead + cacheWrite, noCache, cacheRead, cacheWrite },
          outputTokens: { total: text + reasoning, text, reasoning },
        };
        const chunks = content.flatMap((part, i): readonly LanguageModelV4StreamPart[] => {
          const carried =
            part.metadata === undefined ? {} : { providerMetadata: part.metadata as Record<string, never> };
          if (part.type === 'tool-call') {
            const { input, metadata: _, ...call } = part;
            return [{ ...call, input: JSON.stringify(input), ...carried }];
          }
          const id = String(i);
          return [
            { type: `${part.type}-start`, id },
            { type: `${part.type}-delta`, id, delta: part.text },
            { type: `${part.type}-end`, id, ...carried },
          ];
        });
        const finishReason = { unified: 'stop' as const, raw: 'end' };
        const mock = new MockLanguageModelV4({
          ...own,
          doStream: async () => ({
            stream: simulateReadableStream({ chunks: [...chunks, { type: 'finish', finishReason, usage }] }),
          }),
        });
        const model = toAiSdk(fromAiSdk(mock, { retry: false }));
        const call = { prompt: writePrompt([{ role: 'user', content: 'Hi' }], own) };
        const whole = await model.doGenerate(call);
        expect(whole.content.map(withoutOrigin)).toEqual(
          content.map(({ metadata: carried, ...part }) => ({
            ...part,
            ...(part.type === 'tool-call' && { input: JSON.stringify(part.input) }),
            ...(carried !== undefined && { providerMetadata: carried }),
          })),
        );
        expect([whole.usage, whole.finishReason]).toEqual([usage, finishReason]);
        const parts: LanguageModelV4StreamPart[] = [];
        for await (const part of (await model.doStream(call)).stream) parts.push(part);
        expect(carriedBy(parts)).toEqual(carriedBy(chunks));
        expect(parts.at(-1)).toMatchObject({ usage, finishReason });
      }),
      { numRuns: 50 },
    );
  });
});

/** Text and opaque data of a stream, in order. Ids of blocks are every model's own. */
function carriedBy(parts: readonly LanguageModelV4StreamPart[]): readonly unknown[] {
  return parts.flatMap((part): readonly unknown[] => {
    if (part.type === 'text-delta' || part.type === 'reasoning-delta') return [`${part.type} ${part.delta}`];
    if (part.type === 'tool-call') return [withoutOrigin(part)];
    if (part.type !== 'text-end' && part.type !== 'reasoning-end') return [];
    const { providerMetadata } = withoutOrigin(part);
    return providerMetadata === undefined ? [] : [providerMetadata];
  });
}

/** Who made a part is what we add. */
function withoutOrigin<Part extends object>(part: Part): Part & { readonly providerMetadata?: unknown } {
  if (!('providerMetadata' in part)) return part;
  const { providerMetadata, ...rest } = part;
  const { tollgate: _, ...others } = providerMetadata as { readonly tollgate?: unknown };
  return { ...rest, ...(Object.keys(others).length > 0 && { providerMetadata: others }) } as Part;
}
