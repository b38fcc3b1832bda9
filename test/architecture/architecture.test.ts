import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as budget from '@tollgate/budget';
import * as policy from '@tollgate/policy';
import * as router from '@tollgate/router';
import * as sdk from '@tollgate/sdk';
import * as stats from '@tollgate/stats';
import * as verifier from '@tollgate/verifier';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/repository-root.ts';
import { type Import, isTest, packageOf, type SourceFile, sourceFiles } from './source-files.ts';

/** Section 3 of the design: who may import whom, and which libraries each brings along. Nothing else is imported. */
const arrows: Readonly<
  Record<string, { readonly packages: readonly string[]; readonly libraries?: readonly string[] }>
> = {
  stats: { packages: [] },
  sdk: { packages: ['stats'], libraries: ['zod', 'p-limit', 'eventsource-parser'] },
  budget: { packages: ['sdk', 'stats'] },
  verifier: { packages: ['sdk', 'stats'] },
  router: { packages: ['sdk', 'stats'] },
  policy: { packages: ['sdk', 'stats', 'budget', 'router', 'verifier'], libraries: ['zod', 'p-limit'] },
  tollgate: { packages: ['sdk', 'stats', 'budget', 'router', 'verifier', 'policy'], libraries: ['commander'] },
  bench: { packages: ['sdk', 'stats', 'budget', 'router', 'verifier', 'policy', 'tollgate'], libraries: ['zod'] },
};

/** Entries that need Node. Every other entry of these packages, and all it loads, runs anywhere. */
const nodeEntries: Readonly<Record<string, readonly string[]>> = {
  stats: [],
  sdk: ['./llama-cpp', './onnx', './cassettes', './known-answer', './node'],
  budget: ['./sqlite', './testing'],
  verifier: ['./sandbox'],
  router: [],
  policy: ['./node'],
};

/** Programs that run in a thread or process of their own: they are started by their path, and nobody imports them. */
const startedApart: readonly string[] = [
  'packages/verifier/src/sandbox/quickjs-thread.ts',
  'packages/verifier/src/sandbox/pyodide-process.ts',
];

/** Where chance, time and the console are touched. Everything else is handed a random source or a clock, and prints nothing. */
const mayTouch: Readonly<Record<string, readonly string[]>> = {
  'Math.random': [],
  'Date.now': ['packages/sdk/src/leaf/system-clock.ts'],
  'console.': ['packages/bench/'],
};

/** What every adapter folder has, so that who knows one knows all. */
const adapterFiles = (name: string): readonly string[] => [
  'index.ts',
  'options.ts',
  'capabilities.ts',
  'call.ts',
  `${name}.ts`,
];

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly imports?: object;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

const packages = readdirSync(join(repositoryRoot, 'packages'));
const manifests = new Map(
  packages.map((name) => [
    name,
    JSON.parse(readFileSync(join(repositoryRoot, 'packages', name, 'package.json'), 'utf8')) as Manifest,
  ]),
);
const files = packages.flatMap((name) => sourceFiles(`packages/${name}/src`));
const byPath = new Map(files.map((file) => [file.path, file]));
const shipped = files.filter((file) => !isTest(file));
const folderOf = new Map([...manifests].map(([folder, { name }]) => [name, folder]));

const homeOf = ({ path }: SourceFile): string => path.split('/')[1] ?? '';
const isNode = ({ specifier }: Import): boolean => specifier.startsWith('node:');
/** One of several files of the package itself, picked by the runtime: `test/edge` checks which. */
const isPicked = ({ specifier }: Import): boolean => specifier.startsWith('#');
const isLibrary = (imported: Import): boolean =>
  imported.file === undefined && !isNode(imported) && !isPicked(imported);

/** Source files of a package's entries, by name of the entry. */
function entriesOf(folder: string): ReadonlyMap<string, string> {
  const entries = Object.entries(manifests.get(folder)?.exports ?? {}).flatMap(([entry, target]) => {
    const source = typeof target === 'string' ? undefined : target['@tollgate/source'];
    return source === undefined ? [] : [[entry, join('packages', folder, source).replaceAll('\\', '/')] as const];
  });
  return new Map(entries);
}

