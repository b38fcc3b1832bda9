import { InvalidFileError } from '../tasks/invalid-file-error.ts';
import { type OutcomesOptions, OutcomesReader } from './outcomes-reader.ts';
import type { OutcomesTable } from './outcomes-table.ts';

/**
 * Reads an outcomes table from bytes, gzipped or not, without holding the text: the same table and the same errors as
 * `parseOutcomes`.
 *
 * @param bytes The whole file, or a stream of it. A gzip header is recognised.
 * @throws InvalidFileError as `parseOutcomes`, and for compressed data that is damaged or ends early.
 * @example
 * const table = await readOutcomes(await readFile('evals.jsonl.gz'), { source: 'evals.jsonl.gz' });
 */
export async function readOutcomes(
  bytes: Uint8Array<ArrayBuffer> | AsyncIterable<Uint8Array<ArrayBuffer>>,
  options: OutcomesOptions,
): Promise<OutcomesTable> {
  const reader = new OutcomesReader(options);
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of plainChunks(bytes, options.source)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) reader.read(line);
  }
  reader.read(rest + decoder.decode());
  return reader.finish();
}

type Bytes = Uint8Array<ArrayBuffer>;

const chunkBytes = 2 ** 20;
// No JSON text begins with this control character.
const gzipStart = 0x1f;

async function* plainChunks(bytes: Bytes | AsyncIterable<Bytes>, source: string): AsyncGenerator<Bytes> {
  const chunks = (bytes instanceof Uint8Array ? slices(bytes) : bytes)[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done === true) return;
  const all = resume(first.value, chunks);
  yield* first.value[0] === gzipStart ? gunzip(all, source) : all;
}

async function* slices(bytes: Bytes): AsyncGenerator<Bytes> {
  for (let start = 0; start < bytes.length; start += chunkBytes) yield bytes.subarray(start, start + chunkBytes);
}

async function* resume(first: Bytes, rest: AsyncIterator<Bytes>): AsyncGenerator<Bytes> {
  try {
    yield first;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

async function* gunzip(compressed: AsyncGenerator<Bytes>, source: string): AsyncGenerator<Bytes> {
  let sourceFailed = false;
  const noticed = async function* (): AsyncGenerator<Bytes> {
    try {
      yield* compressed;
    } catch (error) {
      sourceFailed = true;
      throw error;
    }
  };
  try {
    yield* ReadableStream.from(noticed()).pipeThrough(new DecompressionStream('gzip'));
  } catch (error) {
    if (sourceFailed) throw error;
    // The message is empty where the data ends early.
    const why = error instanceof Error && error.message !== '' ? `: ${error.message}` : '.';
    throw new InvalidFileError(source, [{ message: `the compressed data is damaged or ends early${why}` }]);
  }
}
