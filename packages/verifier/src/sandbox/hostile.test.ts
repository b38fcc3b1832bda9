import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type HostileProgram, hostilePrograms } from './__fixtures__/hostile-programs.ts';
import { containmentTable, withTable } from './__fixtures__/sandbox-page.ts';
import { tiers, tiersHere } from './__fixtures__/tiers.ts';
import type { Sandbox } from './sandbox.ts';

const secret = 'not-for-any-program';
/** Runs well only where nothing of an earlier program is left. */
const honest = {
  python: {
    source: [
      'import json, math, os',
      'assert len("abc") == 3 and json.dumps([1]) == "[1]" and math.pi > 3',
      'assert "left_behind" not in globals() and "LEFT_BEHIND" not in os.environ',
      'assert os.listdir("/tmp") == [] and os.getcwd() == "/tmp"',
      'print("clean")',
    ].join('\n'),
  },
  javascript: {
    source: [
      'if ({}.leftBehind !== undefined || typeof leftBehind !== "undefined") throw new Error("left behind");',
      'if (JSON.stringify([1, 2].map(String)) !== \'["1","2"]\') throw new Error("changed");',
      'console.log("clean");',
    ].join('\n'),
  },
} as const;

let server: Server;
let port = 0;
let connections = 0;

beforeAll(async () => {
  server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterAll(() => {
  server.close();
});

describe.each(tiersHere)('%s', (tier) => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = tiers[tier]({ concurrency: 1, limits: { wallMs: 20_000, memoryBytes: 2 ** 26 } });
    await sandbox.run({ source: '' });
  }, 120_000);
  afterAll(() => sandbox.close());

  it.each(hostilePrograms.map((program): [string, HostileProgram] => [program.name, program]))(
    'contains: %s',
    async (_name, { tests, isEndless, ends, ...sources }) => {
      vi.stubEnv('TOLLGATE_HOSTILE_SECRET', secret);
      const delay = monitorEventLoopDelay({ resolution: 10 });
      delay.enable();
      const { status, error, output, seconds } = await sandbox.run(
        {
          source: sources[sandbox.language].replace('PORT', String(port)),
          ...(tests !== undefined && { tests: [tests[sandbox.language]] }),
        },
        isEndless === true ? { limits: { wallMs: 300 } } : {},
      );
      delay.disable();
      const [expected, kind] = ends[tier];
      expect({ status, kind: error?.split(':')[0] }).toEqual({ status: expected, kind });
      expect(output).not.toContain(secret);
      expect(output).not.toContain('root:');
      expect(Buffer.byteLength(output)).toBeLessThanOrEqual(2 ** 20);
      expect(connections).toBe(0);
      // This process went on while the program ran.
      expect(delay.max / 1e9).toBeLessThan(Math.max(0.5, seconds / 2));

      const next = await sandbox.run(honest[sandbox.language]);
      expect(next).toMatchObject({ status: 'ok', output: 'clean\n' });
    },
    60_000,
  );
});

it('the guide says what is tested here', () => {
  const page = readFileSync(new URL('../../../../docs/guides/sandbox.md', import.meta.url), 'utf8');
  expect(page).toContain('<!-- containment -->');
  expect(page).toBe(withTable(page, containmentTable(hostilePrograms)));
});
