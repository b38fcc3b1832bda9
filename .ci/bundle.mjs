/**
 * Writes the JavaScript of a package: one file for each of its entries, and what entries share in files of its own. A program
 * that imports the package then reads a few files and not a hundred. Types stay as `tsc` writes them, file by file.
 *
 *   node ../../.ci/bundle.mjs   (in the folder of a package)
 */
import { readFileSync, rmSync } from 'node:fs';
import { rolldown } from 'rolldown';

const { exports, imports = {} } = JSON.parse(readFileSync('package.json', 'utf8'));
const files = [...pathsIn(exports), ...pathsIn(imports)].filter((path) => path.endsWith('.js'));
const input = Object.fromEntries(
  files.map((path) => [
    path.replace(/^\.\/dist\/(.*)\.js$/, '$1'),
    path.replace(/^\.\/dist\/(.*)\.js$/, './src/$1.ts'),
  ]),
);
const bundle = await rolldown({ input, external: (id) => !/^(?:\.|\/|[a-z]:)/i.test(id) });
// Their names change with what is in them.
rmSync('dist/shared', { recursive: true, force: true });
await bundle.write({
  dir: 'dist',
  entryFileNames: '[name].js',
  chunkFileNames: 'shared/[name]-[hash].js',
  sourcemap: true,
});

function pathsIn(conditions) {
  return typeof conditions === 'string' ? [conditions] : Object.values(conditions).flatMap(pathsIn);
}
