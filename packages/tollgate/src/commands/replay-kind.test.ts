import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kindOfReplay } from './replay-kind.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-kind-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const recording = '{"kind":"tollgate-cassette","version":1,"keyFields":["messages"]}\n';
const outcomes = '{"task":"a","model":"b","sample":0,"answer":"1","correct":true,"costUsd":0.1}\n';
/** Hard to compress, so that only a part of the file is looked at. */
const long = Array.from({ length: 20_000 }, (_, i) =>
  outcomes.replace('"a"', `"${(i * 2_654_435_761) % 4_294_967_296}"`),
).join('');

describe('kindOfReplay', () => {
  it('tells a recording from a table by the first line, also where it is packed', () => {
    expect(kindOfReplay(file('a', recording + outcomes))).toBe('recording');
    expect(kindOfReplay(file('b', outcomes + recording))).toBe('outcomes');
    expect(kindOfReplay(file('c', `\n ${recording}`))).toBe('recording');
    expect(kindOfReplay(file('d.gz', gzipSync(recording)))).toBe('recording');
    expect(kindOfReplay(file('e.gz', gzipSync(recording + long)))).toBe('recording');
    expect(kindOfReplay(file('f.gz', gzipSync(long)))).toBe('outcomes');
    expect(kindOfReplay(file('g', ''))).toBe('outcomes');
  });

  it('says what is wrong with a file that cannot be read', () => {
    expect(() => kindOfReplay(join(folder, 'none'))).toThrow(/none could not be read: ENOENT.*Check --replay\.$/);
    expect(() => kindOfReplay(folder)).toThrow(/could not be read: EISDIR/);
    expect(() => kindOfReplay(file('bad.gz', Uint8Array.of(0x1f, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)))).toThrow(
      /bad\.gz begins like a gzip file and cannot be unpacked\. Compress it again\.$/,
    );
  });
});
