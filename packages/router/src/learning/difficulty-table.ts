import { InvalidOptionError } from '@tollgate/sdk';
import { tallyVotes } from '@tollgate/stats';

/** What to do with a task of some difficulty. */
export type DifficultyAction =
  /** Draw from the first model until there are `samples`, the probe's included, and vote. */
  | { readonly kind: 'vote'; readonly samples: number }
  /** Ask another model; several samples vote. */
  | { readonly kind: 'escalate'; readonly to: number; readonly samples: number };

/** What to do by difficulty, easiest first. Plain JSON. */
export interface DifficultyTable {
  /** Samples that show how difficult a task is. Range [1, ∞). */
  readonly probe: number;
  /** A task is in the first bin whose `from` its share of agreeing samples reaches. The last one is 0. */
  readonly bins: readonly { readonly from: number; readonly action: DifficultyAction; readonly tasks: number }[];
}

/** A task with labelled samples. */
export interface LabelledSamples {
  /** By model, in the order they were drawn. */
  readonly models: readonly (readonly LabelledSample[])[];
}

/** A sample and whether it is right. */
export interface LabelledSample {
  readonly answer?: string;
  readonly correct: boolean;
  readonly usd: number;
}

/** Options of `fitDifficultyTable`. */
export interface FitDifficultyOptions {
  /** Samples of the first model that are drawn of every task. Range [1, ∞). @defaultValue 4 */
  readonly probe?: number;
  /** What a wrong answer costs in US dollars. Range [0, ∞). */
  readonly fallbackUsd: number;
  /** Samples of a vote to consider, above the probe's. @defaultValue the probe doubled, up to what every task has */
  readonly votes?: readonly number[];
  /** Tasks that a bin has to have to be given an action of its own; smaller ones join the next harder bin. @defaultValue 20 */
  readonly minTasks?: number;
}

/**
 * Learns, per difficulty, what is cheapest with wrong answers priced: to vote over the probe, to draw more, or to ask
 * another model. Difficulty is how far the probe's samples agree, so its samples are used again and charged once.
 *
 * It chooses on the tasks it is given: measure the result on others.
 *
 * @throws InvalidOptionError when there is no task, or one has fewer samples of the first model than the probe takes.
 */
// Source: compute-optimal scaling, arXiv 2408.03314 section 3.2: bin by difficulty, take the best strategy of each bin on a
// validation fold. Differs: difficulty is agreement of a few samples in place of a verifier's mean score over 2048; the last
// resort is another model.
export function fitDifficultyTable(tasks: readonly LabelledSamples[], options: FitDifficultyOptions): DifficultyTable {
  const { probe = 4, fallbackUsd, minTasks = 20 } = options;
  const least = Math.min(...tasks.map(({ models }) => models[0]?.length ?? 0));
  if (tasks.length === 0 || least < probe) {
    throw new InvalidOptionError(
      'tasks',
      `Every task needs ${probe} samples of the first model; ${tasks.length === 0 ? 'there are no tasks' : `one has ${least}`}.`,
    );
  }
  const votes = options.votes ?? doublings(probe, least);
  const actions: DifficultyAction[] = [
    ...votes.map((samples): DifficultyAction => ({ kind: 'vote', samples })),
    ...escalations(tasks),
  ];
  const bins = binsOf(tasks, probe, minTasks);
  return {
    probe,
    bins: bins.map(({ from, tasks: own }) => ({
      from,
      tasks: own.length,
      action: cheapest(own, { actions, probe, fallbackUsd }),
    })),
  };
}

/** The bin of a task, by the share of its probe that agrees. */
export function binOf({ bins }: DifficultyTable, share: number): number {
  const bin = bins.findIndex(({ from }) => share >= from - 1e-9);
  return bin < 0 ? bins.length - 1 : bin;
}

function doublings(probe: number, most: number): readonly number[] {
  const sizes = [probe];
  for (let size = probe * 2; size <= most; size *= 2) sizes.push(size);
  return sizes;
}

function escalations(tasks: readonly LabelledSamples[]): readonly DifficultyAction[] {
  const models = tasks[0]?.models.length ?? 0;
  return Array.from({ length: models - 1 }, (_, i) => i + 1).flatMap((to) => {
    const least = Math.min(...tasks.map((task) => task.models[to]?.length ?? 0));
    return [1, 3, 5]
      .filter((samples) => samples <= least)
      .map((samples): DifficultyAction => ({ kind: 'escalate', to, samples }));
  });
}

function binsOf(
  tasks: readonly LabelledSamples[],
  probe: number,
  minTasks: number,
): { from: number; tasks: LabelledSamples[] }[] {
  const bins = Array.from({ length: probe }, (_, i) => ({
    from: i === probe - 1 ? 0 : (probe - i) / probe,
    tasks: [] as LabelledSamples[],
  }));
  for (const task of tasks) {
    const share = shareOf((task.models[0] ?? []).slice(0, probe));
    (bins.find(({ from }) => share >= from - 1e-9) ?? bins.at(-1))?.tasks.push(task);
  }
  // From the easiest on: a bin that is too small joins the next harder one, the last one its neighbour.
  const kept: typeof bins = [];
  let carried: LabelledSamples[] = [];
  for (const bin of bins) {
    const all = [...carried, ...bin.tasks];
    carried = [];
    if (all.length >= minTasks) kept.push({ from: bin.from, tasks: all });
    else carried = all;
  }
  const last = kept.at(-1);
  if (last === undefined) return [{ from: 0, tasks: carried }];
  last.tasks.push(...carried);
  last.from = 0;
  return kept;
}

function cheapest(
  tasks: readonly LabelledSamples[],
  {
    actions,
    probe,
    fallbackUsd,
  }: { readonly actions: readonly DifficultyAction[]; readonly probe: number; readonly fallbackUsd: number },
): DifficultyAction {
  let best: { readonly action: DifficultyAction; readonly loss: number } | undefined;
  for (const action of actions) {
    let loss = 0;
    for (const { models } of tasks) {
      const asked =
        action.kind === 'vote'
          ? (models[0] ?? []).slice(0, action.samples)
          : (models[action.to] ?? []).slice(0, action.samples);
      const paid = action.kind === 'vote' ? asked : [...(models[0] ?? []).slice(0, probe), ...asked];
      loss += paid.reduce((sum, { usd }) => sum + usd, 0) + (isRight(asked) ? 0 : fallbackUsd);
    }
    if (best === undefined || loss < best.loss - 1e-15) best = { action, loss };
  }
  return best?.action ?? { kind: 'vote', samples: probe };
}

function shareOf(samples: readonly LabelledSample[]): number {
  return tallyVotes(samples.map(({ answer }) => answer)).winnerShare;
}

function isRight(samples: readonly LabelledSample[]): boolean {
  const { winner } = tallyVotes(samples.map(({ answer }) => answer));
  return samples.find(({ answer }) => answer === winner)?.correct === true && winner !== undefined;
}
