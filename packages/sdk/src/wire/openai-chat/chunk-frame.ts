import { type Fields, fieldsOf, listOf, parsedJson, textOf } from '../json-fields.ts';

const key = '"content":';

/**
 * What a chunk says around the text of its one choice. The chunks of an answer mostly differ in that text alone, and to see
 * that costs a third of parsing them: a JSON text in which one string stands for another says the same else.
 */
export class ChunkFrame {
  readonly #before: string;
  readonly #after: string;

  constructor(before: string, after: string) {
    this.#before = before;
    this.#after = after;
  }

  /** The text of a chunk that differs in it alone; undefined for any other. */
  textOf(data: string): string | undefined {
    const start = this.#before.length;
    const end = data.length - this.#after.length;
    // Slices are compared in half the time that `startsWith` and `endsWith` take.
    if (end < start || data.slice(0, start) !== this.#before || data.slice(end) !== this.#after) return undefined;
    return textOf(parsedJson(data.slice(start, end)));
  }
}

/** The frame of a chunk that gave a text and nothing else; undefined for any other. */
export function frameOf(data: string, chunk: Fields): ChunkFrame | undefined {
  const [choice, ...others] = listOf(chunk['choices']);
  const { delta, index: _index, ...rest } = fieldsOf(choice) ?? {};
  const { content, role: _role, ...more } = fieldsOf(delta) ?? {};
  const isPlain = others.length === 0 && chunk['usage'] == null && isEmpty(rest) && isEmpty(more);
  if (!isPlain || typeof content !== 'string') return undefined;
  const at = data.indexOf(key) + key.length;
  const written = JSON.stringify(content);
  if (data.lastIndexOf(key) + key.length !== at || !data.startsWith(written, at)) return undefined;
  return new ChunkFrame(copied(data.slice(0, at)), copied(data.slice(at + written.length)));
}

function isEmpty(fields: Fields): boolean {
  return Object.values(fields).every((value) => value == null);
}

/** Not a view of the read that it came with, which would stay with it. */
function copied(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}
