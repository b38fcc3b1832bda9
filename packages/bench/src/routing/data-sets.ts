import { join } from 'node:path';
import type { OutcomeRow } from './outcome-row.ts';
import { readLines, readRecords } from '../read-lines.ts';

/** Recorded outcomes of real models, read into one shape. Costs are those recorded, or a published price on recorded lengths. */
export interface DataSet {
  readonly name: string;
  /** What the figures rest on. */
  readonly about: string;
  readonly rows: (folder: string) => readonly OutcomeRow[];
}

type LogprobRecord = { readonly b: string; readonly s: string; readonly i: number } & {
  readonly [model: string]: readonly [answer: string, correct: number, confidence: number | null, usd: number];
};

/** Benchmarks of one question, one answer and one log-probability a model. */
function cascadeLogprob(benchmark: string): DataSet {
  return {
    name: `cascade_logprob ${benchmark}`,
    about: 'test split, 9 models, 1 sample each, recorded dollars, log-prob confidence',
    rows: (folder) =>
      readRecords<LogprobRecord>(join(folder, 'cascade_logprob/records.jsonl.gz'))
        .filter(({ b, s }) => b === benchmark && s === 'test')
        .flatMap((record) =>
          Object.entries(record).flatMap(([model, value]): OutcomeRow[] => {
            if (!Array.isArray(value)) return [];
            const [answer, correct, confidence, costUsd] = value;
            return [
              {
                task: String(record.i),
                model,
                sample: 0,
                answer: String(answer) || null,
                correct: correct === 1,
                costUsd,
                ...(typeof confidence === 'number' && { signals: { logprob: confidence } }),
              },
            ];
          }),
        ),
  };
}

interface MotRecord {
  readonly d: string;
  readonly q: number;
  readonly m: string;
  readonly s: string;
  readonly t: string | number | null;
  readonly k: string;
  readonly a: readonly string[];
  readonly L: readonly number[];
}

/** US dollars for a character, at four characters a token. */
const perCharacter = (usdPerMillionTokens: number): number => usdPerMillionTokens / 4 / 1e6;

const motPrices: { readonly [model: string]: readonly [input: number, output: number] } = {
  'llama2-13b': [perCharacter(0.1), perCharacter(0.1)],
  'gpt-3.5-turbo': [perCharacter(1.5), perCharacter(2)],
  'gpt-4': [perCharacter(30), perCharacter(60)],
};
const motPrompts: { readonly [style: string]: number } = { cot1: 1785, pot1: 2577 };

const motDate: DataSet = {
  name: 'mot_samples date',
  about:
    '369 questions; llama2-13b (5), gpt-3.5-turbo (20) and gpt-4 (3) samples of two prompt styles; prices of the paper',
  rows: (folder) => {
    const gold = new Map(
      readRecords<{ d: string; q: number; question: string; gold: string }>(
        join(folder, 'mot_samples/questions.jsonl.gz'),
      )
        .filter(({ d }) => d === 'date')
        .map(({ q, ...rest }) => [q, rest]),
    );
    return readRecords<MotRecord>(join(folder, 'mot_samples/samples.jsonl.gz'))
      .filter(({ d, s, t, k, a }) => d === 'date' && t === null && k === '' && s in motPrompts && a.length > 0)
      .flatMap(({ q, m, s, a, L }) => {
        const [input, output] = motPrices[m] ?? [0, 0];
        const task = gold.get(q);
        return a.map(
          (answer, sample): OutcomeRow => ({
            task: String(q),
            model: `${m} ${s}`,
            sample,
            answer: answer === '' ? null : answer,
            correct: answer === task?.gold,
            costUsd: (motPrompts[s] ?? 0) * input + (L[sample] ?? 0) * output,
            ...(task !== undefined && { prompt: task.question }),
          }),
        );
      });
  },
};

const evalperfModels: { readonly [model: string]: readonly [short: string, usdPerCharacter: number] } = {
  'meta-llama--Llama-3.1-8B-Instruct': ['llama-3.1-8b', perCharacter(0.05)],
  'meta-llama--Llama-3.1-70B-Instruct': ['llama-3.1-70b', perCharacter(0.4)],
  'gpt-4o-mini-2024-07-18': ['gpt-4o-mini', perCharacter(0.6)],
  'gpt-4o-2024-08-06': ['gpt-4o', perCharacter(10)],
};

