import type { BaselineFigures, HeldOutFigures } from './held-out-figures.ts';
import type { Objective } from './objective.ts';

/** What has to be said about a chosen policy beside its figures. */
export function notesOf(
  heldOut: HeldOutFigures,
  about: {
    readonly objective: Objective;
    /** On the half it was chosen on. */
    readonly met: boolean;
    readonly baselines: readonly BaselineFigures[];
    readonly leftOut: number;
    readonly lacking: readonly string[];
    readonly source: string;
  },
): readonly string[] {
  const { objective, met, leftOut, lacking, source } = about;
  const single = about.baselines.find(({ role }) => role === 'best single model');
  const isSingle = heldOut.expression.kind === 'single';
  const isShown =
    single !== undefined && (excludesZero(single.accuracyDifferenceCi95) || excludesZero(single.usdDifferenceCi95));
  return [
    ...(isSingle ? ['Nothing beats a single model on these logs.'] : []),
    ...(!isSingle && !isShown
      ? ['On the held-out half the difference to the best single model is not shown: its intervals include 0.']
      : []),
    ...(met
      ? missed(heldOut, objective)
      : ['No policy met the objective on the search half; the nearest one is shown.']),
    ...(leftOut > 0 ? [`${leftOut} tasks of ${source} were left out: they lack samples of a model.`] : []),
    ...lacking.map((model) => `The model ${model} was left out: most tasks have no sample of it.`),
  ];
}

/** A policy that met the objective where it was chosen may miss it where it was not. */
function missed({ accuracy, usdPerTask }: HeldOutFigures, objective: Objective): readonly string[] {
  if ('accuracy' in objective && accuracy < objective.accuracy) {
    return [
      `On the held-out half the policy stays below the accuracy that was asked for: ${percent(accuracy)} for ${percent(objective.accuracy)}. Ask for a little more, or log more tasks.`,
    ];
  }
  if ('usdPerTask' in objective && usdPerTask > objective.usdPerTask) {
    return [
      `On the held-out half the policy costs more than was asked for: $${Number(usdPerTask.toPrecision(3))} a task for $${objective.usdPerTask}. Ask for a little less, or log more tasks.`,
    ];
  }
  return [];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function excludesZero([lower, upper]: readonly [number, number]): boolean {
  return lower > 0 || upper < 0;
}
