import type { Warning } from '../spec/result.ts';

/** Told about everything that had to be left out: the option, and why. */
export type Warn = (option: string, message: string) => void;

/** Collects warnings about what could not be honoured, each once. */
export function collectWarnings(): { readonly warnings: readonly Warning[]; readonly warn: Warn } {
  const warnings: Warning[] = [];
  return {
    warnings,
    warn: (option, message) => {
      if (!warnings.some((known) => known.message === message)) warnings.push({ code: 'unsupported', option, message });
    },
  };
}
