/** CPU microseconds of a call that leaves no process: what the way through a model costs by itself. */
import assert from 'node:assert/strict';
import { defineModel, type GenerateRequest, type GenerateResult, withRetry } from '@tollgate/sdk';
import { scriptedModel } from '@tollgate/sdk/testing';
import { answerText } from './replies.ts';

const calls = 100_000;
const request: GenerateRequest = { messages: [{ role: 'user', content: 'Name a prime between 90 and 100.' }] };
const outcome = {
  candidates: [
    {
      content: [{ type: 'text' as const, text: answerText }],
      finish: { unified: 'stop' as const, by: 'eos' as const },
    },
  ],
  usage: { inputUncached: 12, outputText: 120 },
};
const leaf = defineModel({
  provider: 'bench',
  modelId: 'leaf',
  capabilities: scriptedModel([]).capabilitiesFor(),
  call: async () => outcome,
});

const name = process.argv[2] ?? '';
const ask = await caseOf(name);
for (let i = 0; i < calls / 2; i += 1) assert.equal(await ask(), answerText);
const before = process.cpuUsage();
for (let i = 0; i < calls; i += 1) await ask();
const { user, system } = process.cpuUsage(before);
console.log((user + system) / calls);

async function caseOf(which: string): Promise<() => Promise<string>> {
  switch (which) {
    case 'bare function': {
      const bare = async () => outcome;
      return async () => textOf(await bare());
    }
    case 'leaf':
      return async () => traced(await leaf.generate(request));
    case 'retry and trace': {
      const model = withRetry(leaf);
      return async () => traced(await model.generate(request));
    }
    case 'scripted': {
      // It keeps and freezes every request, so a new one is taken before that becomes what is measured.
      const step = { text: answerText };
      const script = Array.from({ length: 1000 }, () => step);
      let model = withRetry(scriptedModel(script));
      let left = script.length;
      return async () => {
        if (left === 0) {
          model = withRetry(scriptedModel(script));
          left = script.length;
        }
        left -= 1;
        return traced(await model.generate(request));
      };
    }
    case 'ai sdk mock': {
      const { generateText } = await import('ai');
      const { MockLanguageModelV4 } = await import('ai/test');
      const result = {
        content: [{ type: 'text' as const, text: answerText }],
        finishReason: { unified: 'stop' as const, raw: 'stop' },
        usage: {
          inputTokens: { total: 12, noCache: 12, cacheRead: 0, cacheWrite: 0 },
          outputTokens: { total: 120, text: 120, reasoning: 0 },
        },
        warnings: [],
      };
      const model = new MockLanguageModelV4({ doGenerate: async () => result });
      return async () => {
        model.doGenerateCalls.length = 0;
        return (await generateText({ model, prompt: 'Name a prime between 90 and 100.' })).text;
      };
    }
    default:
      throw new Error(`There is no case "${which}".`);
  }
}

function traced(result: GenerateResult): string {
  assert.notEqual(result.trace.endedAtMs, undefined);
  return textOf(result);
}

function textOf({ candidates }: Pick<typeof outcome, 'candidates'> | GenerateResult): string {
  const [part] = candidates[0]?.content ?? [];
  return part?.type === 'text' ? part.text : '';
}
