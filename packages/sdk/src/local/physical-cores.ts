import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Cores that compute, not the threads they pretend to be: a local engine slows down by an order of magnitude above them. */
export function physicalCores(): number {
  const logical = availableParallelism();
  try {
    const cores = new Set<string>();
    for (const name of readdirSync('/sys/devices/system/cpu')) {
      if (!/^cpu\d+$/.test(name)) continue;
      cores.add(readFileSync(`/sys/devices/system/cpu/${name}/topology/thread_siblings_list`, 'utf8').trim());
    }
    return cores.size === 0 ? logical : Math.min(logical, cores.size);
  } catch {
    // Not Linux: without a way to tell, half the logical cores is the safe side on machines with two threads a core.
    return process.arch === 'arm64' ? logical : Math.max(1, Math.floor(logical / 2));
  }
}
