import { createLedger, memoryStore, perToken, withBudget } from '@tollgate/budget';
import { defineModel, type GenerateRequest, type Model } from '@tollgate/sdk';
import { scriptedModel } from '@tollgate/sdk/testing';
import { scopeSets, setLimits } from './workload.ts';

const calls = 30_000;
const request: GenerateRequest = {
  messages: [{ role: 'user', content: 'Name a prime between 90 and 100.' }],
  maxOutputTokens: 200,
};
const outcome = {
  candidates: [
    { content: [{ type: 'text' as const, text: '97' }], finish: { unified: 'stop' as const, by: 'eos' as const } },
  ],
  usage: { inputUncached: 12, outputText: 2 },
};

/** CPU microseconds of a call that leaves no process, and of the same call under a budget with three scopes and limits. */
export async function measureGuard(): Promise<{ readonly bareUs: number; readonly guardedUs: number }> {
  const bare = defineModel({
    provider: 'bench',
    modelId: 'echo',
    capabilities: scriptedModel([]).capabilitiesFor(),
    pricing: perToken({ inputUsdPerMillion: 1, outputUsdPerMillion: 4 }),
    call: async () => outcome,
  });
  const ledger = await createLedger({ store: memoryStore() });
  await setLimits(ledger);
  const [scopes = []] = scopeSets(1);
  const guarded = withBudget(bare, {
    ledger,
    scopes: Object.fromEntries(scopes.map(({ kind, id }) => [kind, id])),
  });
  const bareUs = await cpuUs(bare);
  const guardedUs = await cpuUs(guarded);
  const { rows } = await ledger.totals();
  if (rows !== calls * 1.5) throw new Error(`${rows} rows for ${calls * 1.5} calls.`);
  return { bareUs, guardedUs };
}

async function cpuUs(model: Model): Promise<number> {
  for (let n = 0; n < calls / 2; n += 1) await model.generate(request);
  const before = process.cpuUsage();
  for (let n = 0; n < calls; n += 1) await model.generate(request);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}
