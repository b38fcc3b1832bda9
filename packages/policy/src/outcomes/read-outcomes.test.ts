import { describe, expect, it } from 'vitest';
import type { OutcomesTable } from './outcomes-table.ts';
import { parseOutcomes } from './parse-outcomes.ts';
import { readOutcomes } from './read-outcomes.ts';

const source = 'evals.jsonl';
const text = Array.from({ length: 40 }, (_, sample) =>
  JSON.stringify({
    task: 'Größe 🚀',
    model: 'small',
    sample,
    answer: `größer ${sample}`,
    correct: sample % 3 === 0,
    inputTokens: 1,
    outputTokens: 2,
    costUsd: 0,
  }),
).join('\n');
const plain = new TextEncoder().encode(text);
const both = [
  ['plain', plain],
  ['gzipped', await gzip(plain)],
] as const;

describe('readOutcomes', () => {
  it.each(both)('reads %s bytes as parseOutcomes reads the text', async (_kind, bytes) => {
    const expected = rowsOf(parseOutcomes(text, { source }));
    expect(rowsOf(await readOutcomes(bytes, { source }))).toEqual(expected);
    // Chunks of one byte cut through characters, lines and the header.
    expect(rowsOf(await readOutcomes(chunks(bytes, 1), { source }))).toEqual(expected);
    expect(rowsOf(await readOutcomes(chunks(bytes, 7), { source }))).toEqual(expected);
  });

  it('says when compressed data ends early or is damaged', async () => {
    const bytes = await gzip(plain);
    await expect(readOutcomes(bytes.slice(0, -20), { source })).rejects.toThrow(
      /the compressed data is damaged or ends early(: .+|\.)$/m,
    );
    await expect(
      readOutcomes(
        bytes.map((byte, i) => (i === 60 ? byte ^ 255 : byte)),
        { source },
      ),
    ).rejects.toThrow('evals.jsonl has 1 problem');
  });

  it.each([new Uint8Array(0), new TextEncoder().encode('\n')])('refuses an empty file', async (bytes) => {
    await expect(readOutcomes(bytes, { source })).rejects.toThrow('the file is empty');
  });

  it('names the line of a problem, however the bytes are cut', async () => {
    const bytes = new TextEncoder().encode(`${text}\n{`);
    await expect(readOutcomes(chunks(bytes, 3), { source })).rejects.toThrow('line 41: not JSON');
  });

  it.each(both)('lets an error of a %s source through', async (_kind, bytes) => {
    const failing = async function* (): AsyncGenerator<Uint8Array<ArrayBuffer>> {
      yield bytes.slice(0, 30);
      throw new Error('the disk is gone');
    };
    await expect(readOutcomes(failing(), { source })).rejects.toThrow('the disk is gone');
  });

  it('closes its source when it stops early', async () => {
    let closed = false;
    const endless = async function* (): AsyncGenerator<Uint8Array<ArrayBuffer>> {
      try {
        for (;;) yield new TextEncoder().encode('{\n');
      } finally {
        closed = true;
      }
    };
    await expect(readOutcomes(endless(), { source })).rejects.toThrow('20 problems');
    expect(closed).toBe(true);
  });
});

function rowsOf(table: OutcomesTable): unknown[] {
  return Array.from({ length: table.rowCount }, (_, row) => [
    table.candidate(row, 0),
    table.gold.correct(row),
    table.tokens(row),
  ]);
}

async function* chunks(bytes: Uint8Array<ArrayBuffer>, size: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.slice(start, start + size);
}

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const compressed = ReadableStream.from([bytes]).pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(compressed).arrayBuffer());
}