/** Source files that a package's own conditional imports may stand for. */
function pickedFiles(folder: string): readonly string[] {
  const targets = JSON.stringify(manifests.get(folder)?.imports ?? {}).match(/\.\/src\/[^"]+/g) ?? [];
  return targets.map((target) => join('packages', folder, target).replaceAll('\\', '/'));
}

/** The file behind an import of one of our own packages, or behind a relative one. */
function fileBehind({ specifier, file }: Import): string | undefined {
  if (file !== undefined) return file;
  const folder = folderOf.get(packageOf(specifier));
  return folder === undefined ? undefined : entriesOf(folder).get(`.${specifier.slice(packageOf(specifier).length)}`);
}

/** All that is loaded together with a file, over the borders of packages. Types load nothing; what is loaded later may need Node. */
function loadedWith(path: string, loaded = new Set<string>()): ReadonlySet<string> {
  if (loaded.has(path)) return loaded;
  loaded.add(path);
  for (const imported of byPath.get(path)?.imports ?? []) {
    const behind = imported.kind === 'static' ? fileBehind(imported) : undefined;
    if (behind !== undefined) loadedWith(behind, loaded);
  }
  return loaded;
}

/** Paths, or a statement about them, that break a rule. Empty is well. */
function offenders(from: readonly SourceFile[], breaks: (file: SourceFile) => readonly string[]): readonly string[] {
  return from.flatMap((file) => breaks(file).map((what) => `${file.path}: ${what}`));
}

describe('the sources', () => {
  it('are read: every package has files, and their imports are found', () => {
    expect(Object.keys(arrows).sort()).toEqual([...packages].sort());
    for (const name of packages) expect(files.filter((file) => homeOf(file) === name).length, name).toBeGreaterThan(0);
    const broken = offenders(files, ({ imports }) =>
      imports.flatMap(({ file, specifier }) =>
        file === undefined || existsSync(join(repositoryRoot, file))
          ? []
          : [`imports ${specifier}, which is not there`],
      ),
    );
    expect(broken).toEqual([]);
    const cascade = byPath.get('packages/router/src/strategies/cascade.ts');
    expect(cascade?.imports.map(({ specifier, kind }) => `${kind} ${specifier}`)).toContain('static @tollgate/sdk');
    const loader = byPath.get('packages/sdk/src/adapters/llama-cpp/start-llama.ts');
    expect(
      loader?.imports
        .filter(({ specifier }) => specifier === 'node-llama-cpp')
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['dynamic', 'type', 'type']);
  });
});

describe('arrows', () => {
  it.each(Object.entries(arrows))(
    '%s imports what the table says, and declares it',
    (name, { packages: allowed, libraries = [] }) => {
      const manifest = manifests.get(name);
      const peers = Object.keys(manifest?.peerDependencies ?? {});
      // What is never published may use its tools in its sources.
      const tools = manifest?.private === true ? Object.keys(manifest.devDependencies ?? {}) : [];
      const ours = allowed.map((folder) => manifests.get(folder)?.name ?? folder);
      expect(Object.keys(manifest?.dependencies ?? {}).sort()).toEqual([...ours, ...libraries].sort());
      const own = shipped.filter((file) => homeOf(file) === name);
      const wrong = offenders(own, ({ imports }) =>
        imports
          .filter(isLibrary)
          .map(({ specifier }) => packageOf(specifier))
          .filter((library) => ![...ours, ...libraries, ...peers, ...tools].includes(library)),
      );
      expect(wrong).toEqual([]);
    },
  );

  it('hold for tests too: a test imports what its package may import, and tools for testing', () => {
    const tools = ['vitest', 'fast-check', 'msw', 'zod', 'ai', '@ai-sdk/provider', '@pydantic/genai-prices'];
    const wrong = offenders(files.filter(isTest), (file) => {
      const { packages: allowed = [], libraries = [] } = arrows[homeOf(file)] ?? {};
      const peers = Object.keys(manifests.get(homeOf(file))?.peerDependencies ?? {});
      const known = [...allowed.map((folder) => manifests.get(folder)?.name), ...libraries, ...peers, ...tools];
      return file.imports
        .filter(isLibrary)
        .map(({ specifier }) => packageOf(specifier))
        .filter((library) => !known.includes(library));
    });
    expect(wrong).toEqual([]);
  });

  it('go through entries: nobody reaches into another package', () => {
    const wrong = offenders(files, ({ path, imports }) => {
      const home = `packages/${path.split('/')[1]}/`;
      return imports.flatMap((imported) => {
        if (imported.file !== undefined) return imported.file.startsWith(home) ? [] : [`imports ${imported.specifier}`];
        const ours = folderOf.has(packageOf(imported.specifier));
        return ours && fileBehind(imported) === undefined ? [`imports ${imported.specifier}, which is no entry`] : [];
      });
    });
    expect(wrong).toEqual([]);
  });

  it('inside a package never go to its own index or its own name', () => {
    const wrong = offenders(files, (file) => {
      const home = homeOf(file);
      const index = entriesOf(home).get('.');
      return file.imports
        .filter(
          (imported) =>
            (index !== undefined && imported.file === index) ||
            packageOf(imported.specifier) === manifests.get(home)?.name,
        )
        .map(({ specifier }) => `imports ${specifier}`);
    });
    expect(wrong).toEqual([]);
  });

  it('form no cycle of files that load one another', () => {
    expect(cyclesOf(shipped)).toEqual([]);
  });

  it('leave spec alone: it imports spec only', () => {
    const spec = shipped.filter(({ path }) => path.startsWith('packages/sdk/src/spec/'));
    expect(spec.length).toBeGreaterThan(10);
    expect(
      offenders(spec, ({ imports }) =>
        imports
          .filter(({ file }) => file?.startsWith('packages/sdk/src/spec/') !== true)
          .map(({ specifier }) => specifier),
      ),
    ).toEqual([]);
  });

  it('keep heavy libraries out of what is loaded at once', () => {
    const heavy = Object.keys(manifests.get('sdk')?.peerDependencies ?? {});
    const { peerDependenciesMeta = {} } = manifests.get('sdk') ?? {};
    expect(heavy.filter((library) => peerDependenciesMeta[library]?.optional !== true)).toEqual([]);
    const wrong = offenders(shipped, ({ path, imports }) =>
      path.startsWith('packages/sdk/src/testing/') || path.startsWith('packages/bench/')
        ? []
        : imports
            .filter(({ specifier, kind }) => kind === 'static' && heavy.includes(packageOf(specifier)))
            .map(({ specifier }) => `loads ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('Node', () => {
  const needsNode = new Set(
    shipped
      .filter(({ imports }) => imports.some((imported) => isNode(imported) && imported.kind !== 'type'))
      .map(({ path }) => path),
  );

  it.each(Object.entries(nodeEntries))('%s needs it nowhere but in %j', (name, expected) => {
    const entries = [...entriesOf(name)];
    expect(entries.length).toBeGreaterThan(0);
    const found = entries
      .filter(([, path]) => [...loadedWith(path)].some((file) => needsNode.has(file)))
      .map(([entry]) => entry);
    expect(found.sort()).toEqual([...expected].sort());
  });

  it('is needed by no file that nobody can load', () => {
    const entries = Object.keys(nodeEntries).flatMap((name) => [...entriesOf(name).values(), ...pickedFiles(name)]);
    const reachable = new Set([...entries, ...startedApart].flatMap((path) => [...loadedWith(path)]));
    const lost = [...needsNode].filter(
      (path) => Object.hasOwn(nodeEntries, path.split('/')[1] ?? '') && !reachable.has(path),
    );
    expect(lost).toEqual([]);
  });

  it('modules are imported by their own protocol', () => {
    const bare = ['fs', 'path', 'os', 'url', 'crypto', 'zlib', 'child_process', 'events', 'stream', 'util'];
    expect(
      offenders(files, ({ imports }) =>
        imports.map(({ specifier }) => specifier).filter((specifier) => bare.includes(packageOf(specifier))),
      ),
    ).toEqual([]);
  });
});

describe('adapters', () => {
  const root = 'packages/sdk/src/adapters';
  const names = readdirSync(join(repositoryRoot, root));

  it('have the same list of core files', () => {
    expect(names).toEqual(expect.arrayContaining(['anthropic', 'llama-cpp', 'onnx', 'openai', 'openai-compatible']));
    const missing = names.flatMap((name) =>
      adapterFiles(name)
        .map((file) => `${root}/${name}/${file}`)
        .filter((path) => !byPath.has(path)),
    );
    expect(missing).toEqual([]);
  });

  it('do not import one another', () => {
    const wrong = offenders(
      files.filter(({ path }) => path.startsWith(`${root}/`)),
      ({ path, imports }) => {
        const own = path.split('/').slice(0, 5).join('/');
        return imports
          .filter(({ file }) => file?.startsWith(`${root}/`) === true && !file.startsWith(`${own}/`))
          .map(({ specifier }) => `imports ${specifier}`);
      },
    );
    expect(wrong).toEqual([]);
  });

  it('each have an entry of their own', () => {
    const targets = [...entriesOf('sdk').values()];
    expect(names.filter((name) => !targets.includes(`${root}/${name}/index.ts`))).toEqual([]);
  });
});

describe('habits', () => {
  it('no default exports', () => {
    expect(
      offenders(shipped, ({ code }) =>
        /^\s*export\s+default\b|\bas default\b/m.test(code) ? ['has a default export'] : [],
      ),
    ).toEqual([]);
  });

  it('every exported error is a TollgateError, in the sources and at run time', () => {
    const parents = new Map<string, string>();
    for (const { code } of shipped)
      for (const [, name = '', parent = ''] of code.matchAll(/\bclass\s+(\w+)\s+extends\s+(\w+)/g))
        parents.set(name, parent);
    const isOurs = (name: string | undefined): boolean =>
      name === 'TollgateError' || (name !== undefined && isOurs(parents.get(name)));
    const wrong = offenders(shipped, ({ code }) =>
      [...code.matchAll(/^export\s+(?:abstract\s+)?class\s+(\w+)\s+extends\s+(\w*Error)\b/gm)]
        .map(([, name = '']) => name)
        .filter((name) => !isOurs(name)),
    );
    expect(wrong).toEqual([]);
    const exported = Object.entries({ ...stats, ...sdk, ...budget, ...verifier, ...router, ...policy } as Readonly<
      Record<string, unknown>
    >);
    const errors = exported.filter(([, value]) => typeof value === 'function' && value.prototype instanceof Error);
    expect(errors.length).toBeGreaterThan(8);
    expect(
      errors
        .filter(
          ([, value]) =>
            value !== sdk.TollgateError &&
            !(typeof value === 'function' && value.prototype instanceof sdk.TollgateError),
        )
        .map(([name]) => name),
    ).toEqual([]);
  });

  it.each(Object.entries(mayTouch))('nobody touches %s but %j', (what, places) => {
    const pattern = new RegExp(`(?<![\\w.])${what.replaceAll('.', '\\.')}`);
    const touching = shipped.filter(({ code }) => pattern.test(code)).map(({ path }) => path);
    expect(
      touching.filter(
        (path) => !places.some((place) => path === place || (place.endsWith('/') && path.startsWith(place))),
      ),
    ).toEqual([]);
    for (const place of places.filter((each) => each.endsWith('.ts'))) expect(touching).toContain(place);
  });

  it('file and folder names are kebab-case, and name an idea', () => {
    const parts = files.flatMap(({ path }) =>
      path
        .split('/')
        .slice(3)
        .map((part) => part.replace(/(?:\.(?:test|test-d|bench))?\.ts$/, '')),
    );
    expect([...new Set(parts)].filter((part) => !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(part))).toEqual([]);
    expect(
      files.map(({ path }) => basename(path)).filter((name) => /^(?:utils?|helpers?|common|misc)\.ts$/.test(name)),
    ).toEqual([]);
  });
});

/** Rings of files that load one another, each once, as text. */
function cyclesOf(from: readonly SourceFile[]): readonly string[] {
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      cycles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
      return;
    }
    if (done.has(path)) return;
    for (const { file, kind } of byPath.get(path)?.imports ?? []) {
      if (file !== undefined && kind === 'static') visit(file, [...trail, path]);
    }
    done.add(path);
  };
  for (const { path } of from) visit(path, []);
  return cycles;
}
