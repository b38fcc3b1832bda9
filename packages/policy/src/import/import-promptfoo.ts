import type { OutcomeLine } from '../outcomes/outcome-line.ts';
import { InvalidFileError } from '../tasks/invalid-file-error.ts';
import type { ImportedOutcomes, ImportOptions } from './import-options.ts';
import {
  amountOf,
  countOf,
  isRecord,
  type LogRecord,
  parseJson,
  parseJsonLines,
  present,
  recordOf,
  textOf,
} from './log-values.ts';
import { SampleCollector } from './sample-collector.ts';

const fields = new Set(
  (
    'id evalId description testIdx promptIdx testCase test promptId provider prompt vars response error failureReason ' +
    'success score latencyMs gradingResult namedScores cost metadata tokenUsage pluginId'
  ).split(' '),
);

/** `failureReason` of a call that failed, as opposed to an assertion. */
const callFailed = 2;

/**
 * Reads the results of promptfoo: the JSON that `promptfoo eval --output results.json` or an export writes, or its JSON
 * Lines. A test is a task, a provider a model (one for each prompt, where there are several), a repetition a sample. What
 * promptfoo calls a success is right; with `score` a named score decides.
 *
 * @throws InvalidFileError for another file, or one without verdicts or costs.
 */
export function importPromptfoo(text: string, options: ImportOptions): ImportedOutcomes {
  const results = resultsOf(text, options.source);
  const collector = new SampleCollector(options, {
    verdict: 'Give the tests assertions, or name a score: --score NAME.',
  });
  const prompts = new Set(results.map((result) => countOf(result['promptIdx']) ?? 0));
  if (prompts.size > 1) {
    collector.note(`There are ${prompts.size} prompts; a provider counts as a model of its own with each of them.`);
  }
  for (const result of results) {
    collector.census(result, fields);
    const response = recordOf(result['response']);
    const failed =
      result['failureReason'] === callFailed ||
      (result['response'] === undefined && textOf(result['error']) !== undefined);
    if (response['cached'] === true) {
      collector.note(
        'Some answers came from the cache of promptfoo; their cost and latency may be those of the cache.',
      );
    }
    const provider = providerOf(result['provider']);
    const number = prompts.size > 1 ? ` (prompt ${(countOf(result['promptIdx']) ?? 0) + 1})` : '';
    collector.add({
      task: `test ${countOf(result['testIdx']) ?? JSON.stringify(result['vars'] ?? null)}`,
      model: provider === undefined ? undefined : `${provider}${number}`,
      failed,
      answer: answerOf(response['output']),
      verdict: verdictOf(result, options.score),
      ...usageOf(result, response),
      ...present({ prompt: textOf(recordOf(result['prompt'])['raw']), latencyMs: amountOf(result['latencyMs']) }),
    });
  }
  return collector.finish();
}

function resultsOf(text: string, source: string): readonly LogRecord[] {
  const isLines = /^\s*\{[^\n]*\}\s*\n\s*\{/.test(text);
  const file = isLines ? parseJsonLines(text, source) : parseJson(text, source);
  const inner = recordOf(file)['results'];
  const lists = [inner, recordOf(inner)['results'], file].filter((value) => Array.isArray(value));
  const [list] = lists;
  if (list === undefined) {
    // One line of JSON Lines is a result by itself.
    if (recordOf(file)['testIdx'] !== undefined) return [recordOf(file)];
    throw new InvalidFileError(source, [
      { message: '"results.results" must be a list, as in the results of promptfoo (eval --output results.json).' },
    ]);
  }
  return list.filter(isRecord);
}

function providerOf(provider: unknown): string | undefined {
  const { label, id } = recordOf(provider);
  return textOf(label) ?? textOf(id) ?? textOf(provider);
}

function answerOf(output: unknown): string | null {
  if (output == null) return null;
  return typeof output === 'string' ? output.trim() : JSON.stringify(output);
}

function verdictOf(result: LogRecord, score: string | undefined): boolean | number | undefined {
  if (score !== undefined) return amountOf(recordOf(result['namedScores'])[score]);
  const verdict = result['success'] ?? recordOf(result['gradingResult'])['pass'];
  return typeof verdict === 'boolean' ? verdict : undefined;
}

function usageOf(
  result: LogRecord,
  response: LogRecord,
): Pick<OutcomeLine, 'inputTokens' | 'outputTokens' | 'reasoningTokens' | 'costUsd'> {
  const usage = recordOf(response['tokenUsage'] ?? result['tokenUsage']);
  const outputTokens = countOf(usage['completion']);
  const reasoning = countOf(recordOf(usage['completionDetails'])['reasoning']);
  return present({
    inputTokens: countOf(usage['prompt']),
    outputTokens,
    reasoningTokens: reasoning !== undefined && reasoning <= (outputTokens ?? 0) ? reasoning : undefined,
    costUsd: amountOf(result['cost']) ?? amountOf(response['cost']),
  });
}
