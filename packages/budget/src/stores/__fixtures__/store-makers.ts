import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoreSubject } from '../conformance/store-subject.ts';
import { memoryStore } from '../memory.ts';
import { sqliteStore } from '../sqlite/sqlite-store.ts';
import type { Store } from '../store.ts';

function inFile(connections: number): StoreSubject {
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

/** Every embedded store, made afresh. */
export const storeMakers: readonly { readonly name: string; readonly make: () => StoreSubject }[] = [
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
