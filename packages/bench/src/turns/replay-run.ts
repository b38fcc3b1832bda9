import type { TurnPolicy } from '@tollgate/sdk';
import type { RecordedRun } from './recorded-run.ts';

/** What a policy would have made of a recorded run. */
export interface ReplayedRun {
  /** US dollars, the closing turn included. */
  readonly costUsd: number;
  readonly solved: boolean;
  /** Turns of work. */
  readonly turns: number;
  readonly stopped: boolean;
  readonly extended: boolean;
}

/**
 * A recorded run under a turn policy. A run that is stopped counts as not solved, although its work might have been handed in,
 * and pays for a closing turn what its last turn cost.
 */
export function replayRun<State>(policy: TurnPolicy<State>, run: RecordedRun): ReplayedRun {
  let state = policy.start();
  let costUsd = 0;
  let lastUsd = 0;
  let artifact = false;
  let extended = false;
  for (const [used, turn] of run.turns.entries()) {
    const turnKey = `turn-${used + 1}`;
    const answer = policy.before(state, { turnKey, used, spentUsd: costUsd, owned: true });
    if (answer.decision.type !== 'proceed') {
      return { costUsd: costUsd + lastUsd, solved: false, turns: used, stopped: true, extended };
    }
    extended ||= answer.decision.reminder?.includes('granted') === true;
    costUsd += turn.costUsd;
    lastUsd = turn.costUsd;
    artifact ||= turn.edited === true;
    state = policy.after(answer.state, {
      turnKey,
      toolCalls: 1,
      finished: false,
      ...(turn.edited !== undefined && { progress: turn.edited, artifact }),
    });
  }
  return { costUsd, solved: run.solved, turns: run.turns.length, stopped: false, extended };
}
