import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { repositoryRoot } from '../support/repository-root.ts';

/** One import of a file. */
export interface Import {
  /** As it is written. */
  readonly specifier: string;
  /** `type` leaves nothing behind at run time; `dynamic` is loaded when it is reached. */
  readonly kind: 'static' | 'type' | 'dynamic';
  /** The file it means, from the root of the repository; absent where it is a package. */
  readonly file?: string;
}

/** A file of source text. */
export interface SourceFile {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  /** Without comments. */
  readonly code: string;
  readonly imports: readonly Import[];
}

/** TypeScript files below a folder of the repository, without fixtures. */
export function sourceFiles(folder: string): readonly SourceFile[] {
  return readdirSync(join(repositoryRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(repositoryRoot, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => !path.includes('/node_modules/') && !path.includes('/__fixtures__/') && !path.includes('/dist/'))
    .sort()
    .map(readSource);
}

/** Tests and type tests, which may use what their packages ship for testing. */
export function isTest({ path }: SourceFile): boolean {
  return /\.(?:test|test-d|bench)\.ts$/.test(path);
}

function readSource(path: string): SourceFile {
  const code = readFileSync(join(repositoryRoot, path), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '$1');
  return { path, code, imports: importsOf(path, code) };
}

function importsOf(path: string, code: string): readonly Import[] {
  const found: Import[] = [];
  const add = (specifier: string, kind: Import['kind']): void => {
    const file = specifier.startsWith('.') ? join(dirname(path), specifier).replaceAll('\\', '/') : undefined;
    found.push({ specifier, kind, ...(file !== undefined && { file }) });
  };
  for (const [, type, specifier = ''] of code.matchAll(
    /^\s*(?:import|export)\s+(type\s+(?!from\b|,))?[^'";]*?\bfrom\s+'([^']+)'/gm,
  )) {
    add(specifier, type === undefined ? 'static' : 'type');
  }
  for (const [, specifier = ''] of code.matchAll(/^\s*import\s+'([^']+)'/gm)) add(specifier, 'static');
  for (const [, typeOf, specifier = ''] of code.matchAll(/(typeof\s+)?\bimport\(\s*'([^']+)'\s*\)/g)) {
    add(specifier, typeOf === undefined ? 'dynamic' : 'type');
  }
  return found;
}

/** The package of an import: `@scope/name` or `name`, without what is behind it. */
export function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier);
}
