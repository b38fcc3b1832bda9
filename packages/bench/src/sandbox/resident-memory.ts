import { readdirSync, readFileSync } from 'node:fs';

/** Bytes of resident memory of all processes below this one, 0 where the system does not tell. What they share counts for each. */
export function descendantsBytes(pid: number | 'self' = 'self'): number {
  return childrenOf(pid).reduce((sum, child) => sum + residentBytes(child) + descendantsBytes(child), 0);
}

function childrenOf(pid: number | 'self'): readonly number[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return threads.flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

function residentBytes(pid: number): number {
  try {
    const [, kilobytes = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) * 1024;
  } catch {
    return 0;
  }
}
