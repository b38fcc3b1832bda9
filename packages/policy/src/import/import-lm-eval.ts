import { InvalidFileError } from '../tasks/invalid-file-error.ts';
import type { ImportedOutcomes, ImportOptions } from './import-options.ts';
import {
  chatText,
  isRecord,
  listOf,
  type LogRecord,
  parseJsonLines,
  plainText,
  present,
  recordOf,
  textOf,
} from './log-values.ts';
import { SampleCollector } from './sample-collector.ts';

const fields = new Set(
  'doc_id doc target arguments resps filtered_resps filter metrics doc_hash prompt_hash target_hash'.split(' '),
);

/**
 * Reads a `samples_*.jsonl` that EleutherAI's lm-evaluation-harness writes with `--log_samples`. It names no model and no
 * cost, so both have to be given. Of a document that was graded under several filters, one filter counts: the first, or the
 * one that `filter` names. Of multiple choice the answer is the number of the likeliest choice, and its probability among
 * the choices becomes the signal `choiceProbability`.
 *
 * @throws InvalidFileError for another file, or one without verdicts; where model or cost are not given.
 */
export function importLmEval(text: string, options: ImportOptions & { readonly filter?: string }): ImportedOutcomes {
  const { source } = options;
  const all = parseJsonLines(text, source);
  const [first] = all;
  if (first !== undefined && (first['doc_id'] === undefined || first['filtered_resps'] === undefined)) {
    throw new InvalidFileError(source, [
      { message: '"doc_id" and "filtered_resps" are missing, which a samples file of lm-evaluation-harness has.' },
    ]);
  }
  const collector = new SampleCollector(options, { verdict: 'Name the metric: --score exact_match.' });
  const filters = [...new Set(all.flatMap((record) => textOf(record['filter']) ?? []))];
  const filter = options.filter ?? filters[0];
  if (filter !== undefined && !filters.includes(filter)) {
    throw new InvalidFileError(source, [
      { message: `there is no filter "${filter}"; there are: ${filters.join(', ') || 'none'}.` },
    ]);
  }
  if (filters.length > 1) {
    collector.note(`There are several filters (${filters.join(', ')}); "${filter}" counts. Choose with --filter.`);
  }
  const task = /samples_(.+?)_\d{4}-\d\d-\d\d/.exec(source)?.[1];
  for (const record of all) {
    if ((textOf(record['filter']) ?? filter) !== filter) continue;
    const metrics = metricsOf(record);
    collector.census(record, new Set([...fields, ...metrics]));
    const metric = options.score ?? metrics[0];
    if (options.score === undefined && metrics.length > 1) {
      collector.note(`There are several metrics (${metrics.join(', ')}); "${metric}" counts. Choose with --score.`);
    }
    const document = plainText(record['doc_id']) ?? '';
    collector.add({
      task: task === undefined ? document : `${task}/${document}`,
      model: undefined,
      failed: false,
      verdict: verdictOf(record[metric ?? '']),
      ...present({ class: task, prompt: promptOf(record['arguments']) }),
      ...answerOf(record, collector),
    });
  }
  return collector.finish();
}

/** Metrics by the file's own list; older files have none, and every number that is no known field is one. */
function metricsOf(record: LogRecord): readonly string[] {
  if (Array.isArray(record['metrics'])) return record['metrics'].flatMap((name) => textOf(name) ?? []);
  return Object.keys(record).filter((field) => !fields.has(field) && verdictOf(record[field]) !== undefined);
}

function verdictOf(value: unknown): boolean | number | undefined {
  if (typeof value === 'boolean') return value;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function answerOf(
  record: LogRecord,
  collector: SampleCollector,
): { readonly answer: string | null; readonly signals?: { readonly choiceProbability: number } } {
  const answers = listOf(record['filtered_resps']);
  const loglikelihoods = answers.map(loglikelihoodOf);
  if (answers.length > 1 && loglikelihoods.every((one) => one !== undefined)) {
    const best = Math.max(...loglikelihoods);
    const total = loglikelihoods.reduce((sum, one) => sum + Math.exp(one - best), 0);
    return { answer: String(loglikelihoods.indexOf(best)), signals: { choiceProbability: 1 / total } };
  }
  const [first] = answers;
  const texts = Array.isArray(first) ? first : answers;
  if (texts.length > 1) collector.note('Several answers of a document share one verdict; the first of them counts.');
  const [answer] = texts;
  return { answer: typeof answer === 'string' ? answer.trim() : answer == null ? null : JSON.stringify(answer) };
}

/** Of `[log-probability, is greedy]`, as numbers or, in saved files, as texts. */
function loglikelihoodOf(answer: unknown): number | undefined {
  if (!Array.isArray(answer) || answer.length !== 2 || !/^(?:true|false)$/i.test(String(answer[1]))) return undefined;
  const value = Number(answer[0]);
  return Number.isFinite(value) ? value : undefined;
}

/** The text of the first request: `[[prompt, …]]`, or `{gen_args_0: {arg_0: prompt}}` in saved files. */
function promptOf(value: unknown): string | undefined {
  const first = isRecord(value) ? recordOf(value['gen_args_0'])['arg_0'] : listOf(listOf(value)[0])[0];
  const text = typeof first === 'string' ? first : textOf(listOf(first)[0]);
  if (text === undefined || !text.startsWith('[')) return chatText(text);
  try {
    return chatText(JSON.parse(text)) ?? text;
  } catch {
    return text;
  }
}
