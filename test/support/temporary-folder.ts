import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { repositoryRoot } from './repository-root.ts';

/** A folder of its own, gone after the tests of the file, in which the workspace's packages can be imported. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `tollgate-${name}-`));
  symlinkSync(join(repositoryRoot, 'node_modules'), join(folder, 'node_modules'), 'dir');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
