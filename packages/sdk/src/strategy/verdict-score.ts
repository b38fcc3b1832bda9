import type { Verdict } from '../spec/scorer.ts';

/** The number a verdict comes to: its score, else 1 for `accept` and 0 for `reject`; undefined where it has no opinion. */
export function verdictScore({ status, score }: Pick<Verdict, 'status' | 'score'>): number | undefined {
  const number = score ?? (status === 'accept' ? 1 : status === 'reject' ? 0 : undefined);
  return Number.isNaN(number) ? undefined : number;
}
