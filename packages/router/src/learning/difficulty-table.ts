import { InvalidOptionError } from '@tollgate/sdk';
import { tallyVotes } from '@tollgate/stats';
import { requireFallbackUsd, requireWhole } from '../strategies/require-option.ts';

/** What to do with a task of some difficulty. */
export type DifficultyAction =
  /** Draw from the first model until there are `samples`, the probe's included, and vote. */
  | { readonly kind: 'vote'; readonly samples: number }
  /** Ask another model, by its index from 1 on; several samples vote. */
  | { readonly kind: 'escalate'; readonly to: number; readonly samples: number };

/** What to do by difficulty, easiest first. Plain JSON. */
export interface DifficultyTable {
  /** Samples that show how difficult a task is. Range [1, ∞). */
  readonly probe: number;
  /** A task is in the first bin whose `from` its share of agreeing samples reaches. The last one is 0. */
  readonly bins: readonly DifficultyBin[];
}

/** Tasks that are about as difficult, and what to do with them. */
export interface DifficultyBin {
  /** Least share of agreeing samples. Range [0, 1]. */
  readonly from: number;
  readonly action: DifficultyAction;
  /** Tasks that the action was chosen on. */
  readonly tasks: number;
}

/** A task with labelled samples. */
export interface LabelledSamples {
  /** By model, the same ones for every task, in the order they were drawn. */
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
  /** Samples of a vote to consider beside the probe's. Range (probe, samples that every task has]. @defaultValue the probe doubled, as often as it goes */
  readonly votes?: readonly number[];
  /**
   * Tasks that a bin has to have to be given an action of its own; smaller ones join the next harder bin. Range [1, ∞).
   * @defaultValue 20
   */
  readonly minTasks?: number;
}

/**
 * Learns, per difficulty, what is cheapest with wrong answers priced: to vote over the probe, to draw more, or to ask
 * another model. Difficulty is how far the probe's samples agree, so its samples are used again and charged once.
 *
 * It chooses on the tasks it is given: measure the result on others. Ties go to fewer samples, then to the earlier model.
 *
 * @throws InvalidOptionError when there is no task, one has fewer samples of the first model than the probe takes, or an
 * option is outside its range.
 *
 * @example
 * const table = fitDifficultyTable(labelled, { probe: 4, fallbackUsd: 0.02 });
 * const model = adaptive([small, big], { table });
 */
// Source: compute-optimal scaling, arXiv 2408.03314 section 3.2: bin by difficulty, take the best strategy of each bin on a
// validation fold. Differs: difficulty is agreement of a few samples in place of a verifier's mean score over 2048; the last
// resort is another model.
export function fitDifficultyTable(tasks: readonly LabelledSamples[], options: FitDifficultyOptions): DifficultyTable {
  const { probe = 4, fallbackUsd, minTasks = 20 } = options;
  requireWhole('probe', probe);
  requireWhole('minTasks', minTasks);
  requireFallbackUsd(fallbackUsd);
  const depth = depthOf(tasks, 0);
  if (tasks.length === 0 || depth < probe) {
    throw new InvalidOptionError(
      'tasks',
      `Every task needs ${probe} samples of the first model; ${tasks.length === 0 ? 'there are no tasks' : `one has ${depth}`}.`,
    );
  }
  const { votes = doublings(probe, depth) } = options;
  for (const [i, samples] of votes.entries()) {
    if (Number.isSafeInteger(samples) && samples > probe && samples <= depth) continue;
    throw new InvalidOptionError(
      'votes',
      `votes[${i}] must be a whole number above the probe (${probe}), and at most the ${depth} samples that every task has; received ${samples}.`,
    );
  }
  const actions: DifficultyAction[] = [
    ...[probe, ...votes].map((samples): DifficultyAction => ({ kind: 'vote', samples })),
    ...escalations(tasks),
  ];
  return {
    probe,
    bins: binsOf(tasks, probe, minTasks).map(({ from, tasks: own }) => ({
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
  const sizes: number[] = [];
  for (let size = probe * 2; size <= most; size *= 2) sizes.push(size);
  return sizes;
}

/** Samples of a model that every task has. */
function depthOf(tasks: readonly LabelledSamples[], model: number): number {
  return tasks.reduce((least, { models }) => Math.min(least, models[model]?.length ?? 0), Infinity);
}

function escalations(tasks: readonly LabelledSamples[]): readonly DifficultyAction[] {
  const others = (tasks[0]?.models ?? []).map((_, index) => index).slice(1);
  return others.flatMap((to) => {
    const depth = depthOf(tasks, to);
    return [1, 3, 5]
      .filter((samples) => samples <= depth)
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
      const asked = (models[action.kind === 'vote' ? 0 : action.to] ?? []).slice(0, action.samples);
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
  return winner !== undefined && samples.find(({ answer }) => answer === winner)?.correct === true;
}
