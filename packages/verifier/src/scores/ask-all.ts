import { AbortedError, type Charge, ModelCallError, TollgateError, type Verdict } from '@tollgate/sdk';

/** What one item came to, and what it cost. */
export interface Told<T> {
  readonly told: T;
  readonly charges: readonly Charge[];
}

/** What an item that could not be asked about is to a scorer: `abstain` is for money that ran out. */
export type Untold = Extract<Verdict['status'], 'abstain' | 'timeout' | 'error'>;

/** What came of one of several items. */
export type Outcome<T> = { readonly told: T } | { readonly untold: Untold; readonly error: TollgateError };

/** How items are asked about. */
export interface AskAllOptions<Item, T> {
  readonly atOnce: number;
  /**
   * The first item is answered before the others are asked: an engine in this process then has in memory how their prompts
   * begin. @defaultValue false
   */
  readonly firstAlone?: boolean;
  readonly ask: (item: Item) => Promise<Told<T>>;
}

/**
 * Asks about all items, `atOnce` of them at a time, and gives their outcomes in order. One whose money was held by the
 * others is tried again alone, once they have settled.
 *
 * @throws what is the caller's to mend, and AbortedError: with the charges of all items.
 */
export async function askAll<Item, T>(
  items: readonly Item[],
  how: AskAllOptions<Item, T>,
): Promise<Told<readonly Outcome<T>[]>> {
  const settled: PromiseSettledResult<Told<T>>[] = [];
  let next = 0;
  const settle = async (i: number): Promise<void> => {
    try {
      settled[i] = { status: 'fulfilled', value: await how.ask(items[i] as Item) };
    } catch (reason) {
      settled[i] = { status: 'rejected', reason };
    }
  };
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      next += 1;
      await settle(next - 1);
    }
  };
  if (how.firstAlone === true && items.length > 0) {
    next = 1;
    await settle(0);
  }
  await Promise.all(Array.from({ length: Math.min(how.atOnce, items.length) }, worker));
  for (const [i, outcome] of settled.entries()) if (codeOf(outcome) === 'budget-busy') await settle(i);
  return collected(settled);
}

function collected<T>(settled: readonly PromiseSettledResult<Told<T>>[]): Told<readonly Outcome<T>[]> {
  const charges = settled.flatMap((outcome) =>
    outcome.status === 'fulfilled' ? outcome.value.charges : chargesOf(outcome.reason),
  );
  const told = settled.map((outcome): Outcome<T> => {
    if (outcome.status === 'fulfilled') return { told: outcome.value.told };
    const untold = untoldBy(outcome.reason);
    if (untold === undefined) throw charged(outcome.reason, charges);
    return { untold, error: outcome.reason as TollgateError };
  });
  return { told, charges };
}

function codeOf(outcome: PromiseSettledResult<unknown>): string | undefined {
  return outcome.status === 'rejected' && TollgateError.isInstance(outcome.reason) ? outcome.reason.code : undefined;
}

function chargesOf(error: unknown): readonly Charge[] {
  return TollgateError.isInstance(error) ? error.charges : [];
}

/** What a failure means, or undefined where no scorer may hide it. */
function untoldBy(error: unknown): Untold | undefined {
  if (ModelCallError.isInstance(error)) return error.failure === 'timeout' ? 'timeout' : 'error';
  return TollgateError.isInstance(error) && error.code.startsWith('budget-') ? 'abstain' : undefined;
}

/** The error with the charges of everything that was asked. */
export function charged(error: unknown, charges: readonly Charge[]): TollgateError {
  const own = AbortedError.isInstance(error)
    ? new AbortedError('Scoring was aborted.', { cause: error })
    : TollgateError.isInstance(error)
      ? error
      : new TollgateError('internal', `Scoring failed: ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        });
  own.charges = charges;
  return own;
}

/** Goes on after something was paid for: the charges come first in what is told, and in the error there may be. */
export async function askAfter<T>(charges: readonly Charge[], ask: () => Promise<Told<T>>): Promise<Told<T>> {
  try {
    const next = await ask();
    return { told: next.told, charges: [...charges, ...next.charges] };
  } catch (error) {
    throw charged(error, [...charges, ...chargesOf(error)]);
  }
}
