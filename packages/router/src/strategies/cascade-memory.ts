import type { JsonValue, StrategyMemory } from '@tollgate/sdk';
import type { CascadeState } from './cascade-state.ts';

/** What a cascade has seen of its stages, as plain JSON. */
export interface CascadeRecord {
  readonly runs: number;
  /** Runs in which a stage was asked, by stage. */
  readonly asked: readonly number[];
  /** Runs that a stage ended by being accepted, by stage. */
  readonly accepted: readonly number[];
}

/** What a cascade learns over its runs. */
export interface CascadeMemory extends StrategyMemory<CascadeState> {
  toJSON(): CascadeRecord;
}

/** Runs without an acceptance after which a stage is passed over. */
const enough = 50;
/** Every so many runs a stage that was given up is asked again. */
const retry = 20;

/**
 * Counts how often each stage ends a cascade, so that one that never does is no longer paid for.
 *
 * A stage that was asked 50 times and never accepted (so that it accepts at most 5.8 % of tasks, with 95 % confidence) is
 * passed over, and asked again every 20th run in case that has changed.
 *
 * @param record What an earlier process has seen. Default nothing.
 */
export function cascadeMemory(record?: CascadeRecord): CascadeMemory {
  let { runs, asked, accepted } = record ?? { runs: 0, asked: [], accepted: [] };
  return {
    recall: () => (runs === 0 ? undefined : { runs, asked: [...asked], accepted: [...accepted] }),
    learn: ({ state }) => {
      runs += 1;
      const stages = Array.from({ length: state.stages }, (_, stage) => stage);
      asked = stages.map((stage) => (asked[stage] ?? 0) + (state.asked.includes(stage) ? 1 : 0));
      accepted = stages.map((stage) => (accepted[stage] ?? 0) + (state.acceptedAt === stage ? 1 : 0));
    },
    toJSON: () => ({ runs, asked, accepted }),
  };
}

/** Stages to be passed over in this run. */
export function hopelessStages(learned: JsonValue | undefined, stages: number): readonly number[] {
  if (typeof learned !== 'object' || learned === null || !('asked' in learned)) return [];
  const { runs, asked, accepted } = learned as unknown as CascadeRecord;
  if (runs % retry === 0) return [];
  return Array.from({ length: stages - 1 }, (_, stage) => stage).filter(
    (stage) => (asked[stage] ?? 0) >= enough && accepted[stage] === 0,
  );
}
