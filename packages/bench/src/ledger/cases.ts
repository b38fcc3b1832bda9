/** Pairs per second that a case is judged by. */
export interface Aim {
  readonly goal: number;
  readonly gate: number;
}

/** What is measured of one part: the names that `case.ts` knows, and what some are judged by. */
export interface Part {
  readonly name: 'memory' | 'sqlite' | 'postgres';
  readonly cases: readonly { readonly name: string; readonly aim?: Aim }[];
}

/** Must be beaten by the cases of PostgreSQL on one hot scope with as many calls at a time. */
export const hotRowCases: { readonly [name: string]: string } = {
  'postgres store 1 scope c=1': 'postgres hot row c=1',
  'postgres store 1 scope c=64': 'postgres hot row c=64',
};

const memoryAim = { goal: 8e6, gate: 2e6 };

export const parts: readonly Part[] = [
  {
    name: 'memory',
    cases: [
      { name: 'memory store c=1', aim: memoryAim },
      { name: 'memory store c=64', aim: memoryAim },
      { name: 'memory ledger c=1' },
      { name: 'memory ledger c=64' },
    ],
  },
  {
    name: 'sqlite',
    cases: [
      { name: 'sqlite process store c=1' },
      { name: 'sqlite process store c=64', aim: { goal: 120_000, gate: 50_000 } },
      { name: 'sqlite process ledger c=64' },
      { name: 'sqlite power store c=1' },
      { name: 'sqlite power store c=64' },
    ],
  },
  {
    name: 'postgres',
    cases: [
      { name: 'postgres hot row c=1' },
      { name: 'postgres hot row c=64' },
      { name: 'postgres store 1 scope c=1' },
      { name: 'postgres store 1 scope c=64' },
      { name: 'postgres store 1000 scopes c=1' },
      { name: 'postgres store 1000 scopes c=64' },
    ],
  },
];
