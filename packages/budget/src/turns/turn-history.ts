import { InvalidOptionError } from '@tollgate/sdk';
import { type Duration, survivalQuantile } from '@tollgate/stats';
import { checkShare, checkTurns } from './check-turns.ts';

/** How many turns one run of an agent took. */
export interface TurnRecord {
  readonly model: string;
  /** The kind of work. @defaultValue '' */
  readonly taskClass?: string;
  /** Turns of work, the closing turn not counted. Range [0, ∞). */
  readonly turns: number;
  /** It was stopped, by a limit or by something else: it would have taken more. */
  readonly censored: boolean;
}

/** Whose runs. */
export interface TurnHistoryKey {
  readonly model: string;
  /** @defaultValue '' */
  readonly taskClass?: string;
}

/** The runs of one model at one kind of work. */
export interface TurnHistory {
  /** Runs that came to their own end. */
  readonly completed: number;
  /** Runs that were stopped. */
  readonly censored: number;
  /** Turns of the longest run, stopped or not. */
  readonly longest: number;
  /** Turns that a share `q` of runs need at most; Infinity where too many were stopped to say. */
  quantile(q: number): number;
}

// Source: Kaplan and Meier 1958. Why: a limit that is fitted to runs which the same limit cut short falls every time it is fitted.
/**
 * The runs of one model at one kind of work, out of all records. Runs that were stopped count as longer than they were, and
 * are never left out, so a limit that is fitted to them again and again does not fall.
 *
 * @throws InvalidOptionError when a number of turns is negative or not whole.
 * @example
 * const history = turnHistory(readTurnRecords(text), { model: 'gpt-6-luna', taskClass: 'bug-fix' });
 * history.quantile(0.75); // 23.5
 */
export function turnHistory(records: Iterable<TurnRecord>, { model, taskClass = '' }: TurnHistoryKey): TurnHistory {
  const runs: Duration[] = [];
  for (const record of records) {
    if (record.model !== model || (record.taskClass ?? '') !== taskClass) continue;
    if (!Number.isSafeInteger(record.turns) || record.turns < 0) {
      throw new InvalidOptionError('turns', `turns must be a whole number of at least 0, received ${record.turns}.`);
    }
    runs.push({ time: record.turns, censored: record.censored });
  }
  const completed = runs.filter(({ censored }) => !censored).length;
  return {
    completed,
    censored: runs.length - completed,
    longest: Math.max(0, ...runs.map(({ time }) => time)),
    quantile: (q) => {
      checkShare('q', q);
      return runs.length === 0 ? Infinity : survivalQuantile(runs, q);
    },
  };
}

/** Completed runs below which a history says nothing yet. */
const fewRuns = 20;

/** A limit out of a history, and where it comes from. */
export interface LearnedLimit {
  readonly turns: number;
  /** For the name of a policy: `P75 of 120 runs`. */
  readonly source: string;
}

/**
 * The quantile of a history, rounded up. With fewer than 20 completed runs it is `coldStart`; where too many runs were stopped to
 * know the quantile, it is the longest run that was seen. Both are said in `source`.
 */
export function learnedLimit(
  history: TurnHistory,
  { percentile, coldStart }: { readonly percentile: number; readonly coldStart: number },
): LearnedLimit {
  checkShare('percentile', percentile);
  checkTurns('coldStart', coldStart);
  const { completed, censored, longest } = history;
  if (completed < fewRuns) {
    return { turns: coldStart, source: `cold start: ${completed} of the ${fewRuns} completed runs that it takes` };
  }
  const name = `P${Number((percentile * 100).toFixed(2))}`;
  const runs = `${completed + censored} runs, ${censored} of them stopped`;
  const turns = history.quantile(percentile);
  if (turns === Infinity) return { turns: longest, source: `${name} is beyond the longest of ${runs}` };
  return { turns: Math.max(1, Math.ceil(turns - 1e-9)), source: `${name} of ${runs}` };
}
