import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryStore } from '../memory.ts';
import { sqliteStore } from '../sqlite.ts';
import type { Store } from '../store.ts';

/** A store under test. `restart` does to it what the death of a process would; `store()` is the one to talk to next. */
export interface StoreUnderTest {
  store(): Store;
  restart(): void;
  dispose(): void;
}

function inFile(connections: number): StoreUnderTest {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-'));
  const open = (): Store[] =>
    Array.from({ length: connections }, () => {
      const store = sqliteStore(join(folder, 'spend.db'));
      void store.open();
      return store;
    });
  let stores = open();
  let turn = 0;
  const close = (): void => {
    for (const store of stores) void store.close();
  };
  return {
    store: () => stores[(turn = (turn + 1) % connections)] as Store,
    restart: () => {
      close();
      stores = open();
    },
    dispose: () => {
      close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Every store, made afresh. */
export const storeMakers: readonly { readonly name: string; readonly make: () => StoreUnderTest }[] = [
  {
    name: 'memory',
    make: () => {
      const store = memoryStore();
      return { store: () => store, restart: () => undefined, dispose: () => undefined };
    },
  },
  { name: 'sqlite', make: () => inFile(1) },
  { name: 'sqlite, two connections by turns', make: () => inFile(2) },
];
