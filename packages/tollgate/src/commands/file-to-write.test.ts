import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { fileToWrite } from './file-to-write.ts';

describe('fileToWrite', () => {
  it.each(['page.html', './page.html', join(tmpdir(), 'page.html')])('takes %s', (path) => {
    expect(fileToWrite(path)).toBe(path);
  });

  it.each([
    ['', 'Expected the name of a file.'],
    [join(tmpdir(), 'none-such', 'page.html'), 'There is no folder '],
    [tmpdir(), 'is a folder. Name a file.'],
  ])('refuses %j', (path, says) => {
    expect(() => fileToWrite(path)).toThrow(InvalidArgumentError);
    expect(() => fileToWrite(path)).toThrow(says);
  });
});
