import { InvalidOptionError, type Money, type Scopes } from '@tollgate/sdk';
import type { ScopePair } from './scope-pair.ts';

/** How much is carved out for a sub-agent. */
export type GrantOptions = {
  /** Names the grant. @defaultValue a random id */
  readonly id?: string;
  /**
   * US dollars that stay with the parent whatever the share, for its own closing turn. Range [0, 1e9]. @defaultValue 0
   */
  readonly keepUsd?: number;
  /**
   * Milliseconds after which the grant counts as lost and is to be reconciled. Range (0, ∞). @defaultValue 86,400,000 (a day)
   */
  readonly leaseMs?: number;
} & (
  | {
      /** US dollars. Range (0, 1e9]. */
      readonly usd: number;
    }
  | {
      /** Part of what the parent has free now, after `keepUsd`. Range (0, 1]. */
      readonly share: number;
    }
);

/**
 * Money that belongs to a sub-agent: its parent cannot spend it, and it cannot spend more. Calls of the sub-agent name
 * `scopes`; they are held against the grant and not a second time against the parent.
 */
export interface Grant {
  readonly id: string;
  readonly amount: Money;
  /** The parent's scopes and `grant`: what calls of the sub-agent name. */
  readonly scopes: readonly ScopePair[];
  /** The same as a record, for `withBudget` and `generateText`. The parent's last id stands where it has two of a kind. */
  readonly record: Scopes;
  /**
   * Ends the grant: what was spent is charged to the parent, the rest is free again. Closing again changes nothing.
   *
   * @throws BudgetBusyError while calls of the sub-agent are in flight; no new ones are admitted from then on.
   */
  close(): Promise<{ readonly spent: Money; readonly returned: Money }>;
}

/** @throws InvalidOptionError for a share out of its range. */
export function checkShare(share: number): void {
  if (share > 0 && share <= 1) return;
  throw new InvalidOptionError('share', `share must be in (0, 1], received ${share}. Half of what is left is 0.5.`);
}
