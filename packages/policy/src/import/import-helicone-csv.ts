import { fnv1a } from '../tasks/fnv-1a.ts';
import { InvalidFileError } from '../tasks/invalid-file-error.ts';
import type { ImportedOutcomes, ImportOptions } from './import-options.ts';
import {
  amountOf,
  chatText,
  countOf,
  isRecord,
  listOf,
  type LogRecord,
  plainText,
  present,
  recordOf,
  textOf,
} from './log-values.ts';
import { parseCsv } from './parse-csv.ts';
import { SampleCollector } from './sample-collector.ts';

const columns = new Set(
  (
    'response_id response_created_at response_status response_body request_id request_created_at request_body ' +
    'request_properties request_user_id model provider prompt_tokens completion_tokens total_tokens latency cost scores'
  ).split(' '),
);

/**
 * Reads a CSV export of Helicone. Requests with the same property `task` are samples of one task; without the property those
 * with the same prompt are. Whether an answer is right stands in a property or a score of the request: `correct`, or the one
 * that `score` names.
 *
 * @throws InvalidFileError for another file, or one without verdicts, tasks or costs.
 */
export function importHeliconeCsv(
  text: string,
  options: ImportOptions & {
    /** The property that names the task. @defaultValue 'task' */
    readonly task?: string;
  },
): ImportedOutcomes {
  const { source, task = 'task', score = 'correct' } = options;
  const [header = [], ...rows] = rowsOf(text, source);
  for (const column of ['model', 'request_properties']) {
    if (header.includes(column)) continue;
    throw new InvalidFileError(source, [
      { message: `there is no column "${column}", which an export of Helicone has. Columns: ${header.join(', ')}.` },
    ]);
  }
  const collector = new SampleCollector(options, {
    verdict: `Set the property "${score}" of each request to true or false, or name another property or score: --score NAME.`,
  });
  let unplaced = 0;
  for (const cells of rows) {
    const row: { readonly [column: string]: string } = Object.fromEntries(
      header.map((name, i) => [name, cells[i] ?? '']),
    );
    collector.census(row, columns);
    const properties = recordOf(jsonOf(row['request_properties']));
    const request = recordOf(jsonOf(row['request_body']));
    const prompt = chatText(request['messages'] ?? request['prompt'] ?? request['input'] ?? request['contents']);
    const name = propertyOf(properties, task) ?? (prompt === undefined ? undefined : `prompt ${fnv1a(prompt)}`);
    if (name === undefined) {
      unplaced += 1;
      continue;
    }
    const failed = (countOf(Number(row['response_status'] || 200)) ?? 200) >= 400;
    const response = jsonOf(row['response_body']);
    collector.add({
      task: name,
      model: textOf(row['model']),
      failed,
      answer: answerOf(response, properties),
      verdict: verdictOf(propertyOf(properties, score) ?? recordOf(jsonOf(row['scores']))[score]),
      ...present({
        prompt,
        inputTokens: countIn(row['prompt_tokens']),
        outputTokens: countIn(row['completion_tokens']),
        costUsd: numberIn(row['cost']),
        latencyMs: numberIn(row['latency']),
      }),
    });
  }
  if (unplaced > 0) {
    const advice = `Set the property "${task}", name another one (--task NAME), or export with bodies.`;
    const message = `${unplaced} of ${rows.length} requests have neither the property "${task}" nor a prompt, so nothing says which task they are of.`;
    if (unplaced === rows.length) throw new InvalidFileError(source, [{ message }], advice);
    collector.note(`${message} They were left out. ${advice}`);
  }
  return collector.finish();
}

function rowsOf(text: string, source: string): readonly (readonly string[])[] {
  try {
    return parseCsv(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InvalidFileError(source, [{ message: error.message }]);
  }
}

/** A cell with JSON. Helicone's own exporter doubles the quotes in it once more than CSV asks for. */
function jsonOf(cell: string | undefined): unknown {
  if (cell === undefined || cell === '') return undefined;
  for (const text of [cell, cell.replaceAll('""', '"')]) {
    try {
      return JSON.parse(text);
    } catch {
      // The other form is tried, then it is no JSON.
    }
  }
  return undefined;
}

/** A property by its name, whatever its case. */
function propertyOf(properties: LogRecord, name: string): string | undefined {
  const key = Object.keys(properties).find((one) => one.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : plainText(properties[key]);
}

function verdictOf(value: unknown): boolean | number | undefined {
  if (typeof value === 'boolean' || typeof value === 'number') return value;
  const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
  if (text === 'true' || text === 'false') return text === 'true';
  return text === '' || !Number.isFinite(Number(text)) ? undefined : Number(text);
}

/** The property `answer`, else what the first choice says. */
function answerOf(response: unknown, properties: LogRecord): string | null {
  const given = propertyOf(properties, 'answer');
  if (given !== undefined) return given;
  const body = recordOf(response);
  const [choice] = listOf(body['choices']);
  const said = isRecord(choice)
    ? chatText(choice['message'] ?? choice['text'])
    : chatText(body['content'] ?? body['output']);
  return said?.trim() ?? null;
}

function numberIn(cell: string | undefined): number | undefined {
  return cell === undefined || cell.trim() === '' ? undefined : amountOf(Number(cell));
}

function countIn(cell: string | undefined): number | undefined {
  return countOf(numberIn(cell));
}
