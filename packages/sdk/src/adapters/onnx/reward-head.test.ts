import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realOnnx } from '../../local/__fixtures__/real-weights.ts';
import { virtualClock } from '../../testing/virtual-clock.ts';
import { type KnownReward, writeKnownReward } from './__fixtures__/known-reward-onnx.ts';
import { writeKnownAnswerOnnx } from '../../testing/known-answer/write-known-answer-onnx.ts';
import { onnxRewardHead, type RewardHead } from './reward-head.ts';
import type { RewardFormat, RewardInput } from './reward-format.ts';

const known: KnownReward = { words: ['red', 'green', 'blue'], value: (token) => token * token * 0.125, typeValue: 0.5 };
const root = mkdtempSync(join(tmpdir(), 'tollgate-reward-'));
const modelPath = join(root, 'known');
let head: RewardHead;

beforeAll(async () => {
  writeKnownReward(modelPath, known);
  head = await onnxRewardHead({ modelPath, threads: 1 });
});

afterAll(async () => {
  await head.close();
  rmSync(root, { recursive: true, force: true });
});

const idOf = (word: string): number => 4 + known.words.indexOf(word);
const sum = (tokens: readonly number[]): number => tokens.reduce((total, token) => total + known.value(token), 0);
/** The score by hand: [CLS] prompt [SEP] answer [SEP], where the answer and its end count as the second type. */
function expected({ prompt, answer }: RewardInput): number {
  const split = (text: string): number[] => (text === '' ? [] : text.split(' ').map(idOf));
  if (prompt === undefined) return sum([1, ...split(answer), 2]);
  return sum([1, ...split(prompt), 2, ...split(answer), 2]) + (split(answer).length + 1) * known.typeValue;
}

const word = fc.constantFrom(...known.words);
const sentence = (minLength: number): fc.Arbitrary<string> =>
  fc.array(word, { minLength, maxLength: 4 }).map((words) => words.join(' '));
const input: fc.Arbitrary<RewardInput> = fc.oneof(
  fc.record({ answer: sentence(0) }),
  fc.record({ prompt: sentence(1), answer: sentence(1) }),
);

