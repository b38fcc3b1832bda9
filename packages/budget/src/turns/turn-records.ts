import { type AgentOutcome, InvalidOptionError } from '@tollgate/sdk';
import type { TurnHistoryKey, TurnRecord } from './turn-history.ts';

/**
 * The record of a run of `runAgent`, to keep. A run that did not finish by itself is censored, and its closing turn is no turn of
 * work.
 *
 * @example
 * appendFileSync('turns.jsonl', writeTurnRecord(turnRecordOf(outcome, { model: 'gpt-6-luna', taskClass: 'bug-fix' })));
 */
export function turnRecordOf(
  { status, turns }: Pick<AgentOutcome, 'status' | 'turns'>,
  { model, taskClass }: TurnHistoryKey,
): TurnRecord {
  return {
    model,
    ...(taskClass !== undefined && { taskClass }),
    turns: status === 'turn-limit' ? Math.max(0, turns - 1) : turns,
    censored: status !== 'finished',
  };
}

/** A record as one line of a JSON Lines file. */
export function writeTurnRecord(record: TurnRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/**
 * The records of a JSON Lines file. Empty lines are skipped, and a last line that a crash cut short.
 *
 * @throws InvalidOptionError when another line is no record.
 */
export function readTurnRecords(text: string): readonly TurnRecord[] {
  const lines = text.split('\n');
  return lines.flatMap((line, i) => {
    if (line.trim() === '') return [];
    const record = recordOf(line);
    if (record !== undefined) return [record];
    if (i === lines.length - 1) return [];
    throw new InvalidOptionError(
      'text',
      `Line ${i + 1} must be like {"model":"gpt-6-luna","taskClass":"bug-fix","turns":12,"censored":false}, received ${line.slice(0, 200)}`,
    );
  });
}

function recordOf(line: string): TurnRecord | undefined {
  try {
    const { model, taskClass, turns, censored } = JSON.parse(line) as {
      readonly [field in keyof TurnRecord]?: unknown;
    };
    if (typeof model !== 'string' || typeof censored !== 'boolean') return undefined;
    if (typeof turns !== 'number' || !Number.isSafeInteger(turns) || turns < 0) return undefined;
    if (taskClass !== undefined && typeof taskClass !== 'string') return undefined;
    return { model, ...(taskClass !== undefined && { taskClass }), turns, censored };
  } catch {
    return undefined;
  }
}
