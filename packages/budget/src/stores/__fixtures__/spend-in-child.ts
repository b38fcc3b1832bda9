// A process of its own that spends from a ledger's file. Arguments: file, `hold` or `spend`, name.
import { once } from 'node:events';
import { createLedger } from '../../ledger/create-ledger.ts';
import { sqliteStore } from '../sqlite/sqlite-store.ts';

const [file = '', mode, name = ''] = process.argv.slice(2);
if (mode === 'spend') {
  process.stdout.write('ready\n');
  await once(process.stdin, 'data');
}
const ledger = await createLedger({ store: sqliteStore(file) });
const ask = { scopes: { run: 'shared', worker: name }, model: { provider: 'test', modelId: 'echo' }, priceKnown: 'override' } as const;

if (mode === 'hold') {
  const hold = await ledger.reserve({ ...ask, attemptId: `${name}-0`, want: { usd: 400n }, min: { usd: 400n } });
  process.stdout.write(`held ${hold.granted.usd}\n`);
  setInterval(() => undefined, 1000);
} else {
  let spent = 0n;
  for (let i = 0; i < 200; i += 1) {
    const wantNano = BigInt(1 + ((i * 7) % 10));
    try {
      const hold = await ledger.reserve({ ...ask, attemptId: `${name}-${i}`, want: { usd: wantNano }, min: { usd: 1n } });
      const costNano = (hold.granted.usd + 1n) / 2n;
      await hold.settle({
        costNano,
        priceKnown: 'override',
        usage: {},
        usageKnown: 'exact',
        candidateIds: [],
        assumption: 'none',
      });
      spent += costNano;
    } catch (error) {
      if (!(error instanceof Error) || !error.name.startsWith('Budget')) throw error;
    }
  }
  process.stdout.write(`spent ${spent}\n`);
  await ledger.close();
}
