import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TollgateError } from '@tollgate/sdk';
import { afterAll, describe, expect, it } from 'vitest';
import { onlyWriter } from './only-writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'tollgate-only-writer-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('onlyWriter', () => {
  it('lets one run in at a time, and the next one after it', () => {
    const path = join(folder, 'results.jsonl');
    const release = onlyWriter(path);
    expect(() => onlyWriter(path)).toThrow(TollgateError);
    expect(() => onlyWriter(path)).toThrow(`Another run writes to ${path} now.`);
    const other = onlyWriter(join(folder, 'other.jsonl'));
    other();
    release();
    onlyWriter(path)();
    expect(existsSync(`${path}.lock`)).toBe(false);
    expect(existsSync(path)).toBe(false);
  });

  it('says where nothing can be written', () => {
    expect(() => onlyWriter(join(folder, 'none', 'results.jsonl'))).toThrow('results.jsonl cannot be written: ');
    mkdirSync(join(folder, 'taken.jsonl.lock'));
    expect(() => onlyWriter(join(folder, 'taken.jsonl'))).toThrow('Name a file in a folder that exists');
  });
});
