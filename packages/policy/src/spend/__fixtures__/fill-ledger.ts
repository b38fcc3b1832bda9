import type { Ledger } from '@tollgate/budget';
import { createRandom } from '@tollgate/stats';

/** A clock that a simulation moves. */
export function simulatedClock(startMs: number): { now: () => number; monotonic: () => number; sleep: () => Promise<void>; set: (ms: number) => void } {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    monotonic: () => nowMs,
    sleep: () => Promise.reject(new Error('Nothing here sleeps.')),
    set: (ms) => {
      nowMs = ms;
    },
  };
}

/** How a ledger is filled. */
export interface FillOptions {
  readonly clock: ReturnType<typeof simulatedClock>;
  readonly startMs: number;
  readonly tasks: number;
  readonly models: number;
  readonly spanMs: number;
  readonly seed?: number;
}

/** Fills a ledger with tasks of two classes under three policies: retries, aborts, overruns, releases, lost holds, verdicts. */
export async function fillLedger(ledger: Ledger, options: FillOptions): Promise<void> {
  const { clock, startMs, tasks, models, spanMs, seed = 7 } = options;
  const random = createRandom(seed);
  const draw = (): number => random.next();
  const policies = ['small only', 'large only', 'cascade'];
  for (let task = 0; task < tasks; task += 1) {
    const policy = policies[task % 3] ?? '';
    const resultId = `r${task}`;
    const scopes = {
      org: 'acme',
      user: `user-${Math.floor(draw() * draw() * 14)}`,
      policy,
      class: task % 2 === 0 ? 'extract' : 'reason',
      task: `task-${Math.floor(task / 3)}`,
    };
    clock.set(startMs + Math.floor((task / tasks) * spanMs));
    const calls = 1 + Math.floor(draw() * 3);
    for (let call = 0; call < calls; call += 1) {
      const which = policy === 'small only' ? 0 : policy === 'large only' ? 1 : call;
      const model = { provider: 'acme', modelId: `model-${(which + Math.floor(draw() * Math.max(0, models - 2))) % models}` };
      const size = (which === 0 ? 2 : 9) * (1 + draw());
      const heldUsd = Math.ceil(size * 3_000_000);
      const hold = await ledger.reserve({
        attemptId: `${resultId}.${call}/0`,
        scopes,
        model,
        priceKnown: 'list',
        want: { usd: BigInt(heldUsd), tokens: 20_000n },
        min: { usd: BigInt(heldUsd), tokens: 20_000n },
      });
      const fate = draw();
      const usage = {
        inputUncached: Math.floor(400 * size),
        cacheRead: Math.floor(300 * draw()),
        outputText: Math.floor(90 * size),
        ...(which > 0 && { outputReasoning: Math.floor(120 * draw()) }),
      };
      const costNano = BigInt(Math.ceil(heldUsd * (0.2 + 0.5 * draw())));
      const charge = { costNano, priceKnown: 'list', usage, usageKnown: 'exact', candidateIds: [`${resultId}#${call}`], assumption: 'the provider honours maxOutputTokens' } as const;
      if (fate < 0.05) await hold.release('the provider was overloaded');
      else if (fate < 0.11) await hold.settle({ ...charge, usageKnown: 'estimated', candidateIds: [] });
      else if (fate < 0.13) await hold.settle({ ...charge, costNano: BigInt(heldUsd) + 1_000_000n });
      else if (fate > 0.99) continue;
      else await hold.settle(charge);
    }
    if (draw() < 0.9) {
      const chance = { 'small only': 0.55, 'large only': 0.85, cascade: 0.8 }[policy] ?? 0;
      await ledger.reportOutcome({ resultId, passed: draw() < chance, source: 'tests' });
    }
  }
  clock.set(startMs + spanMs);
}
