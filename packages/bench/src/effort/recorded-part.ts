import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type EffortAsk, effortController, type EffortPlan } from '@tollgate/budget';
import type { EffortLevel } from '@tollgate/sdk';
import { createRandom, type Random } from '@tollgate/stats';
import { printHeading, printReport } from './row.ts';

interface Answer {
  readonly tokens: number;
  readonly correct: boolean;
}

/** Replays recorded lengths through a controller, with levers that shorten them in known ways. */
export function recordedPart(dataFolder: string, calls: number): void {
  const answers = readAnswers(dataFolder);
  const average = answers.reduce((sum, { tokens }) => sum + tokens, 0) / answers.length;
  for (const [title, lever] of levers) {
    printHeading(title);
    for (const fraction of [0.25, 0.5, 0.75, 1]) {
      const ratios: number[] = [];
      for (let seed = 0; seed < 20; seed += 1) {
        const random = createRandom(seed);
        const controller = effortController();
        for (let call = 0; call < calls + 10; call += 1) {
          const ask: EffortAsk = {
            model: { provider: 'recorded', modelId: 'gpt-3.5' },
            taskClass: 'dates',
            fraction,
            ...lever.offers,
          };
          const plan = controller.plan(ask);
          const drawn = answers[random.int(answers.length)] as Answer;
          const { tokens, isCut } = lever.answer(drawn, plan, random);
          const resultId = `call-${call}`;
          controller.observe(plan, { lengths: [{ tokens, isCut }], resultId });
          controller.reportCorrect({ resultId, correct: drawn.correct });
        }
        ratios.push(controller.report()[0]?.fractions[0]?.ratio ?? 0);
        if (seed === 0) printReport('seed 0', controller, average);
      }
      const within = ratios.filter((ratio) => ratio >= 0.85 && ratio <= 1.15).length;
      process.stdout.write(
        `${'20 seeds'.padEnd(34)} asked ${fraction.toFixed(2)}  ratio ${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)}  within 0.85-1.15: ${within} of 20\n`,
      );
    }
  }
}

interface Lever {
  readonly offers: Pick<EffortAsk, 'efforts' | 'reasoningCap'>;
  readonly answer: (
    drawn: Answer,
    plan: EffortPlan,
    random: Random,
  ) => { readonly tokens: number; readonly isCut: boolean };
}

function levelLever(gains: { readonly [level in EffortLevel]?: number }): Lever {
  return {
    offers: { efforts: Object.keys(gains) as EffortLevel[], reasoningCap: false },
    answer: ({ tokens }, { effort, maxOutputTokens = Infinity }, random) => {
      const gain = (effort === undefined ? 1 : (gains[effort] ?? 1)) * Math.exp(0.3 * random.normal() - 0.045);
      const length = Math.max(1, Math.round(tokens * gain));
      return { tokens: Math.min(length, maxOutputTokens), isCut: length >= maxOutputTokens };
    },
  };
}

const levers: readonly (readonly [string, Lever])[] = [
  [
    'Recorded lengths, reasoning ended at a cap (the cut is exact; the length is recorded; correctness is of the uncut answer)',
    {
      offers: { efforts: [], reasoningCap: true },
      answer: ({ tokens }, { maxReasoningTokens = Infinity }) => ({
        tokens: Math.min(tokens, maxReasoningTokens),
        isCut: tokens >= maxReasoningTokens,
      }),
    },
  ],
  [
    'Recorded lengths x simulated gains, far apart (low 0.12, medium 1, high 2.2, each x lognormal noise 0.3)',
    levelLever({ low: 0.12, medium: 1, high: 2.2 }),
  ],
  [
    'Recorded lengths x simulated gains, out of order (minimal 0.2, low 0.5, medium 0.4, high 1.2, each x lognormal noise 0.3)',
    levelLever({ minimal: 0.2, low: 0.5, medium: 0.4, high: 1.2 }),
  ],
];

/** Answers of GPT-3.5 with a chain of thought to 369 questions about dates, 20 each. */
function readAnswers(dataFolder: string): readonly Answer[] {
  const rows = (name: string): { [field: string]: unknown }[] =>
    gunzipSync(readFileSync(join(dataFolder, 'mot_samples', name)))
      .toString('utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { [field: string]: unknown })
      .filter(({ d }) => d === 'date');
  const gold = new Map(rows('questions.jsonl.gz').map(({ q, gold: right }) => [q, right]));
  return rows('samples.jsonl.gz')
    .filter(({ m, s, t, k }) => m === 'gpt-3.5-turbo' && s === 'cot1' && t === null && k === '')
    .flatMap(({ q, a, L }) =>
      (L as number[]).map((chars, i) => ({
        tokens: Math.ceil(chars / 4),
        correct: (a as unknown[])[i] === gold.get(q),
      })),
    );
}
