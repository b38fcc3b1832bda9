import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asTokenModel, type Model, rootContext, type ScoreInput, textOf, type TokenModel } from '@tollgate/sdk';
import { llamaCpp } from '@tollgate/sdk/llama-cpp';
import { onnxRewardHead } from '@tollgate/sdk/onnx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { candidate } from '../__fixtures__/candidate.ts';
import { codeHeadFormat } from '../__fixtures__/code-head-format.ts';
import { realWeights } from '../__fixtures__/real-weights.ts';
import { conversationText } from './conversation-text.ts';
import { exactYesNo } from './exact-yes-no.ts';
import { rewardModel } from './reward-model.ts';
import { yesNoLogprobs } from './yes-no-logprobs.ts';
import { yesNo } from './yes-no.ts';

const head = realWeights('minilm-code-orm-onnx');

interface Vector {
  readonly problem: string;
  readonly candidate: string;
  readonly score: number;
  readonly score_int8_weights: number;
}

function inputOf(problem: string, answers: readonly string[]): ScoreInput {
  return {
    request: { messages: [{ role: 'user', content: problem }] },
    candidates: answers.map((answer, i) => candidate(answer, 'eos', `c${i}`)),
    context: rootContext({ seed: 1 }),
  };
}

describe.runIf('path' in head)('rewardModel with real weights (MiniLM code reward head)', () => {
  const modelPath = 'path' in head ? head.path : '';

  it.each([
    ['q8', 1, 'score'],
    ['int8', 8, 'score_int8_weights'],
  ] as const)('gives the known answers of %s, %d in a run', { timeout: 120_000 }, async (dtype, batchSize, known) => {
    const { vectors, tolerance } = JSON.parse(readFileSync(join(modelPath, 'vectors.json'), 'utf8')) as {
      readonly vectors: readonly Vector[];
      readonly tolerance: number;
    };
    const source = await onnxRewardHead({ modelPath, dtype, batchSize, format: codeHeadFormat });
    const scorer = rewardModel(source, {
      text: ({ messages }, answer) => ({ prompt: conversationText(messages), answer: textOf(answer) }),
    });
    const seen: string[] = [];
    for (const problem of new Set(vectors.map((vector) => vector.problem))) {
      const own = vectors.filter((vector) => vector.problem === problem);
      const input = inputOf(
        problem,
        own.map((vector) => vector.candidate),
      );
      const { verdicts, charges } = await scorer.score(input);
      expect(charges).toHaveLength(1);
      for (const [i, vector] of own.entries()) {
        expect(Math.abs((verdicts[i]?.score ?? Number.NaN) - vector[known])).toBeLessThan(tolerance);
        seen.push(vector.candidate);
      }
    }
    expect(seen).toHaveLength(20);
    await source.close();
  });
});

/** Small programs, and whether they are right. */
const programs = [
  ['Write a Python function add(a, b) that returns the sum of a and b.', 'def add(a, b):\n    return a + b', true],
  ['Write a Python function add(a, b) that returns the sum of a and b.', 'def add(a, b):\n    return a - b', false],
  ['Write a Python function is_even(n).', 'def is_even(n):\n    return n % 2 == 0', true],
  ['Write a Python function is_even(n).', 'def is_even(n):\n    return n % 2 == 1', false],
  ['Write a Python function largest(numbers).', 'def largest(numbers):\n    return max(numbers)', true],
  ['Write a Python function largest(numbers).', 'def largest(numbers):\n    return numbers[0]', false],
  ['Write a Python function reverse(text).', 'def reverse(text):\n    return text[::-1]', true],
  ['Write a Python function reverse(text).', 'def reverse(text):\n    return text.upper()', false],
] as const;

const ladder = ['qwen2.5-coder-0.5b', 'qwen2.5-coder-1.5b'].map((name) => [name, realWeights(`${name}.gguf`)] as const);

describe.each(ladder.filter(([, weights]) => 'path' in weights))('yesNo with real weights: %s', (_, weights) => {
  let model: Model;
  beforeAll(async () => {
    model = await llamaCpp({ modelPath: 'path' in weights ? weights.path : '', threads: 1, contextTokens: 512 });
  }, 120_000);
  afterAll(async () => {
    await model.close?.();
  });

  it('puts most right programs above the wrong ones for the same problem', { timeout: 300_000 }, async () => {
    const scorer = yesNo(model);
    let above = 0;
    for (const problem of new Set(programs.map(([asked]) => asked))) {
      const own = programs.filter(([asked]) => asked === problem);
      const answers = own.map(([, program]) => `\`\`\`python\n${program}\n\`\`\``);
      const { verdicts, charges } = await scorer.score(inputOf(problem, answers));
      expect(charges).toHaveLength(own.length);
      const [right = Number.NaN, wrong = Number.NaN] = verdicts.map(({ score }) => score ?? Number.NaN);
      expect(Number.isFinite(right) && Number.isFinite(wrong)).toBe(true);
      if (right > wrong) above += 1;
    }
    expect(above).toBeGreaterThanOrEqual(3);
  });

  it('reads about the same from a reply and from the distribution', { timeout: 300_000 }, async () => {
    const messages = [{ role: 'user', content: 'Is 7 a prime number? Answer Yes or No.' }] as const;
    const reply = await yesNoLogprobs(model, { messages });
    const exact = await exactYesNo(asTokenModel(model) as TokenModel, { messages });
    expect(exact.told.yes).toBeGreaterThan(exact.told.no);
    // Quantised weights round otherwise when tokens are evaluated together.
    expect(Math.abs((reply.told?.yes ?? Number.NaN) - exact.told.yes)).toBeLessThan(0.2);
    expect(Math.abs((reply.told?.no ?? Number.NaN) - exact.told.no)).toBeLessThan(0.5);
    expect(exact.charges).toMatchObject([{ usageKnown: 'exact' }]);
  });
});

describe.skipIf('path' in head)('real weights', () => {
  it.skip(`SKIPPED: ${'missing' in head ? head.missing : ''}`, () => undefined);
});

describe.each(ladder.filter(([, weights]) => 'missing' in weights))('real weights: %s', (_, weights) => {
  it.skip(`SKIPPED: ${'missing' in weights ? weights.missing : ''}`, () => undefined);
});
