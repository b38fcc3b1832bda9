// Writes the table of the guide again after a change of the rows:
// node --conditions=@tollgate/source packages/verifier/src/sandbox/__fixtures__/write-page.ts
import { readFileSync, writeFileSync } from 'node:fs';
import { hostilePrograms } from './hostile-programs.ts';
import { containmentTable, withTable } from './sandbox-page.ts';

const guide = new URL('../../../../../docs/guides/sandbox.md', import.meta.url);
writeFileSync(guide, withTable(readFileSync(guide, 'utf8'), containmentTable(hostilePrograms)));
