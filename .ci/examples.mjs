// Runs every numbered example (examples/NN-name.ts or examples/NN-name/main.ts) and fails if one of them fails.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const folder = path.join(root, 'examples');
const only = process.argv.slice(2);
const files = readdirSync(folder)
  .filter((name) => /^\d+-/.test(name) && !name.endsWith('.test.ts'))
  .map((name) => (name.endsWith('.ts') ? name : path.join(name, 'main.ts')))
  .filter((name) => name.endsWith('.ts') && existsSync(path.join(folder, name)))
  .filter((name) => only.length === 0 || only.some((part) => name.includes(part)))
  .sort();

let failed = 0;
for (const file of files) {
  const args = ['--disable-warning=ExperimentalWarning', '--conditions=@tollgate/source', path.join('examples', file)];
  const done = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', timeout: 120_000 });
  const passed = done.status === 0;
  if (!passed) failed++;
  console.log(`${passed ? 'ok    ' : 'FAILED'} examples/${file}`);
  if (!passed) console.log(`${done.stdout}${done.stderr}${done.error?.message ?? ''}`);
}
console.log(`${files.length - failed} of ${files.length} examples ran`);
process.exit(failed === 0 ? 0 : 1);
