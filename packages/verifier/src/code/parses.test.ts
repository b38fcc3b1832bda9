import { rootContext } from '@tollgate/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { candidate } from '../__fixtures__/candidate.ts';
import { ScriptedSandbox } from '../__fixtures__/scripted-sandbox.ts';
import { quickjsSandbox } from '../sandbox/quickjs.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { parses } from './parses.ts';

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = quickjsSandbox({ concurrency: 1 });
});
afterAll(() => sandbox.close());

describe('parses', () => {
  it('accepts what compiles, rejects what does not, and runs nothing', async () => {
    const texts = ['```js\nthrow new Error("never run");\n```', '```js\nfunction (\n```', 'No code.'];
    const candidates = texts.map((text, i) => candidate(text, 'eos', `c${i}`));
    const { verdicts, charges } = await parses({ sandbox }).score({
      request: { messages: [] },
      candidates,
      context: rootContext(),
    });
    expect(verdicts).toMatchObject([
      { candidateId: 'c0', status: 'accept', score: 1, evidence: { seconds: expect.any(Number) } },
      { candidateId: 'c1', status: 'reject', score: 0, evidence: { error: expect.stringContaining('SyntaxError') } },
      { candidateId: 'c2', status: 'reject', evidence: { error: 'no code' } },
    ]);
    expect(charges).toEqual([]);
  });

  it('does not reject what it had no time for', async () => {
    const slow = new ScriptedSandbox(() => ({ status: 'timeout', error: 'Timeout: 3 s' }));
    const { verdicts } = await parses({ sandbox: slow }).score({
      request: { messages: [] },
      candidates: [candidate('```python\na = 1\n```')],
      context: rootContext(),
    });
    expect(verdicts).toMatchObject([{ status: 'timeout' }]);
    expect(slow.asked).toMatchObject([{ program: { source: 'a = 1' }, options: { compileOnly: true } }]);
  });
});
