import { defineConfig } from 'vitest/config';

// Tests run from the sources: the workspace packages resolve to src, so nothing has to be built first.
const source = '@tollgate/source';
const conditions = [source, 'module', 'node', 'development|production'];

// .ci/run names a file here to count tests.
const report = process.env['TOLLGATE_TEST_REPORT'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: [source, 'node', 'module-sync'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts'],
    setupFiles: ['test/support/fail-on-console.ts'],
    pool: 'forks',
    maxWorkers: 2,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    testTimeout: 15_000,
    hookTimeout: 30_000,
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
  },
});