const evalperf: DataSet = {
  name: 'evalperf_passrates',
  about:
    '118 tasks; pass rates of 100 samples dealt out in a fixed mixed order; output priced by length; tests as an oracle verifier, answers that cannot be compared',
  rows: (folder) =>
    readLines(join(folder, 'evalperf_passrates/pass_rates.csv.gz'))
      .slice(1)
      .flatMap((line) => {
        const [task = '', id = '', , percent = '0', characters = '0'] = line.split(',');
        const known = Object.entries(evalperfModels).find(([model]) => id.startsWith(model));
        if (known === undefined) return [];
        const [, [model, price]] = known;
        return Array.from({ length: 20 }, (_, sample): OutcomeRow => {
          // Passes are spread evenly over the samples: the share of the first n is within one of the rate.
          const offset = phase(`${task}/${model}`);
          const correct =
            Math.floor((sample + 1 + offset) * (Number(percent) / 100)) >
            Math.floor((sample + offset) * (Number(percent) / 100));
          return {
            task,
            model,
            sample,
            answer: `program ${sample}`,
            correct,
            costUsd: Math.max(Number(characters), 200) * price,
            signals: { tests: correct ? 1 : 0 },
          };
        });
      }),
};

/** A number in [0, 1) that depends on the text only. */
function phase(text: string): number {
  let hash = 2166136261;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619);
  return (hash >>> 0) / 2 ** 32;
}

const game24: DataSet = {
  name: 'game24_gpt4',
  about:
    '100 puzzles, GPT-4 by two prompts, 100 samples each, recorded dollars; the exact checker as a free verifier, answers that cannot be compared',
  rows: (folder) =>
    readRecords<{ method: string; idx: number; bits: string; cost_usd: number }>(
      join(folder, 'game24_gpt4/samples.jsonl.gz'),
    )
      // A few questions were logged with a cost below 0.
      .filter(({ method, cost_usd: usd }) => (method === 'io' || method === 'cot') && usd > 0)
      .flatMap(({ method, idx, bits, cost_usd: usd }) =>
        Array.from(
          bits.slice(0, 40),
          (bit, sample): OutcomeRow => ({
            task: String(idx),
            model: `gpt-4 ${method}`,
            sample,
            answer: `formula ${sample}`,
            correct: bit === '1',
            costUsd: usd / bits.length,
            signals: { tests: bit === '1' ? 1 : 0 },
          }),
        ),
      ),
};

const routellm: DataSet = {
  name: 'routellm mmlu',
  about:
    '14,042 questions, Mixtral-8x7B against GPT-4-1106, 1 answer each, prompts priced by length; features: length and subject group',
  rows: (folder) =>
    readLines(join(folder, 'routellm/pairs.csv.gz'))
      .slice(1)
      .map((line) => line.split(','))
      .filter(([set = '']) => set.startsWith('mmlu_'))
      .flatMap(([set = '', index = '', mixtral = '', gpt4 = '', promptCharacters = '0']) => {
        const characters = Number(promptCharacters);
        const features = { length: Math.log10(1 + characters), ...subjectFeatures(set) };
        const row = (model: string, correct: string, [input, output]: readonly [number, number]): OutcomeRow => ({
          task: `${set} ${index}`,
          model,
          sample: 0,
          answer: correct === '1' ? 'right' : `wrong of ${model}`,
          correct: correct === '1',
          costUsd: characters * input + 4 * output,
          class: set,
          features,
        });
        return [
          row('mixtral-8x7b', mixtral, [perCharacter(0.6), perCharacter(0.6)]),
          row('gpt-4-1106', gpt4, [perCharacter(10), perCharacter(30)]),
        ];
      }),
};

/** Groups of subjects, by words in their names. */
function subjectFeatures(set: string): { readonly [name: string]: number } {
  const has = (pattern: RegExp): number => (pattern.test(set) ? 1 : 0);
  return {
    mathematics: has(/algebra|mathematics|statistics|logic/),
    science: has(/physics|chemistry|biology|computer|astronomy|engineering|machine/),
    law: has(/law|jurisprudence/),
    morals: has(/moral|philosophy|religions/),
    medicine: has(/medicine|clinical|anatomy|virology|nutrition|genetics/),
  };
}

const lastLetters: DataSet = {
  name: 'esc_last_letters',
  about: '500 questions, GPT-3.5, 40 samples, output priced by length: one model, so only when to stop can be chosen',
  rows: (folder) =>
    readRecords<{ q: number; question: string; gold: string; a: readonly string[]; L: readonly number[] }>(
      join(folder, 'esc_last_letters/samples.jsonl.gz'),
    ).flatMap(({ q, question, gold, a, L }) =>
      a.map(
        (answer, sample): OutcomeRow => ({
          task: String(q),
          model: 'gpt-3.5',
          sample,
          answer: answer === '' ? null : answer,
          correct: answer === gold,
          costUsd: 600 * perCharacter(1.5) + (L[sample] ?? 0) * perCharacter(2),
          prompt: question,
        }),
      ),
    ),
};

export const dataSets: readonly DataSet[] = [
  ...['mmlu', 'medmcqa', 'triviaqa', 'truthfulqa'].map(cascadeLogprob),
  motDate,
  evalperf,
  game24,
  routellm,
  lastLetters,
];
