import { bubblewrapSandbox } from '../bubblewrap.ts';
import { findProgram } from '../isolation.ts';
import { pyodideSandbox } from '../pyodide.ts';
import { quickjsSandbox } from '../quickjs.ts';
import type { Sandbox } from '../sandbox.ts';
import type { SandboxOptions } from '../sandbox-pool.ts';

/** Every sandbox there is, by name. */
export const tiers = {
  quickjs: quickjsSandbox,
  pyodide: pyodideSandbox,
  bubblewrap: bubblewrapSandbox,
} as const satisfies Readonly<Record<string, (options: SandboxOptions) => Sandbox>>;

export type TierName = keyof typeof tiers;
export const tierNames = Object.keys(tiers) as readonly TierName[];

const bwrap = await findProgram('bwrap');
if (bwrap === undefined)
  process.stderr.write('!!! NO BUBBLEWRAP: its sandbox was not tested. Install it (Debian: bubblewrap) !!!\n');

/** Sandboxes that can be tested on this machine. */
export const tiersHere = tierNames.filter((name) => name !== 'bubblewrap' || bwrap !== undefined);
