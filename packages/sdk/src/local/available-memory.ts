import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';

/**
 * Bytes of memory that this process can still get: what the machine has free, or what the container's limit leaves.
 * Pages that only cache files count as free, for the kernel gives them away when asked.
 */
export function availableMemory(): number {
  const limit = process.constrainedMemory();
  if (!(limit > 0 && limit < totalmem())) return freemem();
  return Math.max(0, Math.min(freemem(), limit - usedByContainer()));
}

function usedByContainer(): number {
  // cgroup 2 and 1, as a container sees its own.
  for (const [path, field] of [
    ['/sys/fs/cgroup/memory.stat', 'anon'],
    ['/sys/fs/cgroup/memory/memory.stat', 'total_rss'],
  ] as const) {
    try {
      const found = new RegExp(`^${field} (\\d+)$`, 'm').exec(readFileSync(path, 'utf8'))?.[1];
      if (found !== undefined) return Number(found);
    } catch {
      // Not this version, or not Linux.
    }
  }
  return process.memoryUsage.rss();
}
