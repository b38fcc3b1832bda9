// Writes the guide again after a change of the rows: node --conditions=@tollgate/source test/faults/write-page.ts
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../support/repository-root.ts';
import { faults } from './fault-table.ts';
import { faultsPage } from './faults-page.ts';

writeFileSync(join(repositoryRoot, 'docs/guides/faults.md'), faultsPage(faults));
