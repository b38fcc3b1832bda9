import { InvalidOptionError } from '@tollgate/sdk';
import type { SandboxLimits } from './sandbox.ts';

/** Limits with nothing left open. */
export interface ResolvedLimits {
  readonly wallMs: number;
  /** Absent: not bounded apart from the wall. */
  readonly cpuMs?: number;
  readonly memoryBytes: number;
  readonly outputBytes: number;
}

const ranges: Readonly<Record<keyof SandboxLimits, readonly [least: number, most: number]>> = {
  wallMs: [1, 2 ** 31 - 1],
  cpuMs: [1, Number.MAX_SAFE_INTEGER],
  memoryBytes: [2 ** 25, 2 ** 32],
  outputBytes: [0, 2 ** 28],
};

const defaults: ResolvedLimits = { wallMs: 3000, memoryBytes: 2 ** 28, outputBytes: 2 ** 20 };

/**
 * `limits` over `base`.
 *
 * @throws InvalidOptionError for a limit out of its range, and for `cpuMs` where it cannot be kept.
 */
export function resolveLimits(
  limits: SandboxLimits | undefined,
  { base = defaults, keepsCpu }: { readonly base?: ResolvedLimits; readonly keepsCpu: boolean },
): ResolvedLimits {
  for (const [name, [least, most]] of Object.entries(ranges) as [keyof SandboxLimits, readonly [number, number]][]) {
    const value = limits?.[name];
    if (value === undefined) continue;
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new InvalidOptionError(
        `limits.${name}`,
        `limits.${name} must be a whole number in [${least}, ${most}], received ${value}.`,
      );
    }
    if (name === 'cpuMs' && !keepsCpu) {
      throw new InvalidOptionError(
        'limits.cpuMs',
        'limits.cpuMs can be kept by bubblewrapSandbox only. Bound the time by limits.wallMs here.',
      );
    }
  }
  return { ...base, ...limits };
}
