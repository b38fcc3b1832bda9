import { join } from 'node:path';
import { bootstrapInterval, bootstrapPairedDifference, createRandom } from '@tollgate/stats';
import { readRecords } from '../read-lines.ts';
import { meanOver, printTable, shown } from './table.ts';

type Reply = readonly [correct: number, answer: string, characters: number];

interface Question {
  readonly '6b_finetuning': Reply;
  readonly '6b_verification': Reply;
  readonly '175b_finetuning': Reply;
  readonly '175b_verification': Reply;
}

/**
 * GPT-3 on GSM8K: one answer against the best of 100 by a trained verifier. Only those two points of the curve are recorded,
 * and not whether any of the 100 was right: the normalised drop ratio is at least the share of all that was wrong.
 */
export function gsm8kPart(data: string): void {
  const questions = readRecords<Question>(join(data, 'gsm8k_openai_verifier/answers.jsonl.gz'));
  const right = (model: keyof Question): readonly number[] => questions.map((question) => question[model][0]);
  printTable(`GPT-3 on GSM8K, ${questions.length} questions: accuracy`, [
    ['model', 'one answer', 'best of 100 by verifier', 'gain', 'NDR is at least'],
    ...(['6b', '175b'] as const).map((size) => {
      const one = right(`${size}_finetuning`);
      const best = right(`${size}_verification`);
      const ratio = bootstrapInterval({
        units: one.map((before, i) => ({ before, after: best[i] ?? 0 })),
        statistic: (sample) => {
          const [before, after] = [sum(sample, (unit) => unit.before), sum(sample, (unit) => unit.after)];
          return (after - before) / (sample.length - before);
        },
        random: createRandom('problems'),
      });
      return [size, shown(meanOver(one)), shown(meanOver(best)), shown(difference(best, one)), shown(ratio)];
    }),
  ]);
  const ahead = difference(right('6b_verification'), right('175b_finetuning'));
  console.log(`6b with a verifier is ahead of 175b without by ${shown(ahead)}`);
}

function difference(first: readonly number[], second: readonly number[]): ReturnType<typeof meanOver> {
  return bootstrapPairedDifference({
    first: { numerators: first },
    second: { numerators: second },
    random: createRandom('problems'),
  });
}

function sum<Unit>(units: readonly Unit[], figure: (unit: Unit) => number): number {
  return units.reduce((all, unit) => all + figure(unit), 0);
}
