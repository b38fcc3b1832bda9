import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { tiersHere } from './__fixtures__/tiers.ts';
import { bubblewrapSandbox } from './bubblewrap.ts';
import type { Sandbox } from './sandbox.ts';

it('names the program that is missing', async () => {
  vi.stubEnv('PATH', '/nowhere');
  await expect(bubblewrapSandbox().run({ source: '' })).rejects.toMatchObject({
    code: 'missing-library',
    message: expect.stringContaining('apt-get install bubblewrap'),
  });
});

describe.skipIf(!tiersHere.includes('bubblewrap'))('bubblewrapSandbox', () => {
  let sandbox: Sandbox;
  beforeAll(() => {
    sandbox = bubblewrapSandbox({ concurrency: 1, limits: { wallMs: 20_000 } });
  });
  afterAll(() => sandbox.close());

  it('bounds processor time', async () => {
    const run = await sandbox.run({ source: 'while True: pass' }, { limits: { cpuMs: 500 } });
    expect(run).toMatchObject({ status: 'timeout', error: 'Timeout: it took more processor time than 500 ms' });
    expect(await sandbox.run({ source: 'import time\ntime.sleep(0.1)' }, { limits: { cpuMs: 500 } })).toMatchObject({
      status: 'ok',
    });
  });

  it('has threads', async () => {
    const source = 'import threading\nt = threading.Thread(target=print, args=(1,))\nt.start()\nt.join()';
    expect(await sandbox.run({ source })).toMatchObject({ status: 'ok', output: '1\n' });
  });

  it.each([
    ['enters no other namespace', 'unshare(0x10000000)'],
    ['traces nothing', 'ptrace(0, 0, 0, 0)'],
    ['mounts nothing', 'mount(b"a", b"/tmp", b"tmpfs", 0, None)'],
  ])('%s', async (_, call) => {
    const source = `import ctypes\nc = ctypes.CDLL(None, use_errno=True)\nprint(c.${call}, ctypes.get_errno())`;
    expect(await sandbox.run({ source })).toMatchObject({ output: '-1 1\n' });
  });

  it.each(['null', '7', '{', '{"status":"ok","spent":false}'])(
    'survives a program that found its word and tells %s',
    async (said) => {
      // It looks into the frames of the harness, as no program does that was not written against it.
      const source = [
        'import os, sys',
        'tell = sys._getframe(2).f_locals["tell"]',
        `tell('${said}')`,
        'os.write(1, b"x")',
        'while True: pass',
      ].join('\n');
      const { status } = await sandbox.run({ source }, { limits: { wallMs: 1000 } });
      expect(['crashed', 'timeout']).toContain(status);
      expect(await sandbox.run({ source: 'print(1)' })).toMatchObject({ status: 'ok', output: '1\n' });
    },
  );

  it('ends what floods the channel of events', async () => {
    const source = 'import os\nwhile True:\n    os.write(3, b"x" * 10**6)';
    expect(await sandbox.run({ source })).toMatchObject({ status: 'crashed' });
  });

  it('says which Python does not run', async () => {
    await using missing = bubblewrapSandbox({ python: '/nowhere/python' });
    await expect(missing.run({ source: '' })).rejects.toMatchObject({
      code: 'sandbox-unavailable',
      message: expect.stringContaining('/nowhere/python is no Python that runs'),
    });
  });
});