describe('a head whose scores are known', () => {
  it.each([1, 3])('scores texts and pairs in their order, %d in one run', async (batchSize) => {
    const other = await onnxRewardHead({ modelPath, threads: 1, batchSize });
    await fc.assert(
      fc.asyncProperty(fc.array(input, { maxLength: 7 }), async (inputs) => {
        const { scores } = await other.score(inputs);
        expect(scores).toHaveLength(inputs.length);
        for (const [i, each] of inputs.entries()) expect(scores[i]).toBeCloseTo(expected(each), 4);
      }),
      { numRuns: 30, seed: 2 },
    );
    await other.close();
  });

  it('counts tokens without padding, and the engine’s time', async () => {
    const clock = virtualClock();
    const counted = await head.score([{ answer: 'red' }, { prompt: 'red', answer: 'green blue' }], { clock });
    expect(counted).toMatchObject({ inputTokens: 3 + 6, engineSeconds: 0 });
    expect((await head.score([{ answer: 'red' }])).engineSeconds).toBeGreaterThan(0);
    expect(await head.score([])).toMatchObject({ scores: [], inputTokens: 0 });
  });

  it('reads what a format writes', async () => {
    const format: RewardFormat = ({ answer }, encode) => ({ ids: [1, ...encode(`${answer} blue`).slice(0, 2)] });
    const formatted = await onnxRewardHead({ modelPath, threads: 1, format, modelId: 'mine' });
    const { scores } = await formatted.score([{ answer: 'red' }, { answer: 'red green' }]);
    expect(formatted.modelId).toBe('mine');
    expect(scores).toEqual(
      [
        ['red', 'blue'],
        ['red', 'green'],
      ].map((words) => expect.closeTo(sum([1, ...words.map(idOf)]), 4)),
    );
    await formatted.close();
  });

  it('gives the log-probability of a label where there are several', async () => {
    const folder = join(root, 'two');
    writeKnownReward(folder, { ...known, labels: 2 });
    const two = await onnxRewardHead({ modelPath: folder, threads: 1, label: 'good' });
    const { scores } = await two.score([{ answer: 'red' }]);
    expect(scores[0]).toBeCloseTo(-Math.log(1 + Math.exp(-expected({ answer: 'red' }))), 5);
    await two.close();
    await expect(onnxRewardHead({ modelPath: folder, threads: 1 })).rejects.toThrow(
      'label must name one of the labels of "two" (good, bad), received none',
    );
  });

  it('refuses an input that is too long, by its place', async () => {
    await expect(head.score([{ answer: 'red' }, { answer: 'red '.repeat(20).trim() }])).rejects.toThrow(
      'Input 1 has 22 tokens; "known" reads 12. Shorten it, or give a format that cuts.',
    );
  });

  it('stops between runs when it is aborted', async () => {
    await expect(head.score([{ answer: 'red' }], { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
    });
  });

  it('refuses a model that does not classify, a batch out of range, and calls after close', async () => {
    const folder = join(root, 'generates');
    writeKnownAnswerOnnx(folder, { vocabulary: ['a'], probabilities: { a: { a: 1 } } });
    await expect(onnxRewardHead({ modelPath: folder, threads: 1 })).rejects.toThrow(
      'not one of sequence classification',
    );
    await expect(onnxRewardHead({ modelPath, batchSize: 0 })).rejects.toMatchObject({ option: 'batchSize' });
    const closing = await onnxRewardHead({ modelPath, threads: 1 });
    await closing.close();
    await closing.close();
    await expect(closing.score([])).rejects.toMatchObject({ code: 'closed' });
  });
});

const real = realOnnx('minilm-code-orm-onnx');

interface Vector {
  readonly problem: string;
  readonly candidate: string;
  readonly input_ids: readonly number[];
  readonly token_type_ids?: readonly number[];
  readonly score: number;
  readonly score_int8_weights: number;
}

/** The form that the folder's own README gives: lines with their indentation as a token, and a budget for both texts. */
const codeFormat: RewardFormat = ({ prompt = '', answer }, encode) => {
  const b = encode(codeLines(answer)).slice(0, 252);
  const budget = 317 - b.length;
  const whole = encode(codeLines(prompt));
  const a = whole.length > budget ? [...whole.slice(0, 32), ...whole.slice(whole.length - (budget - 32))] : whole;
  const ids = [101, ...a, 102, ...b, 102];
  return { ids, typeIds: ids.map((_, i) => (i < a.length + 2 ? 0 : 1)) };
};

function codeLines(text: string): string {
  const lines: string[] = [];
  const guarded = text.replaceAll(/\[(CLS|SEP|PAD|UNK|MASK|unused[0-9]+)\]/g, '[ $1]');
  for (const raw of guarded.replaceAll('\r\n', '\n').replaceAll('\r', '\n').split('\n')) {
    const line = raw.replace(/[ \t\n\r\f\v]+$/, '');
    if (line === '') continue;
    const indentation = /^[ \t]*/.exec(line)?.[0] ?? '';
    const column = indentation.split('').reduce((columns, space) => columns + (space === '\t' ? 4 : 1), 0);
    lines.push(`[unused${1 + Math.min(15, column >> 1)}] ${line.slice(indentation.length)}`);
  }
  return lines.join(' ');
}

describe.runIf('path' in real)('real weights (MiniLM code reward model)', () => {
  const path = 'path' in real ? real.path : '';
  const { vectors, tolerance } =
    'path' in real
      ? (JSON.parse(readFileSync(join(path, 'vectors.json'), 'utf8')) as {
          vectors: readonly Vector[];
          tolerance: number;
        })
      : { vectors: [], tolerance: 0 };
  const inputs = vectors.map(({ problem, candidate }): RewardInput => ({ prompt: problem, answer: candidate }));

  it('gives the known answers, one in a run', { timeout: 120_000 }, async () => {
    const seen: (readonly number[])[] = [];
    const format: RewardFormat = (each, encode) => {
      const encoded = codeFormat(each, encode);
      seen.push(encoded.ids);
      return encoded;
    };
    const orm = await onnxRewardHead({ modelPath: path, dtype: 'q8', format });
    const { scores, inputTokens } = await orm.score(inputs);
    expect(seen).toEqual(vectors.map(({ input_ids }) => input_ids));
    for (const [i, { score }] of vectors.entries()) expect(Math.abs((scores[i] ?? 0) - score)).toBeLessThan(tolerance);
    expect(inputTokens).toBe(vectors.reduce((total, { input_ids }) => total + input_ids.length, 0));
    await orm.close();
  });

  it('gives the known answers in batches, where the weights allow it', { timeout: 120_000 }, async () => {
    const orm = await onnxRewardHead({ modelPath: path, dtype: 'int8', format: codeFormat, batchSize: 8 });
    const { scores } = await orm.score(inputs);
    for (const [i, { score_int8_weights: score }] of vectors.entries()) {
      expect(Math.abs((scores[i] ?? 0) - score)).toBeLessThan(tolerance);
    }
    await orm.close();
  });
});

describe.skipIf('path' in real)('real weights', () => {
  it.skip(`SKIPPED: ${'missing' in real ? real.missing : ''}`, () => undefined);
});
