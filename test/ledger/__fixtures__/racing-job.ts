/** Where a racing process finds the ledger. */
export type RacingStore =
  | { readonly file: string }
  | { readonly connection: { readonly host: string; readonly user: string; readonly database: string }; readonly schema: string };

/** What one racing process does. */
export interface RacingJob {
  readonly store: RacingStore;
  /** Its scope `worker`, and the beginning of its attempts' names. */
  readonly name: string;
  readonly seed: number;
  /** It ends after these. */
  readonly attempts: number;
}
