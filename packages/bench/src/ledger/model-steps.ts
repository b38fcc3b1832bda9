import { memoryStore } from '@tollgate/budget';
import { runStoreModel } from '@tollgate/budget/testing';

/** Steps of one seed: a reference adds up all attempts at each, so long runs take more than their share. */
const stepsOfSeed = 250;

/** Runs the model of a store over as many seeds as the steps need. Gives the answers it met and the runs that broke. */
export async function modelSteps(steps: number): Promise<{
  readonly steps: number;
  readonly outcomes: ReadonlyMap<string, number>;
  readonly breaks: readonly string[];
}> {
  const outcomes = new Map<string, number>();
  const breaks: string[] = [];
  let done = 0;
  for (let seed = 1; done < steps; seed += 1) {
    const store = memoryStore();
    const subject = { store: () => store, restart: () => undefined, dispose: () => undefined };
    try {
      const run = await runStoreModel(subject, { seed, steps: stepsOfSeed });
      for (const [outcome, count] of Object.entries(run.outcomes))
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count);
    } catch (error) {
      breaks.push(error instanceof Error ? error.message : String(error));
    }
    done += stepsOfSeed;
  }
  return { steps: done, outcomes, breaks };
}
