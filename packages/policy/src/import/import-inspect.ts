import type { OutcomeLine } from '../outcomes/outcome-line.ts';
import { InvalidFileError } from '../tasks/invalid-file-error.ts';
import type { ImportedOutcomes, ImportOptions } from './import-options.ts';
import {
  amountOf,
  chatText,
  countOf,
  isRecord,
  listOf,
  type LogRecord,
  parseJson,
  plainText,
  present,
  recordOf,
  textOf,
} from './log-values.ts';
import { SampleCollector } from './sample-collector.ts';

const sampleFields = new Set(
  (
    'id epoch input choices target sandbox files setup messages output scores metadata store events timelines model_usage ' +
    'role_usage started_at completed_at total_time working_time uuid invalidation error error_retries attachments ' +
    'events_data limit'
  ).split(' '),
);

/** What a letter of Inspect's scores stands for: correct, incorrect, partial, no answer. */
const letters: { readonly [letter: string]: number } = { C: 1, I: 0, P: 0.5, N: 0 };

/**
 * Reads an eval log of Inspect AI in its JSON form. An epoch is a sample; the answer is what the scorer extracted, else the
 * completion. A sample that ended in an error is a wrong one. Usage of other models, such as graders, is not the sample's.
 *
 * @throws InvalidFileError for another file, or one without verdicts or costs.
 */
export function importInspect(text: string, options: ImportOptions): ImportedOutcomes {
  const { source } = options;
  if (text.startsWith('PK')) {
    throw new InvalidFileError(
      source,
      [{ message: 'it is a log in the compressed .eval form.' }],
      'Convert it first: inspect log convert FILE --to json --output-dir FOLDER.',
    );
  }
  const log = recordOf(parseJson(text, source));
  const about = recordOf(log['eval']);
  if (!Array.isArray(log['samples'])) {
    throw new InvalidFileError(source, [{ message: '"samples" must be a list, as in an eval log of Inspect.' }]);
  }
  const collector = new SampleCollector(options, {
    verdict: 'Score the log (inspect score), or name the scorer: --score NAME.',
  });
  const status = textOf(log['status']);
  if (status !== undefined && status !== 'success') collector.note(`The eval ended with status "${status}".`);
  const model = textOf(about['model']);
  const name = textOf(about['task']);
  for (const [index, sample] of log['samples'].map(recordOf).entries()) {
    collector.census(sample, sampleFields);
    const output = recordOf(sample['output']);
    const score = chosenScore(recordOf(sample['scores']), options.score, collector);
    const failed = isRecord(sample['error']);
    const prompt = chatText(sample['input']);
    collector.add({
      task: plainText(sample['id']) ?? String(index + 1),
      model: model ?? textOf(output['model']),
      ...present({ sample: epochOf(sample), class: name, prompt }),
      failed,
      answer: textOf(score?.['answer']) ?? completionOf(output)?.trim() ?? null,
      verdict: valueOf(score?.['value']),
      ...usageOf(sample, output, model),
      ...present({ latencyMs: milliseconds(sample['working_time'] ?? sample['total_time'] ?? output['time']) }),
      finish: /max_tokens|length/.test(textOf(recordOf(listOf(output['choices'])[0])['stop_reason']) ?? '')
        ? 'length'
        : 'eos',
    });
  }
  return collector.finish();
}

function epochOf(sample: LogRecord): number | undefined {
  const epoch = countOf(sample['epoch']);
  return epoch === undefined || epoch === 0 ? undefined : epoch - 1;
}

function chosenScore(scores: LogRecord, wanted: string | undefined, collector: SampleCollector): LogRecord | undefined {
  const names = Object.keys(scores);
  const name = wanted ?? names[0];
  if (wanted === undefined && names.length > 1) {
    collector.note(`There are several scores (${names.join(', ')}); "${name}" counts. Choose with --score.`);
  }
  return name === undefined || !isRecord(scores[name]) ? undefined : scores[name];
}

function valueOf(value: unknown): boolean | number | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'string' ? letters[value] : undefined;
}

function completionOf(output: LogRecord): string | undefined {
  return textOf(output['completion']) ?? chatText(recordOf(listOf(output['choices'])[0])['message']);
}

function usageOf(
  sample: LogRecord,
  output: LogRecord,
  model: string | undefined,
): Pick<OutcomeLine, 'inputTokens' | 'outputTokens' | 'reasoningTokens' | 'costUsd'> {
  const usage = recordOf(recordOf(sample['model_usage'])[model ?? ''] ?? output['usage']);
  const outputTokens = countOf(usage['output_tokens']);
  const total = countOf(usage['total_tokens']);
  const reasoning = countOf(usage['reasoning_tokens']);
  // Cached tokens of the prompt are in the total, and in `input_tokens` with some providers only.
  const inputTokens =
    total !== undefined && outputTokens !== undefined && total >= outputTokens
      ? total - outputTokens
      : countOf(usage['input_tokens']);
  return present({
    inputTokens,
    outputTokens,
    reasoningTokens: reasoning !== undefined && reasoning <= (outputTokens ?? 0) ? reasoning : undefined,
    costUsd: amountOf(usage['total_cost']),
  });
}

function milliseconds(seconds: unknown): number | undefined {
  const amount = amountOf(seconds);
  return amount === undefined ? undefined : amount * 1000;
}
