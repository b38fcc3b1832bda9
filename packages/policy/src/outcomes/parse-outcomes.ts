import { type OutcomesOptions, OutcomesReader } from './outcomes-reader.ts';
import type { OutcomesTable } from './outcomes-table.ts';

/**
 * Reads an outcomes table from text: JSON Lines, one sample a line (`OutcomeLine`). For files of many megabytes, or
 * compressed ones, `readOutcomes` takes bytes.
 *
 * Facts about a task (`class`, `group`, `prompt`, `features`) are taken from its first line.
 *
 * @param text The whole file, or its lines.
 * @throws InvalidFileError with up to twenty problems and their lines: a field that is missing or wrong, a sample that
 * occurs twice, a model without a price.
 * @example
 * const table = parseOutcomes(text, { source: 'evals.jsonl', prices: { small: perToken({ inputUsdPerMillion: 0.1, outputUsdPerMillion: 0.4 }) } });
 * table.rowsOf('q1', 'small').count; // samples of that task and model
 */
export function parseOutcomes(text: string | Iterable<string>, options: OutcomesOptions): OutcomesTable {
  const reader = new OutcomesReader(options);
  for (const line of typeof text === 'string' ? linesOf(text) : text) reader.read(line);
  return reader.finish();
}

function* linesOf(text: string): Generator<string> {
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    yield text.slice(start, end);
    start = end + 1;
  }
  yield text.slice(start);
}
