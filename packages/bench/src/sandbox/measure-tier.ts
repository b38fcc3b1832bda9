import { setTimeout } from 'node:timers/promises';
import { type Candidate, rootContext } from '@tollgate/sdk';
import { passesTests, type Sandbox, type SandboxRun } from '@tollgate/verifier';
import type { Figures } from './figures.ts';
import { descendantsBytes } from './resident-memory.ts';
import type { Tier } from './tiers.ts';

const spinning = { python: 'while True: pass', javascript: 'for (;;);' };

/** Measures a sandbox from its first program on, with so many workers. */
export async function measureTier(
  { make, source, tests }: Tier,
  { concurrency, programs }: { readonly concurrency: number; readonly programs: number },
): Promise<Figures> {
  await using sandbox = make({ concurrency });
  const rssBefore = process.memoryUsage.rss();
  const firstMs = await timed(() => run(sandbox, ''));
  await perSecond(concurrency * 20, () => run(sandbox, '')); // Every worker is there, and its code compiled.
  const emptyPerSecond = await perSecond(programs, () => run(sandbox, ''));
  const testedPerSecond = await perSecond(programs, () => run(sandbox, source, tests));
  const candidates = Array.from({ length: programs }, (_, i) => candidateOf(source, i));
  const scorer = passesTests({ sandbox });
  let seconds: readonly number[] = [];
  const scoringMs = await timed(async () => {
    const request = { messages: [], evidence: { tests } };
    const { verdicts } = await scorer.score({ request, candidates, context: rootContext() });
    if (verdicts.some(({ status }) => status !== 'accept')) throw new Error('A right program was not accepted.');
    seconds = verdicts.map(({ evidence }) => (evidence as { readonly seconds: number }).seconds);
  });
  const spins = Array.from({ length: concurrency }, () =>
    sandbox.run({ source: spinning[sandbox.language] }, { limits: { wallMs: 600 } }),
  );
  await setTimeout(300);
  const bytes = sandbox.name === 'quickjs' ? process.memoryUsage.rss() - rssBefore : descendantsBytes();
  const workerMb = bytes / concurrency / 1e6;
  await Promise.all(spins);
  const afterTimeoutMs = await timed(() => run(sandbox, ''));
  return {
    firstMs,
    afterTimeoutMs,
    emptyPerSecond,
    testedPerSecond,
    candidateMs: (1000 * seconds.reduce((sum, each) => sum + each, 0)) / programs,
    scoringMs: scoringMs / programs,
    workerMb,
  };
}

async function run(sandbox: Sandbox, source: string, tests: readonly string[] = []): Promise<SandboxRun> {
  const outcome = await sandbox.run({ source, tests }, { limits: { wallMs: 60_000 } });
  if (outcome.status !== 'ok') throw new Error(`A right program ended as ${outcome.status}: ${outcome.error}`);
  return outcome;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const beganMs = performance.now();
  await work();
  return performance.now() - beganMs;
}

/** All are asked for at once, and the sandbox runs as many as it may. */
async function perSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  const ms = await timed(() => Promise.all(Array.from({ length: count }, work)));
  return (1000 * count) / ms;
}

function candidateOf(source: string, index: number): Candidate {
  return {
    id: `c${index}`,
    attemptId: 'a',
    producedBy: { provider: 'bench', modelId: 'none' },
    content: [{ type: 'text', text: `\`\`\`\n${source}\`\`\`` }],
    finish: { unified: 'stop', by: 'eos' },
  };
}
